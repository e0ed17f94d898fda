import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Chance } from "#test/chain/chance.ts";
import { decimal, honestState, lieAbout, planOrder } from "./sly-book.ts";
import type { BookOrder } from "./sly-book.ts";

/** A provider over real HTTP that loses, refuses, doubles and lies as its seed says. */
export type SlyProvider = {
  readonly name: string;
  readonly url: string;
  readonly honoursRequestIds: boolean;
  /** What it really sold, by its numbers: the truth for the proof. */
  readonly orders: ReadonlyMap<string, BookOrder>;
  /** The orders for a link. */
  ordersFor(link: string): readonly BookOrder[];
  /** From now on it takes everything, loses nothing and tells the truth. */
  calm(): void;
  close(): Promise<void>;
};

type Fields = Readonly<Record<string, string>>;
type Said = { readonly status: number; readonly body: string } | "hang_up";

const ratePerThousand = 40_000_000n;
const balanceAtFirst = 100_000_000n * 100_000_000n;
const lieShare = 0.12;
const lossShare = 0.03;

/** How `add` may be refused, and how often, in shares of a hundred. */
const refusals: readonly (readonly [number, string])[] = [
  [1.5, "Incorrect service ID"],
  [1, "Bad link"],
  [1, "You have active order with this link. Please wait until order being completed."],
  [0.4, "Not enough funds on balance"],
  [0.4, "Too many requests"],
  [0.2, "Invalid API key"],
];

const lossesOfAdd = ["before", "after", "html_before", "html_after", "error_after", "empty_after"];

/** Opens a provider on a free port on loopback. */
export async function openSlyProvider(options: {
  readonly name: string;
  readonly chance: Chance;
  readonly honoursRequestIds: boolean;
}): Promise<SlyProvider> {
  const { name, chance, honoursRequestIds } = options;
  const orders = new Map<string, BookOrder>();
  const byRequest = new Map<string, BookOrder>();
  const byLink = new Map<string, BookOrder[]>();
  const asks = new Map<string, number>();
  let isCalm = false;
  let spent = 0n;
  let refillNumber = 0;

  /** The same question asked again gets its own chance. */
  const roll = (...what: readonly string[]): number => {
    const key = what.join(" ");
    const n = (asks.get(key) ?? 0) + 1;
    asks.set(key, n);
    return chance.of(name, ...what, n);
  };

  const accept = (fields: Fields): BookOrder => {
    const { service = "", link = "", request_id: requestId } = fields;
    const known = requestId === undefined ? undefined : byRequest.get(requestId);
    if (known !== undefined) return known;
    const pieces = fields["quantity"] ?? fields["comments"]?.split("\n").length ?? 1;
    const quantity = Number(pieces) * Number(fields["runs"] ?? "1");
    const number = String(1000 + orders.size);
    const charge = (ratePerThousand * BigInt(quantity)) / 1000n;
    const order = planOrder(chance, name, { number, service, link, quantity, requestId, charge });
    spent += charge;
    orders.set(number, order);
    byLink.set(link, [...(byLink.get(link) ?? []), order]);
    if (requestId !== undefined && honoursRequestIds) byRequest.set(requestId, order);
    return order;
  };

  const add = (fields: Fields): Said => {
    const taken = () => json({ order: Number(accept(fields).number) });
    const dice = isCalm ? 1 : roll("add", fields["link"] ?? "", fields["service"] ?? "");
    if (dice >= 0.15) return taken();
    // A repeated request is answered like the first, because the order exists already.
    const { request_id: requestId = "" } = fields;
    if (dice >= 0.08 && !byRequest.has(requestId)) {
      let share = dice * 100 - 8;
      for (const [each, error] of refusals) {
        if (share < each) return json({ error });
        share -= each;
      }
      return taken();
    }
    switch (lossesOfAdd[Math.floor((dice / 0.15) * lossesOfAdd.length)]) {
      case "before":
        return "hang_up";
      case "html_before":
        return { status: 502, body: "<h1>Bad Gateway</h1>" };
      case "after":
        accept(fields);
        return "hang_up";
      case "html_after":
        accept(fields);
        return { status: 200, body: "<h1>Checking your browser</h1>" };
      case "error_after":
        accept(fields);
        return { status: 500, body: '{"error":"Server error"}' };
      default:
        accept(fields);
        return { status: 200, body: "" };
    }
  };

  const stateOf = (number: string): unknown => {
    const order = orders.get(number);
    if (order === undefined) return { error: "Incorrect order ID" };
    const said =
      !isCalm && roll("lie", number) < lieShare
        ? lieAbout(order, roll("which lie", number))
        : honestState(order);
    order.asked++;
    return said;
  };

  const cancel = (number: string): unknown => {
    const order = orders.get(number);
    const dice = isCalm ? 0 : roll("cancel", number);
    if (order === undefined || dice > 0.6) return { error: "Incorrect order ID" };
    order.isCancelTaken = true;
    return dice > 0.55 ? null : 1;
  };

  const answer = (fields: Fields): Said => {
    const { action = "", order = "", refill = "" } = fields;
    if (action === "add") return add(fields);
    if (!isCalm && roll("loss", action) < lossShare) {
      return roll("kind of loss", action) < 0.5 ? "hang_up" : { status: 503, body: "busy" };
    }
    switch (action) {
      case "balance":
        return json({ balance: decimal(balanceAtFirst - spent), currency: "USD" });
      case "status": {
        const { orders: list } = fields;
        if (list === undefined) return json(stateOf(order));
        return json(Object.fromEntries(list.split(",").map((each) => [each, stateOf(each)])));
      }
      case "orders": {
        const { request_id: requestId = "" } = fields;
        const known = byRequest.get(requestId);
        const row = known && { order: Number(known.number), request_id: requestId };
        return json({ orders: row === undefined ? [] : [row] });
      }
      case "cancel": {
        const list = (fields["orders"] ?? order).split(",");
        return json(list.map((each) => ({ order: Number(each), cancel: cancel(each) })));
      }
      case "refill":
        if (!isCalm && roll("refill", order) < 0.3)
          return json({ error: "Not eligible for refill" });
        return json({ refill: String(++refillNumber) });
      case "refill_status":
        return json(refillStates(fields["refills"] ?? refill, fields["refills"] !== undefined));
      default:
        return json({ error: "Incorrect request" });
    }
  };

  const refillStates = (list: string, isList: boolean): unknown => {
    const stateOfRefill = (each: string): string => {
      const words = ["Pending", "In progress", "Completed", "Rejected", "Weird", "Completed"];
      return isCalm ? "Completed" : (words[Math.floor(roll("refill state", each) * 6)] ?? "");
    };
    if (!isList) return { status: stateOfRefill(list) };
    return list.split(",").map((each) => ({ refill: Number(each), status: stateOfRefill(each) }));
  };

  const server = createServer((request, response) => {
    void (async () => {
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      reply(response, answer(fields));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    name,
    honoursRequestIds,
    orders,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`,
    ordersFor: (link) => byLink.get(link) ?? [],
    calm: () => {
      isCalm = true;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function json(body: unknown): Said {
  return { status: 200, body: JSON.stringify(body) };
}

function reply(response: ServerResponse, said: Said): void {
  if (said === "hang_up") {
    response.socket?.destroy();
    return;
  }
  response.writeHead(said.status, { "content-type": "application/json" }).end(said.body);
}
