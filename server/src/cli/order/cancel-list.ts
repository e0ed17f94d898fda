import { viewCancels } from "#views/orders/cancel-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";
import { without } from "#cli/kit/without.ts";

const statuses = ["pending", "completed", "rejected"] as const;
const status = optional("--status <status>", "only those that are Pending, …", oneOf(statuses));
const limit = limitOption(100);

export const cancelList: CliCommand = {
  name: "cancel list",
  summary: "Lists orders that customers asked to cancel, newest first.",
  options: [status, limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const cancels = await viewCancels(ctx, actor, { status: given(status), limit: given(limit) });
    const rows = cancels.map((cancel) => [
      cancel.cancel,
      cancel.order,
      cancel.customer,
      cancel.status,
      shownTime(cancel.created),
      cancel.by_staff ? "staff" : (cancel.provider_alias ?? undefined),
      cancel.answer ?? cancel.reason?.replaceAll("_", " "),
      cancel.note ?? undefined,
    ]);
    const headers = ["cancel>", "order>", "customer>", "status", "asked (UTC)"];
    const more = ["with", "answer", "note"];
    return answer(
      cancels.map((each) => without(each, "by_staff", "provider_alias")),
      table([...headers, ...more], rows, "No cancel requests."),
    );
  },
};
