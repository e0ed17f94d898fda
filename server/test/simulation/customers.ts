import { customerActor } from "#values/actor.ts";
import { announcePost } from "#orders/schedules/announce-post.ts";
import { massIdOf, placeMassOrder } from "#orders/mass-order/place-mass-order.ts";
import { readMassLines } from "#orders/mass-order/read-lines.ts";
import { placeOrder } from "#orders/placing/place-order.ts";
import { requestCancel } from "#orders/requests/request-cancel.ts";
import { requestRefill } from "#orders/requests/request-refill.ts";
import type { KnownOrder } from "./memory.ts";
import type { SimulatedService, World } from "./world.ts";

/** What a customer of the simulation does in one step. Returns a word for the report. */
export type Deed = (world: World) => Promise<string>;

type Fields = Readonly<Record<string, string>>;

const rememberedMax = 50;
const dayMs = 86_400_000;

/** Buys something, sometimes under a request id. */
export const buy: Deed = async (world) => {
  const { random, memory, buyers, services } = world;
  const buyer = random.pick(buyers);
  const service = random.pick(services);
  const fields = fieldsFor(world, service);
  const requestId = random.chance(0.3) ? `request ${memory.links}` : undefined;
  const sent = requestId === undefined ? fields : { ...fields, requestId };
  const placed = await placeOrder(world.context, buyer, (name) => sent[name]);
  if (!placed.ok) return `buy ${service.type}: ${placed.refusal.code}`;
  const { orderId, isReplay } = placed.value;
  if (isReplay) throw new Error(`order ${orderId} was new, and answered as a repetition`);
  const kind = kindOf(service, fields);
  memory.know({ id: orderId, accountId: buyer.accountId, kind });
  if (requestId !== undefined) {
    memory.remembered.push({ buyer, fields: sent, orderId });
    if (memory.remembered.length > rememberedMax) memory.remembered.shift();
  }
  return `buy ${kind}`;
};

/** Repeats an accepted request, or sends another one under its id. */
export const repeat: Deed = async (world) => {
  const { random, memory } = world;
  if (memory.remembered.length === 0) return "repeat: nothing";
  const { buyer, fields, orderId } = random.pick(memory.remembered);
  const isSame = random.chance(0.7);
  const sent = isSame ? fields : { ...fields, link: `${fields["link"]}x`, username: "other" };
  const placed = await placeOrder(world.context, buyer, (name) => sent[name]);
  if (!isSame) {
    if (placed.ok) throw new Error(`another request under the id of order ${orderId} was taken`);
    return "repeat: another request";
  }
  if (!placed.ok) return `repeat: ${placed.refusal.code}`;
  if (placed.value.orderId !== orderId || !placed.value.isReplay) {
    throw new Error(`order ${orderId} repeated is ${placed.value.orderId}`);
  }
  return "repeat";
};

/** Orders a list, all or nothing or whatever is possible, and sometimes the same list again. */
export const buyMany: Deed = async (world) => {
  const { random, memory } = world;
  const buyer = random.pick(world.buyers);
  const lines = Array.from({ length: random.int(1, 8) }, () => {
    const service = random.pick(world.services);
    const quantity = random.chance(0.1) ? 0 : random.int(1, 500);
    return `${service.id} | https://example.com/p/${++memory.links} | ${quantity}`;
  });
  const text = lines.join("\n");
  const read = readMassLines(text);
  if (read === undefined) throw new Error("a list of a few lines was not read");
  const order = {
    lines: read,
    id: massIdOf(buyer, text),
    mode: random.chance(0.5) ? ("all" as const) : ("valid" as const),
  };
  const placed = await placeMassOrder(world.context, buyer, order);
  if (!placed.ok) return "mass order: refused whole";
  const numbers = placed.value.flatMap((line) =>
    line.placed.ok ? [line.placed.value.orderId] : [],
  );
  for (const id of numbers) memory.know({ id, accountId: buyer.accountId, kind: "plain" });
  if (!random.chance(0.3)) return "mass order";
  const again = await placeMassOrder(world.context, buyer, order);
  const same = again.ok ? again.value.map((line) => line.placed) : [];
  for (const [index, line] of placed.value.entries()) {
    const other = same[index];
    if (!line.placed.ok) continue;
    if (other?.ok !== true || other.value.orderId !== line.placed.value.orderId) {
      throw new Error(`line ${line.line} of a repeated mass order is another order`);
    }
  }
  for (const line of same) {
    if (line.ok && !line.value.isReplay) {
      memory.know({ id: line.value.orderId, accountId: buyer.accountId, kind: "plain" });
    }
  }
  return "mass order twice";
};

