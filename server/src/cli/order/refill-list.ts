import { viewRefills } from "#views/orders/refill-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { oneOf } from "#cli/kit/readers.ts";
import { limitOption } from "#cli/kit/shared.ts";
import { without } from "#cli/kit/without.ts";

const statuses = ["pending", "in_progress", "completed", "rejected", "error"] as const;
const status = optional("--status <status>", "only those that are Pending, …", oneOf(statuses));
const limit = limitOption(100);

export const refillList: CliCommand = {
  name: "refill list",
  summary: "Lists refills that customers asked for, newest first.",
  options: [status, limit],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const refills = await viewRefills(ctx, actor, { status: given(status), limit: given(limit) });
    const rows = refills.map((refill) => [
      refill.refill,
      refill.order,
      refill.customer,
      refill.status,
      shownTime(refill.created),
      carriedOutBy(refill),
      refill.answer ?? refill.reason?.replaceAll("_", " "),
      refill.note ?? undefined,
    ]);
    const headers = ["refill>", "order>", "customer>", "status", "asked (UTC)"];
    const more = ["with", "answer", "note"];
    return answer(
      refills.map((each) => without(each, "by_staff", "provider_alias")),
      table([...headers, ...more], rows, "No refills."),
    );
  },
};

function carriedOutBy(refill: {
  readonly refill_order: number | null;
  readonly by_staff: boolean;
  readonly provider_alias?: string | null;
}): string | undefined {
  if (refill.refill_order !== null) return `order ${refill.refill_order}`;
  return refill.by_staff ? "staff" : (refill.provider_alias ?? undefined);
}
