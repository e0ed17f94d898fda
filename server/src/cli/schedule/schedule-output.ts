import { money } from "#views/spelling.ts";
import { changeSchedule } from "#orders/schedules/change-schedule.ts";
import type { ScheduleChange } from "#orders/schedules/change-schedule.ts";
import type { ScheduleKind } from "#orders/schedules/schedules.sql.ts";
import { viewSchedules } from "#views/orders/schedule-list.ts";
import { scheduleRecord } from "#views/orders/schedule-record.ts";
import type { RunRecord } from "#views/orders/schedule-record.ts";
import { sightOf } from "#views/sight.ts";
import { wireStatus } from "#values/order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { currencyOf, customerOf, limitOption } from "#cli/kit/shared.ts";

// What the commands for drip-feeds and subscriptions share.

const nouns = { drip_feed: "dripfeed", subscription: "subscription" } as const;

/** `dripfeed pause` and the like. */
export function changeCommand(
  kind: ScheduleKind,
  change: ScheduleChange,
  words: { readonly summary: string; readonly done: string },
): CliCommand {
  return {
    name: `${nouns[kind]} ${change}`,
    summary: words.summary,
    options: [orderId],
    positions: [orderId],
    run: async (panel, given) => {
      const open = await panel.open();
      const done = await changeSchedule(open.ctx, open.actor, kind, given(orderId), change);
      if (!done.ok) return refuse(done.refusal);
      const { order, schedule } = done.value;
      const { refunded, charge } = order;
      const effect =
        charge === 0n
          ? ""
          : ` ${money(refunded)} of ${money(charge)} ${await currencyOf(open)} is refunded.`;
      return answer(
        scheduleRecord(schedule, order, sightOf(open.actor)),
        `Order ${order.id} is ${words.done}; it stands at ${wireStatus[order.status]}.${effect}`,
      );
    },
  };
}

const email = optional("--email <address>", "only this customer's", filledText);
const all = flag("--all", "those that have ended as well");
const limit = limitOption(100);

/** `dripfeed list` and the like. */
export function listCommand(kind: ScheduleKind, summary: string): CliCommand {
  return {
    name: `${nouns[kind]} list`,
    summary,
    options: [email, all, limit],
    run: async (panel, given) => {
      const open = await panel.open();
      const address = given(email);
      const customer = address === undefined ? undefined : await customerOf(open, address);
      if (customer !== undefined && !customer.ok) return customer;
      const schedules = await viewSchedules(open.ctx, open.actor, {
        kind,
        customerId: customer?.value.accountId,
        withDone: given(all),
        limit: given(limit),
      });
      const rows = schedules.map((schedule) => [
        schedule.order,
        schedule.customer,
        schedule.service,
        schedule.state,
        schedule.status,
        schedule.runs ?? undefined,
        schedule.interval ?? undefined,
        schedule.remains,
        schedule.charge,
        schedule.next === null ? (schedule.reason ?? "") : shownTime(schedule.next),
        schedule.link,
      ]);
      const headers = ["order>", "customer>", "service>", "state", "status", "runs>", "minutes>"];
      return answer(
        schedules,
        table([...headers, "remains>", "charge>", "next (UTC)", "link"], rows, "None."),
      );
    },
  };
}

/** The orders that a schedule made, for people and programs. */
export function runsTable(runs: readonly RunRecord[]): string {
  const rows = runs.map((run) => [
    run.run,
    run.order,
    run.status,
    run.quantity,
    run.remains,
    run.start_count ?? undefined,
    run.charge,
    shownTime(run.created),
    run.link,
  ]);
  const headers = ["run>", "order>", "status", "quantity>", "remains>", "start>", "charge>"];
  return table([...headers, "made (UTC)", "link"], rows, "No order was made yet.");
}
