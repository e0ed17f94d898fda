import { listCancels } from "#orders/requests.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption, requestJson, wireWord } from "#cli/kit/shared.ts";

const statuses = ["pending", "completed", "rejected"] as const;
const status = optional("--status <status>", "only those that are Pending, …", oneOf(statuses));
const limit = limitOption(100);

export const cancelList: CliCommand = {
  name: "cancel list",
  summary: "Lists orders that customers asked to cancel, newest first.",
  options: [status, limit],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const cancels = await listCancels(ctx.db, given(limit), given(status));
    const providers = await listProviders(ctx.db);
    const aliases = new Map(providers.map(({ id, alias }) => [id, alias]));
    const rows = cancels.map((cancel) => [
      cancel.id,
      cancel.order_id,
      cancel.account_id,
      wireWord(cancel.status),
      shownTime(cancel.created_at),
      cancel.provider_id === null ? "staff" : aliases.get(cancel.provider_id),
      cancel.answer ?? cancel.reason?.replaceAll("_", " "),
      cancel.note ?? undefined,
    ]);
    const headers = ["cancel>", "order>", "customer>", "status", "asked (UTC)"];
    const more = ["with", "answer", "note"];
    return answer(
      cancels.map((cancel) => requestJson(cancel, "cancel")),
      table([...headers, ...more], rows, "No cancel requests."),
    );
  },
};
