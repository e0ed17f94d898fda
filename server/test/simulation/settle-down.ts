import { changeSetting } from "#catalog/change-setting.ts";
import { changeSchedule } from "#orders/schedules/change-schedule.ts";
import { releaseOrder } from "#orders/hold-rules/decide-held.ts";
import { setOrder } from "#orders/set-order.ts";
import { releaseByOperator } from "#providers/upkeep/hold-by-operator.ts";
import { commandLineActor } from "#values/actor.ts";
import type { OrderId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { listUnknown, settleHonestly } from "./settle.ts";
import { workAll } from "./work.ts";
import type { World } from "./world.ts";

const actor = commandLineActor("operator");
const roundsMax = 120;
const secondsBetween = 6 * 3600;

type OpenOrder = {
  readonly id: OrderId;
  readonly status: OrderStatus;
  readonly kind: "drip_feed" | "subscription" | null;
  readonly schedule: string | null;
  readonly held: string | null;
  readonly is_due: boolean;
  readonly on_desk: string | null;
};

const openSql = `
  select o.id, o.status, s.kind, s.status as schedule, o.held,
         exists (select from tasks t
                  where t.account_id = o.account_id and t.order_id = o.id) as is_due,
         (select min(d.reason) from desk_entries d
           where d.account_id = o.account_id and d.order_id = o.id
             and d.closed_at is null) as on_desk
    from orders o
    left join schedules s on s.account_id = o.account_id and s.order_id = o.id
   where o.status not in ('completed', 'partial', 'canceled')
   order by o.id`;

/**
 * Providers become good, time passes and staff clear their desk: every order must come to an end.
 * Returns those that have not, in words. Staff touch nothing that proceeds by itself.
 */
export async function settleDown(world: World): Promise<string[]> {
  const { ctx, sly, clock } = world;
  for (const provider of sly.values()) provider.calm();
  await changeSetting(ctx, actor, "refused_orders", "refund");
  for (const id of sly.keys()) await releaseByOperator(ctx, actor, id);
  let open: OpenOrder[] = [];
  for (let round = 0; round < roundsMax; round++) {
    for (let busy = true, turns = 0; busy && turns < 50; turns++) {
      busy = (await workAll(world)) > 0;
    }
    for (const unknown of await listUnknown(ctx, 10_000)) await settleHonestly(world, unknown);
    ({ rows: open } = await ctx.db.query<OpenOrder>(openSql));
    if (open.length === 0) return [];
    for (const order of open) await decide(world, order);
    await clock.turn(secondsBetween);
  }
  const { rows } = await ctx.db.query<{ id: OrderId }>(
    `select o.id, o.runs, o.source, o.provider_order, o.note, o.provider_id, t.kind as due, t.due_at,
            panel_now() as now, (select jsonb_agg(jsonb_build_array(c.actor, c.status, c.remains)
              order by c.id) from order_changes c
             where c.account_id = o.account_id and c.order_id = o.id) as changes, ps.hold_kind, ps.hold_reason, ps.poll_rest_until
       from orders o
       left join tasks t on t.account_id = o.account_id and t.order_id = o.id
       left join provider_states ps on ps.provider_id = o.provider_id
      where o.id = any ($1::bigint[])
      order by o.id
      limit 10`,
    [open.map(({ id }) => id)],
  );
  const known = new Map(open.map((order) => [order.id, order]));
  return rows.map((row) => `never ended: ${JSON.stringify({ ...known.get(row.id), ...row })}`);
}

/** What staff do with an order that does not end by itself. */
async function decide({ ctx, memory }: World, order: OpenOrder): Promise<void> {
  const { id, kind, schedule } = order;
  if (order.held !== null && order.status === "pending") {
    await releaseOrder(ctx, actor, id);
    return;
  }
  if (kind === "subscription" && schedule !== "stopped") {
    await changeSchedule(ctx, actor, kind, id, "cancel");
    return;
  }
  if (kind === "drip_feed" && schedule === "paused") {
    await changeSchedule(ctx, actor, kind, id, "resume");
    return;
  }
  const isStuckOnDesk = order.on_desk !== null && order.on_desk !== "unknown";
  const isByHand = kind === null && (!order.is_due || isStuckOnDesk);
  if (!isByHand) return;
  const moved = await setOrder(ctx, actor, id, { status: "completed", remains: 0 });
  if (!moved.ok) throw new Error(`order ${id} was not completed: ${moved.refusal.code}`);
  memory.byHand.add(id);
}
