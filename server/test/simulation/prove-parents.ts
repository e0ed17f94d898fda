import type { OrderId } from "#values/ids.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { units } from "./memory.ts";
import type { Memory } from "./memory.ts";
import type { World } from "./world.ts";

type ParentRow = {
  readonly id: OrderId;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly runs: number | null;
  readonly remains: number;
  readonly charge: string;
  readonly refunded: string;
  readonly schedule: string;
  readonly is_due: boolean;
  readonly children: number;
  readonly last_run: number;
  readonly pieces: number;
  readonly odd_pieces: number;
  readonly child_charge: string;
  readonly open: number;
  readonly lost: number;
  readonly ordered: number;
};

/** What is wrong with these orders that make others. Without ids, checks all of them. */
export async function proveParents(
  { ctx, eyes, memory }: World,
  ids: readonly OrderId[] | undefined,
): Promise<string[]> {
  const { rows } =
    ids === undefined
      ? await ctx.db.query<ParentRow>(parentsSql)
      : await eyes.query<ParentRow>({ ...someParents, values: [ids] });
  return rows.flatMap((row) =>
    row.runs === null ? proveSubscription(row) : proveFeed(memory, row),
  );
}

const parentsSql = `
  select p.id, p.status, p.quantity, p.runs, p.remains, p.charge, p.refunded,
         s.status as schedule,
         exists (select from tasks t
                  where t.account_id = p.account_id and t.order_id = p.id
                    and t.kind = 'run') as is_due,
         c.*,
         (select count(*) from subscription_posts sp
           where sp.account_id = p.account_id and sp.order_id = p.id
             and sp.status = 'ordered') as ordered
    from schedules s
    join orders p on p.account_id = s.account_id and p.id = s.order_id
    cross join lateral (
      select count(*) as children, coalesce(max(r.run), 0) as last_run,
             coalesce(sum(r.quantity), 0)::bigint as pieces,
             count(*) filter (where p.runs is not null
                                and r.quantity * p.runs <> p.quantity) as odd_pieces,
             coalesce(sum(r.charge), 0) as child_charge,
             count(*) filter (where r.status not in ('completed', 'partial', 'canceled')) as open,
             coalesce(sum(case r.status
               when 'canceled' then r.quantity
               when 'partial' then greatest(0, least(r.quantity, r.remains))
               else 0 end), 0)::bigint as lost
        from orders r
       where r.account_id = p.account_id and r.parent_id = p.id) c`;
const someParents = {
  name: "simulation.parents",
  text: `${parentsSql} where s.order_id = any ($1::bigint[])`,
};

/** Runs are numbered, equal and free by themselves, and exactly what they lost was refunded. */
function proveFeed({ byHand, corrected }: Memory, row: ParentRow): string[] {
  const faults: string[] = [];
  const name = `drip-feed ${row.id}`;
  const runs = row.runs ?? 1;
  if (row.children !== row.last_run || row.children > runs || row.odd_pieces > 0) {
    faults.push(`${name}: ${row.children} runs to number ${row.last_run} of ${runs}`);
  }
  if (units(row.child_charge) !== 0n) faults.push(`${name}: its runs cost ${row.child_charge}`);
  if (byHand.has(row.id)) return faults;
  const isStopped = row.schedule === "stopped" || row.schedule === "done";
  const unmade = isStopped ? row.quantity - row.pieces : 0;
  const lost = row.lost + unmade;
  const charge = units(row.charge);
  const due = charge - (charge * BigInt(row.quantity - lost)) / BigInt(row.quantity);
  const refunded = units(row.refunded);
  const isCorrected = corrected.has(row.id) && refunded <= charge;
  if (refunded > due && !isCorrected)
    faults.push(`${name}: ${refunded} refunded for ${lost} lost, ${due} due`);
  const isEnded = ["completed", "partial", "canceled"].includes(row.status);
  if (!isEnded || row.is_due) return faults;
  // A refund stays where the loss was corrected downwards.
  if (isCorrected && refunded >= due && row.remains >= (row.status === "canceled" ? 0 : lost)) {
    return faults;
  }
  const end = lost === 0 ? "completed" : lost < row.quantity ? "partial" : "canceled";
  if (refunded !== due || row.status !== end || row.open > 0) {
    faults.push(`${name} ended ${row.status}, ${refunded} refunded; lost ${lost}, due ${due}`);
  }
  if (end !== "canceled" && row.remains !== lost) {
    faults.push(`${name} ended with ${row.remains} left, its runs lost ${lost}`);
  }
  return faults;
}

/** Every ordered post has its order, numbered without a gap, and nothing was paid in advance. */
function proveSubscription(row: ParentRow): string[] {
  const isWhole = row.children === row.last_run && row.children === row.ordered;
  if (isWhole && units(row.charge) === 0n) return [];
  return [`subscription ${row.id}: ${row.children} orders for ${row.ordered} posts`];
}
