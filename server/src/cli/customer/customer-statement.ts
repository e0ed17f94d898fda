import { money } from "#views/spelling.ts";
import { movementKinds, viewStatement } from "#views/customers/statement.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { count, listOf, moment, oneOf } from "#cli/kit/readers.ts";
import { currencyOf, customerEmail, customerOf, limitOption } from "#cli/kit/shared.ts";

const limit = limitOption(100);
const kinds = optional(
  "--kind <words>",
  `only ${movementKinds.join(", ")}; several with commas`,
  listOf(oneOf(movementKinds)),
);
const since = optional("--since <moment>", "only those from then on", moment);
const until = optional("--until <moment>", "only those before then", moment);
const before = optional("--before <posting>", "only postings before this one", count);

export const customerStatement: CliCommand = {
  name: "customer statement",
  summary: "Lists every movement of a customer's money, newest first.",
  options: [customerEmail, kinds, since, until, limit, before],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const { accountId, balance } = found.value;
    const page = await viewStatement(open.ctx, open.actor, {
      accountId,
      kinds: given(kinds),
      from: given(since),
      until: given(until),
      beforeSeq: given(before),
      limit: given(limit),
    });
    if (!page.ok) return refuse(page.refusal);
    const postings = page.value.rows;
    const rows = postings.map((posting) => [
      posting.posting,
      shownTime(posting.created),
      posting.kind,
      posting.amount.startsWith("-") ? posting.amount : `+${posting.amount}`,
      posting.balance,
      posting.order ?? undefined,
      posting.reference,
      posting.note ?? undefined,
    ]);
    const headers = ["no.>", "time (UTC)", "kind", "amount>", "balance>", "order>", "reference"];
    const list = table([...headers, "note"], rows, "No postings.");
    return answer(postings, `${list}\n\nBalance: ${money(balance)} ${await currencyOf(open)}`);
  },
};
