import { money } from "#views/spelling.ts";
import { tryProvider } from "#providers/upkeep/try-provider.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { findingText } from "./finding-text.ts";
import { providerName } from "./provider-options.ts";
import { providerOf } from "#cli/kit/shared.ts";

const marks = { good: "ok  ", bad: "FAIL", note: "note" } as const;

export const providerTest: CliCommand = {
  name: "provider test",
  summary: "Asks a provider harmless questions and says how it was understood.",
  details: "Nothing is ordered. The exit code is 1 where something has to be put right first.",
  options: [providerName],
  positions: [providerName],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const tested = await tryProvider(open.ctx, open.actor, found.value);
    if (!tested.ok) return refuse(tested.refusal);
    const { dialect, findings, balance } = tested.value;
    const isGood = findings.every(({ is }) => is !== "bad");
    const told = findings.map((finding) => ({ ...findingText(finding), is: finding.is }));
    const lines = told.map(({ subject, is, text }) => `${marks[is]}  ${subject}: ${text}`);
    const speaks = dialect === undefined ? "It was not recognised" : `It speaks like ${dialect}`;
    return answer(
      {
        provider: found.value.id,
        ok: isGood,
        dialect: dialect ?? null,
        balance: balance === undefined ? null : money(balance.balance),
        currency: balance?.currency ?? null,
        findings: told.map(({ subject, is, text }) => ({ subject, result: is, text })),
      },
      [...lines, `${speaks}. ${isGood ? "It can be used." : "It cannot be used yet."}`].join("\n"),
      isGood ? 0 : 1,
    );
  },
};
