import { testProvider } from "#providers/test-provider.ts";
import { answer, refuse } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { providerName } from "#cli/provider-options.ts";
import { money, providerOf } from "#cli/shared.ts";

const marks = { good: "ok  ", bad: "FAIL", note: "note" } as const;

export const providerTest: CliCommand = {
  name: "provider test",
  summary: "Asks a provider harmless questions and says how it was understood.",
  details: "Nothing is ordered. The exit code is 1 where something has to be put right first.",
  options: [providerName],
  positions: [providerName],
  run: async (desk, given) => {
    const open = await desk.open();
    const found = await providerOf(open, given(providerName));
    if (!found.ok) return found;
    const tested = await testProvider(open.ctx, found.value);
    if (!tested.ok) return refuse(tested.refusal);
    const { dialect, findings, balance } = tested.value;
    const isGood = findings.every(({ is }) => is !== "bad");
    const lines = findings.map(({ subject, is, text }) => `${marks[is]}  ${subject}: ${text}`);
    const speaks = dialect === undefined ? "It was not recognised" : `It speaks like ${dialect}`;
    return answer(
      {
        provider: found.value.id,
        ok: isGood,
        dialect: dialect ?? null,
        balance: balance === undefined ? null : money(balance.balance),
        currency: balance?.currency ?? null,
        findings: findings.map(({ subject, is, text }) => ({ subject, result: is, text })),
      },
      [...lines, `${speaks}. ${isGood ? "It can be used." : "It cannot be used yet."}`].join("\n"),
      isGood ? 0 : 1,
    );
  },
};
