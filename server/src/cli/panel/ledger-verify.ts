import { verifyLedger } from "#ledger/verify-ledger.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { table } from "#cli/kit/output.ts";

export const ledgerVerify: CliCommand = {
  name: "ledger verify",
  summary: "Proves that every balance and every order follows from the postings.",
  details: "Reads one moment while orders go on. Exit code 1 where something does not add up.",
  options: [],
  run: async (panel) => {
    const { ctx } = await panel.open();
    const proof = await verifyLedger(ctx);
    const sides = Object.entries(proof.totals).flatMap(([currency, totals]) =>
      Object.entries(totals).map(([account, total]) => [account, total, currency]),
    );
    const parts = [
      proof.ok
        ? `The ledger adds up: ${proof.postings} postings.`
        : `The ledger does NOT add up: ${proof.drifts.length} findings in ${proof.postings} postings.`,
      table(["account", "total>", ""], sides, ""),
      table(
        ["account", "finding", "detail"],
        proof.drifts.map((drift) => [drift.account, drift.what, drift.detail]),
        "",
      ),
    ];
    const text = parts.filter((part) => part !== "").join("\n\n");
    return answer(proof, text, proof.ok ? 0 : 1);
  },
};
