import { listRefills } from "#orders/requests.sql.ts";
import type { RefillRow } from "#orders/requests.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption, requestJson, wireWord } from "#cli/kit/shared.ts";

const statuses = ["pending", "in_progress", "completed", "rejected", "error"] as const;
const status = optional("--status <status>", "only those that are Pending, …", oneOf(statuses));
const limit = limitOption(100);

export const refillList: CliCommand = {
  name: "refill list",
  summary: "Lists refills that customers asked for, newest first.",
  options: [status, limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const refills = await listRefills(ctx.db, given(limit), given(status));
    const providers = await listProviders(ctx.db);
    const aliases = new Map(providers.map(({ id, alias }) => [id, alias]));
    const rows = refills.map((refill) => [
      refill.id,
      refill.order_id,
      refill.account_id,
      wireWord(refill.status),
      shownTime(refill.created_at),
      carriedOutBy(refill, aliases),
      refill.answer ?? refill.reason?.replaceAll("_", " "),
      refill.note ?? undefined,
    ]);
    const headers = ["refill>", "order>", "customer>", "status", "asked (UTC)"];
    const more = ["with", "answer", "note"];
    return answer(
      refills.map((refill) => requestJson(refill, "refill")),
      table([...headers, ...more], rows, "No refills."),
    );
  },
};

function carriedOutBy(
  { refill_order: order, provider_id: provider }: RefillRow,
  aliases: ReadonlyMap<number, string>,
): string | undefined {
  if (order !== null) return `order ${order}`;
  return provider === null ? "staff" : aliases.get(provider);
}
