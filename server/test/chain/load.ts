import { setTimeout as pause } from "node:timers/promises";
import { serviceTypes } from "#orders/service-types/index.ts";
import type { Chance } from "./chance.ts";

/** How an order is to end at the sandbox. The last panel but one refuses `closed`. */
export type Ending = "completed" | "partial" | "canceled" | "refused" | "closed";

/** One order as a customer of the first panel sends it. */
export type ChainOrder = {
  readonly number: number;
  /** Unique in a story: it identifies the order on every panel. */
  readonly link: string;
  readonly ending: Ending;
  /** The name of the service. */
  readonly service: string;
  /** The fields that its type asks for, as on the wire. */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string;
};

/** An order that was answered. */
export type PlacedOrder = ChainOrder & { readonly order: number };

/** A service that the last panel stops selling after everybody has imported it. */
export const closedService = "Chain Closed";

/** Every type whose order can be delivered: a subscription only makes orders later. */
const types = Object.values(serviceTypes).filter(({ pricing }) => pricing !== "later");

const listTypes = new Set(["Custom Comments", "Comment Replies", "Mentions Custom List"]);

/** The last panel's services, one of each type, as `action=services` lists them. */
export function chainServices(): readonly Readonly<Record<string, unknown>>[] {
  const rows = types.map((type, index) => ({
    service: String(index + 101),
    name: `Chain ${type.wireName}`,
    type: type.wireName,
    category: "Chain",
    // Five decimals where a rate may have them: the proof looks at the last digit.
    rate: (0.31237 + 0.70611 * index).toFixed(5),
    min: type.pricing === "per_order" || listTypes.has(type.wireName) ? "1" : "10",
    max: type.pricing === "per_order" ? "1" : "50000",
    refill: true,
    cancel: true,
    dripfeed: false,
  }));
  const [first] = rows;
  if (first === undefined) throw new Error("there is no service type");
  const plain = rows.find(({ type }) => type === "Default") ?? first;
  return [...rows, { ...plain, service: "999", name: closedService }];
}

/** `count` orders of all types and endings. The same seed gives the same orders. */
export function chainOrders(chance: Chance, count: number): ChainOrder[] {
  return Array.from({ length: count }, (_, number) => {
    const type = types[number % types.length];
    if (type === undefined) throw new Error("there is no service type");
    const ending = endingOf(chance.of("ending", number), type.wireName);
    const story = ending === "closed" ? "completed" : ending;
    return {
      number,
      link: `https://s.example/${chance.seed}/${number}?a=b&c=d+e%20é#sandbox-${story}`,
      ending,
      service: ending === "closed" ? closedService : `Chain ${type.wireName}`,
      fields: fieldsOf(type.wireName, chance, number),
      requestId: `chain-${chance.seed}-${number}`,
    };
  });
}

function endingOf(share: number, typeName: string): Ending {
  if (share < 0.14) return "partial";
  if (share < 0.26) return "canceled";
  if (share < 0.32) return "refused";
  if (share < 0.6 && typeName === "Default") return "closed";
  return "completed";
}

function fieldsOf(typeName: string, chance: Chance, number: number): Record<string, string> {
  const quantity = String(chance.int(10, 5000, "quantity", number));
  const lines = (what: string, separator = "\n") =>
    Array.from(
      { length: chance.int(1, 6, what, number) },
      (_, line) => `${what}${number}_${line}`,
    ).join(separator);
  const comments = Array.from(
    { length: chance.int(1, 6, "comments", number) },
    (_, line) => `Très "bien" & 100 % + ${line}, 👍 <b>\\o/</b>; a=b`,
  ).join("\n");
  switch (typeName) {
    case "Default":
      return { quantity };
    case "Package":
      return {};
    case "Custom Comments":
    case "Custom Comments Package":
      return { comments };
    case "Comment Likes":
    case "Mentions User Followers":
      return { quantity, username: `user.${number}` };
    case "Comment Replies":
      return { username: `https://u.example/@${number}`, comments };
    case "Mentions":
      return { quantity, usernames: lines("user") };
    case "Mentions with Hashtags":
      return { quantity, usernames: lines("user"), hashtags: lines("#tag", ",") };
    case "Mentions Custom List":
      return { usernames: lines("user") };
    case "Mentions Hashtag":
      return { quantity, hashtag: `#tag${number}` };
    case "Mentions Media Likers":
      return { quantity, media: `https://m.example/${number}?x=1&y=2` };
    case "Poll":
      return { quantity, answer_number: String(chance.int(1, 9, "answer", number)) };
    case "Invites from Groups":
      return { quantity, groups: lines("https://g.example/") };
    case "SEO":
      return { quantity, keywords: lines("key word ") };
    case "Web Traffic":
      return { quantity, ...trafficOf(chance, number) };
    case "Special (1DG)":
      return { quantity, list: lines("https://v.example/") };
    case "Special 1 (1DG)":
      return chance.of("both", number) < 0.5
        ? { quantity, suggest: lines("https://v.example/"), search: lines("find ") }
        : { quantity, search: lines("find ") };
    default:
      throw new Error(`the chain has no orders of the type ${typeName} yet`);
  }
}

function trafficOf(chance: Chance, number: number): Record<string, string> {
  const origins: Record<string, string>[] = [
    { type_of_traffic: "1", google_keyword: `buy ${number}` },
    { type_of_traffic: "2", referring_url: `https://r.example/${number}` },
    { type_of_traffic: "3" },
  ];
  const device = String(chance.int(1, 5, "device", number));
  return { country: "WW", device, ...chance.pick(origins, "origin", number) };
}

/** Where the load goes, and as whom. */
export type LoadTarget = {
  /** The API of the first panel, as it is now. */
  readonly url: () => string;
  readonly keys: readonly string[];
  /** Ids of its services by their names. */
  readonly services: ReadonlyMap<string, number>;
};

const clients = 16;

/**
 * Places the orders as resellers do: 16 at a time, repeating each under its request id until it is
 * answered. `onPlaced` is told how many there are.
 */
export async function placeOrders(
  target: LoadTarget,
  orders: readonly ChainOrder[],
  onPlaced: (placed: number) => void = () => {},
): Promise<PlacedOrder[]> {
  const placed: PlacedOrder[] = [];
  const waiting = orders.values();
  const client = async () => {
    for (const order of waiting) {
      placed.push({ ...order, order: await placeOne(target, order) });
      onPlaced(placed.length);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return placed;
}

async function placeOne(target: LoadTarget, order: ChainOrder): Promise<number> {
  const body = new URLSearchParams({
    key: target.keys[order.number % target.keys.length] ?? "",
    action: "add",
    service: String(target.services.get(order.service)),
    link: order.link,
    request_id: order.requestId,
    ...order.fields,
  });
  for (let tries = 1; tries <= 300; tries++) {
    const answer = await post(`${target.url()}/api/v2`, body);
    if (typeof answer?.order === "number") return answer.order;
    if (answer?.error !== undefined) {
      throw new Error(`order ${order.number} (${order.service}) was refused: ${answer.error}`);
    }
    await pause(100);
  }
  throw new Error(`order ${order.number} was never answered`);
}

type AddAnswer = { readonly order?: number; readonly error?: string };

/** `undefined` where the panel is away, or busy with its own end. */
async function post(url: string, body: URLSearchParams): Promise<AddAnswer | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    return response.ok ? (JSON.parse(text) as AddAnswer) : undefined;
  } catch {
    return undefined;
  }
}