/** Announces a post of a subscription, now and then an old one. */
export const announce: Deed = async ({ ctx, random, memory }) => {
  if (memory.subscriptions.length === 0) return "announce: nothing";
  const { id, accountId } = random.pick(memory.subscriptions);
  const post = random.int(1, 12);
  const link = `https://example.com/s/${id}/${post}`;
  const postId = random.chance(0.5) ? `post ${post}` : undefined;
  const taken = await announcePost(ctx, accountId, id, { link, postId });
  return `announce: ${taken.ok ? taken.value : taken.refusal.code}`;
};

/** Asks for a refill of an order in any state. */
export const askRefill: Deed = async ({ ctx, random, memory }) => {
  const order = pickOrder(random, memory.recent);
  if (order === undefined) return "refill: nothing";
  const asking = random.chance(0.5) ? { currentCount: random.int(0, 2000) } : {};
  const asked = await requestRefill(ctx, customerActor(order.accountId), order.id, asking);
  return `refill: ${asked.ok ? "taken" : asked.refusal.code}`;
};

/** Asks to cancel an order in any state. */
export const askCancel: Deed = async ({ ctx, random, memory }) => {
  const order = pickOrder(random, memory.recent);
  if (order === undefined) return "cancel: nothing";
  const asked = await requestCancel(ctx, customerActor(order.accountId), order.id);
  return `cancel: ${asked.ok ? "taken" : asked.refusal.code}`;
};

/** One of the known orders, or nothing where none is known. */
export function pickOrder(
  random: World["random"],
  orders: readonly KnownOrder[],
): KnownOrder | undefined {
  return orders.length === 0 ? undefined : random.pick(orders);
}

function kindOf(service: SimulatedService, fields: Fields): KnownOrder["kind"] {
  if (service.type === "Subscriptions") return "subscription";
  return fields["runs"] === undefined ? "plain" : "drip_feed";
}

/** A date as customers write it. */
function dayAfter(time: number, days: number): string {
  const day = new Date(time + days * dayMs);
  return `${day.getUTCDate()}/${day.getUTCMonth() + 1}/${day.getUTCFullYear()}`;
}

function fieldsFor({ random, memory, clock }: World, service: SimulatedService): Fields {
  const link = `https://example.com/p/${++memory.links}`;
  const common = { service: String(service.id), link };
  switch (service.type) {
    case "Subscriptions": {
      const count = String(random.int(1, 300));
      return {
        service: String(service.id),
        username: `user${memory.links}`,
        min: count,
        // The panel draws the quantity of a post, which no seed can repeat.
        max: count,
        delay: String(random.pick([0, 0, 5, 30, 600])),
        ...(random.chance(0.7) && { posts: String(random.int(1, 6)) }),
        ...(random.chance(0.5) && { expiry: dayAfter(clock.now(), random.int(-1, 20)) }),
      };
    }
    case "Custom Comments": {
      const comments = Array.from({ length: random.int(1, 20) }, (_, n) => `comment ${n}`);
      return { ...common, comments: comments.join("\n") };
    }
    case "Package":
      return common;
    case "Default": {
      const quantity = String(random.int(1, 3000));
      if (!service.isDripFed || !random.chance(0.35)) return { ...common, quantity };
      return {
        ...common,
        quantity: String(random.int(1, 300)),
        runs: String(random.int(1, 7)),
        interval: String(random.pick([0, 1, 10, 60, 1440])),
      };
    }
  }
}
