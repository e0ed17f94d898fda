import { keyOf } from "./shop.sql.ts";
import type { ShopSize } from "./shop.sql.ts";

/** A form-encoded body, as most clients send it. */
export function form(fields: Readonly<Record<string, string | number>>): string {
  return new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
}

export function many<Value>(count: number, make: (n: number) => Value): Value[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

// Spreads over the range without a pattern that a cache could learn, and is the same in every run.
function scattered(n: number, below: number): number {
  return (n * 2_654_435_761) % below;
}

/** Questions for single orders of the filled shop, each asked by its owner. */
export function statusBodies(size: ShopSize, count: number): string[] {
  return many(count, (n) => {
    const order = 1 + scattered(n, size.orders);
    return form({ key: keyOf(1 + (order % size.customers)), action: "status", order });
  });
}

/** A new order of a customer; `n` makes it differ from others. */
export function addBody(size: ShopSize, customer: number, n: number): string {
  return form({
    key: keyOf(customer),
    action: "add",
    service: 1 + scattered(n, size.services),
    link: `https://example.com/post/${n}`,
    quantity: 1000,
  });
}
