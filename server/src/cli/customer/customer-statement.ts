import { listPostings } from "#ledger/ledger.sql.ts";
import { amountFromDecimal } from "#values/money.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { count } from "#cli/kit/readers.ts";
import {
  currencyOf,
  customerEmail,
  customerOf,
  limitOption,
  money,
  postingJson,
} from "#cli/kit/shared.ts";

const limit = limitOption(100);
const before = optional("--before <posting>", "only postings before this one", count);

export const customerStatement: CliCommand = {
  name: "customer statement",
  summary: "Lists every movement of a customer's money, newest first.",
  options: [customerEmail, limit, before],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, balance } = found.value;
    const postings = await listPostings(open.ctx.db, accountId, given(limit), given(before));
    const rows = postings.map((posting) => [
      posting.seq,
      shownTime(posting.created_at),
      posting.kind,
      (posting.direction === 1 ? "+" : "-") + money(amountFromDecimal(posting.amount)),
      money(amountFromDecimal(posting.balance_after)),
      posting.order_id ?? undefined,
      posting.idempotency_key,
      posting.note ?? undefined,
    ]);
    const headers = ["no.>", "time (UTC)", "kind", "amount>", "balance>", "order>", "reference"];
    const list = table([...headers, "note"], rows, "No money was moved yet.");
    return answer(
      postings.map(postingJson),
      `${list}\n\nBalance: ${money(balance)} ${await currencyOf(open)}`,
    );
  },
};
