import type { Chance } from "#test/chain/chance.ts";

/** An order in a provider's books, whatever the provider says of it. */
export type BookOrder = {
  readonly number: string;
  readonly service: string;
  readonly link: string;
  readonly quantity: number;
  readonly requestId: string | undefined;
  /** In the provider's currency, on the scale of `Amount`. */
  readonly charge: bigint;
  readonly end: "Completed" | "Partial" | "Canceled";
  /** After how many questions it has ended. */
  readonly turns: number;
  /** How often it was asked about. */
  asked: number;
  isCancelTaken: boolean;
};

/** Plans the course of a new order, by its number alone. */
export function planOrder(
  chance: Chance,
  name: string,
  order: Pick<BookOrder, "number" | "service" | "link" | "quantity" | "requestId" | "charge">,
): BookOrder {
  const roll = chance.of(name, "end", order.number);
  return {
    ...order,
    end: roll < 0.65 ? "Completed" : roll < 0.83 ? "Partial" : "Canceled",
    turns: chance.int(1, 6, name, "turns", order.number),
    asked: 0,
    isCancelTaken: false,
  };
}

/** Where an order really stands, as an honest provider reports it. */
export function honestState(order: BookOrder): Record<string, unknown> {
  const { quantity, turns, asked } = order;
  const isOver = asked >= turns;
  const end = order.isCancelTaken && order.end === "Completed" ? "Partial" : order.end;
  const half = Math.max(1, Math.floor(quantity / 2));
  const status = isOver ? end : asked < 1 ? "Pending" : "In progress";
  const left: Record<string, number> = {
    Pending: quantity,
    "In progress": Math.max(1, quantity - Math.floor((quantity * asked) / (turns + 1))),
    Completed: 0,
    Partial: half,
    Canceled: quantity,
  };
  const remains = left[status] ?? quantity;
  const kept =
    status === "Canceled" ? 0n : status === "Partial" ? keptOf(order, half) : order.charge;
  return {
    status,
    remains: String(remains),
    start_count: status === "Pending" ? null : "1200",
    charge: decimal(kept),
    currency: "USD",
  };
}

function keptOf({ charge, quantity }: BookOrder, remains: number): bigint {
  return (charge * BigInt(quantity - remains)) / BigInt(Math.max(1, quantity));
}

/** What is said instead of the truth: legal and illegal nonsense. */
const lies: readonly ((said: Record<string, unknown>, order: BookOrder) => unknown)[] = [
  (said) => ({ ...said, status: "Moderation" }),
  (said) => ({ ...said, status: "Pending" }),
  (said) => ({ ...said, status: "Processing" }),
  (said, { quantity }) => ({ ...said, status: "Completed", remains: String(quantity) }),
  (said) => ({ ...said, status: "Partial", remains: "0" }),
  (said, { quantity }) => ({ ...said, status: "Partial", remains: String(quantity * 3) }),
  ({ remains: _remains, ...said }) => ({ ...said, status: "Partial" }),
  (said, { quantity }) => ({ ...said, remains: String(-quantity) }),
  (said) => ({ ...said, remains: "plenty" }),
  (said) => ({ ...said, remains: "99999999999999999999" }),
  (said) => ({ ...said, start_count: "-7" }),
  (said) => ({ ...said, charge: "-5.00" }),
  (said) => ({ ...said, charge: "99999999.00" }),
  (said, { charge }) => ({ ...said, charge: decimal(charge * 2n) }),
  (said) => ({ ...said, charge: "0" }),
  (said) => ({ ...said, charge: "free" }),
  () => ({ error: "Incorrect order ID" }),
  () => ({}),
  () => null,
];

/** A lie about an order. It differs with `roll` (0 to 1). */
export function lieAbout(order: BookOrder, roll: number): unknown {
  return lies[Math.floor(roll * lies.length)]?.(honestState(order), order);
}

/** Units of 10^-8 as a decimal. */
export function decimal(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(9, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
