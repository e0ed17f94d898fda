import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll } from "vitest";

/** The fault of one request for an order. `before`: nothing was made, `after`: it was. */
export const goodsFaults = [
  "reset_before",
  "reset_after",
  "silent_before",
  "silent_after",
  "500_before",
  "500_after",
  "html_after",
  "garbage_after",
  "refused",
  "limit",
] as const;
export type GoodsFault = (typeof goodsFaults)[number];

type Fields = Readonly<Record<string, string>>;
type Row = Readonly<Record<string, unknown>>;

/** An order as the provider has it. `state` is what `product_order_status` says of it. */
export type GoodsOrder = {
  readonly id: number;
  readonly product: string;
  readonly quantity: number;
  readonly requestId: string | undefined;
  readonly answer: string | undefined;
  state: Row;
  items: readonly string[];
};

/** A provider of digital goods over real HTTP on loopback that does what the test tells it to. */
export type GoodsProvider = {
  url(): string;
  asked: Fields[];
  orders: GoodsOrder[];
  /** Its list. `rate` 2 and plenty in stock by default. */
  products: Row[];
  /** What an order is given. By default distinct lines, at once. */
  deliver: (order: GoodsOrder) => void;
  /** The faults of the next requests for orders. After them, none. */
  faults: (GoodsFault | undefined)[];
  /** Words of a refusal. */
  refusal: string;
  honoursRequestIds: boolean;
  /** Whether it knows `result_product`. */
  listsItems: boolean;
  reset(): void;
};

export const listedProduct: Row = {
  product: 7,
  name: "Key",
  rate: 2,
  min: 1,
  max: 100,
  category: "Keys",
  status: "In stock",
  inventory: 1000,
  type: "Auto",
};

/** Opened before the file's tests and closed after them. */
export function goodsProvider(): GoodsProvider {
  let numbers = 5000;
  let lines = 0;
  const provider = {
    asked: [] as Fields[],
    orders: [] as GoodsOrder[],
    products: [listedProduct],
    deliver: (order: GoodsOrder) => {
      order.items = Array.from({ length: order.quantity }, () => `GOODS-${++lines}`);
      const charge = 2 * order.quantity;
      order.state = { charge, status: "Completed", result: order.items.join("\n") };
    },
    faults: [] as (GoodsFault | undefined)[],
    refusal: "Out of stock",
    honoursRequestIds: false,
    listsItems: true,
  };
  const defaults = { ...provider };
  const placed = (fields: Fields): number => {
    const requestId = fields["request_id"];
    const known =
      provider.honoursRequestIds && requestId !== undefined
        ? provider.orders.find((order) => order.requestId === requestId)
        : undefined;
    if (known !== undefined) return known.id;
    const order: GoodsOrder = {
      id: numbers++,
      product: fields["product"] ?? "",
      quantity: Number(fields["quantity"]),
      requestId,
      answer: fields["require"],
      state: { charge: 0, status: "Pending" },
      items: [],
    };
    provider.deliver(order);
    provider.orders.push(order);
    return order.id;
  };
  const add = (fields: Fields, request: IncomingMessage, response: ServerResponse) => {
    const fault = provider.faults.shift();
    const order = fault === undefined || fault.endsWith("_after") ? placed(fields) : 0;
    switch (fault) {
      case undefined:
        return void response.end(JSON.stringify({ order }));
      case "reset_before":
      case "reset_after":
        return void request.socket.destroy();
      case "silent_before":
      case "silent_after":
        return;
      case "500_before":
      case "500_after":
        response.statusCode = 500;
        return void response.end("oops");
      case "html_after":
        return void response.end("<html><body>Thank you for your order</body></html>");
      case "garbage_after":
        return void response.end('{"order":');
      case "refused":
        return void response.end(JSON.stringify({ error: provider.refusal }));
      case "limit":
        response.statusCode = 429;
        return void response.end("slow down");
    }
  };
  const stateOf = (id: string): Row =>
    provider.orders.find((order) => String(order.id) === id)?.state ?? {
      error: "Incorrect order ID",
    };
  const answer = (fields: Fields): unknown => {
    const { action, order, orders } = fields;
    switch (action) {
      case "balance":
        return { balance: "1000", currency: "USD" };
      case "products":
        return provider.products;
      case "product_order_status":
        if (orders === undefined) return stateOf(order ?? "");
        return Object.fromEntries(orders.split(",").map((id) => [id, stateOf(id)]));
      case "result_product": {
        const found = provider.orders.find(({ id }) => String(id) === order);
        return provider.listsItems && found ? { result: found.items } : { error: "Invalid action" };
      }
      default:
        return { error: "Invalid action" };
    }
  };
  const server = createServer((request, response) => {
    void (async () => {
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      provider.asked.push(fields);
      if (fields["action"] === "add_product_order") return add(fields, request, response);
      response.end(JSON.stringify(answer(fields)));
    })();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const reset = () => {
    Object.assign(provider, defaults, { asked: [], orders: [], faults: [] });
  };
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
  return Object.assign(provider, { reset, url });
}
