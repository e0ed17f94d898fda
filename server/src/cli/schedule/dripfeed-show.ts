import { findOrder } from "#orders/orders.sql.ts";
import { findSchedule, listRuns } from "#orders/schedules/schedules.sql.ts";
import { subtract } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime } from "#cli/kit/output.ts";
import { runJson, runsTable, scheduleJson } from "./schedule-output.ts";
import { currencyOf, limitOption, money } from "#cli/kit/shared.ts";

const limit = limitOption(1000);

export const dripfeedShow: CliCommand = {
  name: "dripfeed show",
  summary: "Shows a drip-feed with its runs.",
  options: [orderId, limit],
  positions: [orderId],
  run: async (panel, given) => {
    const open = await panel.open();
    const { db } = open.ctx;
    const order = await findOrder(db, given(orderId));
    const schedule = order && (await findSchedule(db, order.accountId, order.id));
    if (order === undefined || schedule?.kind !== "drip_feed") {
      return refuse({ code: "schedule_unknown", kind: "drip_feed" });
    }
    const runs = await listRuns(db, order.accountId, [order.id], given(limit));
    const next =
      schedule.status === "active" ? `the next at ${shownTime(schedule.nextAt)} UTC` : "none due";
    const kept = subtract(order.charge, order.refunded);
    const lines = [
      `Order ${order.id}: ${wireStatus[order.status]}, ${schedule.status}` +
        (schedule.reason === undefined ? "." : ` (${schedule.reason}).`),
      `${runs.length} of ${order.runs ?? 0} runs made, every ${order.intervalMinutes ?? 0} minutes, ${next}.`,
      `${order.remains} of ${order.quantity} remain. The charge is ${money(kept)} ` +
        `${await currencyOf(open)}, after ${money(order.refunded)} refunded.`,
      "",
      runsTable(runs),
    ];
    return answer(
      { ...scheduleJson(schedule, order), orders: runs.map(runJson) },
      lines.join("\n"),
    );
  },
};
