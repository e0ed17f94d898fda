import { amountFromDecimal, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { buyerEmail, pairs } from "./chain.ts";
import type { Chain, ChainPanel } from "./chain.ts";
import type { PlacedOrder } from "./load.ts";

const shownMax = 50;

type OrderRow = {
  readonly id: number;
  readonly link: string;
  readonly status: string;
  readonly quantity: number;
  readonly remains: number;
  readonly start_count: number | null;
  readonly fields: unknown;
  readonly charge: string;
  readonly refunded: string;
  readonly booked_cost: string;
  readonly provider_order: string | null;
  /** What the postings say, independently of the order. */
  readonly posted_refund: string;
  readonly refunds: number;
  readonly posted_cost: string;
};

/**
 * Everything that is wrong after a story, in words; empty where the chain is proven. `isGone` names
 * the links of orders that never arrived at the seller and were refunded.
 */
export async function proveChain(
  chain: Chain,
  placed: readonly PlacedOrder[],
  isGone: (link: string, seller: ChainPanel) => boolean = () => false,
): Promise<string[]> {
  const faults: string[] = [];
  const rows = new Map<ChainPanel, ReadonlyMap<string, OrderRow>>();
  for (const panel of chain.panels) {
    faults.push(...(await proveAlone(panel)));
    const orders = await readOrders(panel);
    rows.set(panel, new Map(orders.map((order) => [order.link, order])));
    faults.push(...findTwice(panel, orders));
  }
  const ordersOf = (panel: ChainPanel) => rows.get(panel) ?? new Map<string, OrderRow>();
  const [first, , last] = chain.panels;

  const closed = new Set(placed.filter((one) => one.ending === "closed").map(({ link }) => link));
  const mayBeGone = (link: string, seller: ChainPanel) =>
    (seller === last && closed.has(link)) || isGone(link, seller);
  const isLost = (link: string) => pairs(chain).some(({ seller }) => isGone(link, seller));
  faults.push(...provePlaced(ordersOf(first), placed, isLost));
  for (const { buyer, seller } of pairs(chain)) {
    const [bought, sold] = [ordersOf(buyer), ordersOf(seller)];
    for (const link of sold.keys()) {
      if (!bought.has(link)) faults.push(`${seller.name} has ${link}, which nobody bought`);
    }
    for (const order of bought.values()) {
      const below = sold.get(order.link);
      faults.push(
        ...(below === undefined
          ? proveGone(buyer, order, mayBeGone(order.link, seller))
          : compare(buyer, order, below)),
      );
    }
    faults.push(...(await compareMoney(buyer, seller)));
  }
  const more = faults.length - shownMax;
  return more > 0 ? [...faults.slice(0, shownMax), `and ${more} more`] : faults;
}

/** The ledger of one panel, its desk, and that nothing is left to do. */
async function proveAlone(panel: ChainPanel): Promise<string[]> {
  const proof = (await panel.command("ledger", "verify")) as { ok: boolean; drifts: unknown };
  const desk = await panel.query(
    "select order_id, reason, note from desk_entries where closed_at is null",
  );
  const tasks = await panel.query("select order_id, kind from tasks limit 5");
  return [
    ...(proof.ok ? [] : [`the ledger of ${panel.name} drifts: ${JSON.stringify(proof.drifts)}`]),
    ...desk.map((entry) => `on the desk of ${panel.name}: ${JSON.stringify(entry)}`),
    ...tasks.map((task) => `still due at ${panel.name}: ${JSON.stringify(task)}`),
  ];
}

function readOrders(panel: ChainPanel): Promise<OrderRow[]> {
  return panel.query<OrderRow>(
    `select o.id, o.link, o.status, o.quantity, o.remains, o.start_count, o.fields, o.charge,
            o.refunded, o.booked_cost, o.provider_order,
            coalesce(p.refund, 0) as posted_refund, coalesce(p.refunds, 0)::integer as refunds,
            coalesce(p.cost, 0) as posted_cost
       from orders o
       left join (select order_id,
                         sum(amount) filter (where kind = 'refund') as refund,
                         count(*) filter (where kind = 'refund') as refunds,
                         sum(-direction * amount)
                           filter (where kind in ('cost', 'cost_refund')) as cost
                    from postings
                   where order_id is not null
                   group by order_id) p on p.order_id = o.id
      order by o.id`,
  );
}

function findTwice(panel: ChainPanel, orders: readonly OrderRow[]): string[] {
  const faults: string[] = [];
  const links = new Set<string>();
  const numbers = new Set<string>();
  for (const { id, link, provider_order: number } of orders) {
    if (links.has(link)) faults.push(`${panel.name} has ${link} twice: again as ${id}`);
    if (number !== null && numbers.has(number)) {
      faults.push(`${panel.name} has two orders that are ${number} below, the second is ${id}`);
    }
    links.add(link);
    if (number !== null) numbers.add(number);
  }
  return faults;
}

/** Orders that customers were told of exist, and ended as they were meant to. */
function provePlaced(
  orders: ReadonlyMap<string, OrderRow>,
  placed: readonly PlacedOrder[],
  isLost: (link: string) => boolean,
): string[] {
  const faults = orders.size === placed.length ? [] : [`${orders.size} orders of ${placed.length}`];
  for (const { link, order, ending } of placed) {
    const row = orders.get(link);
    if (row?.id !== order) faults.push(`order ${order} (${link}) is ${row?.id ?? "lost"}`);
    const isGivenBack = ending === "refused" || ending === "closed" || isLost(link);
    const wanted = isGivenBack ? "canceled" : ending;
    if (row !== undefined && row.status !== wanted) {
      faults.push(`order ${order} is ${row.status}, not ${wanted}`);
    }
  }
  return faults;
}

function proveGone(buyer: ChainPanel, order: OrderRow, mayBeGone: boolean): string[] {
  const name = `${buyer.name}'s order ${order.id} (${order.link})`;
  if (!mayBeGone) return [`${name} is ${order.status}, and unknown below`];
  const isGivenBack = order.status === "canceled" && order.refunded === order.charge;
  const isFree = units(order.booked_cost) === zero;
  return isGivenBack && isFree ? [] : [`${name} is unknown below and was not given back`];
}

const alike = ["status", "quantity", "remains", "start_count", "fields"] as const;

/** One order at the buyer and at the seller. */
function compare(buyer: ChainPanel, above: OrderRow, below: OrderRow): string[] {
  const name = `${buyer.name}'s order ${above.id} (${above.link})`;
  const faults = alike
    .filter((field) => JSON.stringify(above[field]) !== JSON.stringify(below[field]))
    .map((field) => {
      const [here, there] = [JSON.stringify(above[field]), JSON.stringify(below[field])];
      return `${name}: ${field} is ${here} here and ${there} below`;
    });
  if (above.provider_order !== String(below.id)) {
    faults.push(`${name} is ${above.provider_order} below, says the panel; it is ${below.id}`);
  }
  const paid = subtract(units(below.charge), units(below.refunded));
  if (units(above.booked_cost) !== paid) {
    faults.push(`${name}: cost ${above.booked_cost}, charged below less refunds ${paid}`);
  }
  for (const row of [above, below]) {
    const isRefunded = units(row.refunded) > zero;
    if (units(row.posted_refund) !== units(row.refunded) || row.refunds !== (isRefunded ? 1 : 0)) {
      faults.push(`${name}: ${row.refunds} refunds, ${row.posted_refund} for ${row.refunded}`);
    }
  }
  if (units(above.posted_cost) !== units(above.booked_cost)) {
    faults.push(`${name}: cost ${above.booked_cost}, posted ${above.posted_cost}`);
  }
  return faults;
}

/** The cost that the buyer booked equals what the seller earned, to the last digit. */
async function compareMoney(buyer: ChainPanel, seller: ChainPanel): Promise<string[]> {
  const [spent] = await buyer.query<{ total: string }>(
    `select coalesce(sum(-direction * amount), 0) as total
       from postings where kind in ('cost', 'cost_refund')`,
  );
  const [earned] = await seller.query<{ total: string }>(
    `select coalesce(sum(-p.direction * p.amount), 0) as total
       from postings p join customers c on c.account_id = p.account_id
      where lower(c.email) = lower($1) and p.kind in ('charge', 'refund')`,
    buyerEmail(buyer),
  );
  const [cost, revenue] = [units(spent?.total), units(earned?.total)];
  return cost === revenue
    ? []
    : [`${buyer.name} booked ${spent?.total}, ${seller.name} earned ${earned?.total}`];
}

function units(decimal: string | undefined): Amount {
  return amountFromDecimal(decimal ?? "0");
}
