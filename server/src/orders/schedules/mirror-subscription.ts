import { listSources } from "#catalog/sources.sql.ts";
import type { Tx } from "#database/transaction.ts";
import type { ProviderOrderState, ProviderSubscription } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { deleteTask, setTask } from "#tasks/tasks.sql.ts";
import { providerMover } from "#values/actor.ts";
import type { OrderId } from "#values/ids.ts";
import { costPerThousand, exchanged } from "#values/money.ts";
import { isFinal } from "#values/order-status.ts";
import { cleaned } from "#values/text.ts";
import { closeDeskEntries, openDeskEntry } from "#orders/desk.sql.ts";
import { mirroredQuantity } from "./mirrored-quantity.ts";
import type { MirroredTerms } from "./mirrored-quantity.ts";
import {
  findLastRun,
  listOpenPosts,
  noteMirroredPosts,
  stepMirroredPost,
} from "./mirrored-posts.sql.ts";
import type { OpenPost } from "./mirrored-posts.sql.ts";
import { moveOrder } from "#orders/move-order.ts";
import { moveToProvider } from "#orders/move-provider.sql.ts";
import { placePostOrder } from "./place-post-order.ts";
import type { PostOutcome } from "./place-post-order.ts";
import { setProviderOrder } from "#orders/orders.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { ensureMirror, updateSchedule } from "./schedules.sql.ts";
import type { Schedule } from "./schedules.sql.ts";
import { subscriptionOf } from "#orders/subscriptions/subscription.ts";
import { tellSubscription, viewSubscription } from "./tell-subscription.ts";

const heldWords: Partial<Record<PostOutcome, string>> = {
  insufficient: "no funds",
  inactive: "the customer is blocked",
  stale: "the price is just being changed",
};

const triesMax = 3;
const problemsShownMax = 5;

/** What a provider said of a subscription that it runs, and of the orders that it made for it. */
export type SaidSubscription = {
  readonly subscription: ProviderSubscription;
  /** By the provider's numbers. Orders that were not asked for, or not answered, are left out. */
  readonly states: ReadonlyMap<string, ProviderOrderState>;
};

/**
 * Takes over what a provider says of a locked subscription that it runs. Each order that it made
 * becomes one here, charged once, when its quantity is known and there are funds. The subscription
 * pauses, resumes and ends as it does there. It ends once all its posts are dealt with. True where
 * some posts wait, so that it is worth looking again soon. Locks the account.
 */
export async function mirrorSubscription(
  tx: Tx,
  provider: Provider,
  order: Order,
  { subscription, states }: SaidSubscription,
): Promise<boolean> {
  if (isFinal(order.status)) {
    await deleteTask(tx, order.accountId, order.id);
    return false;
  }
  const key = { accountId: order.accountId, orderId: order.id };
  const before = await viewSubscription(tx, order);
  const schedule = await ensureMirror(tx, order);
  await noteMirroredPosts(tx, key, provider.id, subscription.orders);
  await decideQuantities(tx, provider, order, states);
  const held = await makeOrders(tx, provider, order);
  const left = await listOpenPosts(tx, key);
  await noteOnDesk(tx, order, left);
  await follow(tx, order, schedule, { said: subscription.status, left, held });
  await tellSubscription(tx, order, before);
  return left.some((post) => post.status !== "unclear");
}

/** Finds the quantity of posts whose quantity is not known yet. */
async function decideQuantities(
  tx: Tx,
  provider: Provider,
  order: Order,
  states: SaidSubscription["states"],
): Promise<void> {
  const key = { accountId: order.accountId, orderId: order.id };
  if (states.size === 0) return;
  const terms = await termsOf(tx, provider, order);
  for (const post of await listOpenPosts(tx, key)) {
    const said = states.get(post.provider_order);
    if (said === undefined || post.status === "waiting") continue;
    const decided = mirroredQuantity(said, terms);
    switch (decided.kind) {
      case "known":
        await stepMirroredPost(tx, key, post.provider_order, {
          status: "waiting",
          quantity: decided.quantity,
        });
        break;
      case "void":
        await stepMirroredPost(tx, key, post.provider_order, { status: "void" });
        break;
      case "unclear": {
        const tries = Math.min(post.tries + 1, triesMax);
        await stepMirroredPost(tx, key, post.provider_order, {
          status: tries < triesMax ? "new" : "unclear",
          problem: cleaned(decided.problem),
          tries,
        });
      }
    }
  }
}

async function termsOf(tx: Tx, provider: Provider, order: Order): Promise<MirroredTerms> {
  const { min, max } = subscriptionOf(order);
  const sources = await listSources(tx, [order.serviceId]);
  const source = sources.find(
    ({ providerId, providerService }) =>
      providerId === provider.id && providerService === order.providerService,
  );
  return { min, max, providerRate: source?.providerRate };
}

/** Makes the orders of posts that wait for them. Returns why one could not be made, if so. */
async function makeOrders(
  tx: Tx,
  provider: Provider,
  order: Order,
): Promise<PostOutcome | undefined> {
  const key = { accountId: order.accountId, orderId: order.id };
  const open = await listOpenPosts(tx, key);
  const waiting = open.filter((post) => post.status === "waiting");
  if (waiting.length === 0) return undefined;
  const { providerRate } = await termsOf(tx, provider, order);
  let run = await findLastRun(tx, key);
  for (const { provider_order: providerOrder, quantity } of waiting) {
    if (quantity === null) throw new Error(`post ${providerOrder} waits without a quantity`);
    run++;
    const rate = providerRate && exchanged(providerRate, provider.exchangeRate);
    const placed = await placePostOrder(tx, order, { link: order.link, quantity }, run, order.rate);
    if (placed.code !== "accepted") return placed.code;
    await adopt(tx, order, provider, placed.orderId, {
      providerOrder,
      cost: rate && costPerThousand(rate, quantity),
    });
    await stepMirroredPost(tx, key, providerOrder, { status: "ordered", quantity, run });
  }
  return undefined;
}

/** The provider already has the new order: it is never sent, and asked about at once. */
async function adopt(
  tx: Tx,
  parent: Order,
  provider: Provider,
  orderId: OrderId,
  there: { readonly providerOrder: string; readonly cost: Order["cost"] },
): Promise<void> {
  const { accountId, providerService } = parent;
  const place = { providerId: provider.id, providerService, cost: there.cost, note: undefined };
  await moveToProvider(tx, { accountId, id: orderId }, place);
  await setProviderOrder(tx, accountId, orderId, there.providerOrder);
  await setTask(tx, { accountId, orderId, providerId: provider.id, kind: "poll", inSeconds: 0 });
}

async function noteOnDesk(
  tx: Tx,
  { accountId, id: orderId, providerId }: Order,
  left: readonly OpenPost[],
): Promise<void> {
  const unclear = left.filter((post) => post.status === "unclear");
  if (unclear.length === 0) {
    const decision = "the quantity of every post is known";
    const reasons = ["post_unclear"] as const;
    await closeDeskEntries(tx, accountId, orderId, {
      by: providerMover(providerId),
      decision,
      reasons,
    });
    return;
  }
  const facts = unclear
    .slice(0, problemsShownMax)
    .map((post) => `${post.provider_order} (${post.problem ?? ""})`);
  const note =
    `${unclear.length} orders that the provider made are not charged, because nobody knows how ` +
    `much they are for: ${facts.join("; ")}`;
  await openDeskEntry(tx, accountId, orderId, "post_unclear", note);
}

/** Moves the subscription as the provider says. It ends when none of its posts is open. */
async function follow(
  tx: Tx,
  order: Order,
  schedule: Schedule,
  now: {
    readonly said: ProviderSubscription["status"];
    readonly left: readonly OpenPost[];
    /** Why an order could not be made. */
    readonly held: PostOutcome | undefined;
  },
): Promise<void> {
  const stands = standOf(schedule, now.said, now.held);
  const isOver = stands.status === "stopped" && now.left.length === 0;
  const status = isOver ? "done" : stands.status;
  if (status !== schedule.status || stands.reason !== schedule.reason) {
    await updateSchedule(tx, { ...schedule, ...stands, status });
  }
  const waiting = now.left.filter((post) => post.status === "waiting").length;
  const note =
    now.held && `${waiting} orders that it made wait: ${heldWords[now.held] ?? now.held}`;
  const made = await findLastRun(tx, schedule);
  const isBegun = made > 0 && order.status === "pending";
  const to = isOver
    ? stands.reason === "canceled"
      ? "canceled"
      : "completed"
    : isBegun
      ? "in_progress"
      : order.status;
  if (to === order.status && note === order.note) return;
  const move = { status: to, note: note ?? null, by: providerMover(order.providerId) };
  const moved = await moveOrder(tx, order, move);
  if (!moved.ok) throw new Error(`subscription ${order.id} did not move: ${moved.refusal.code}`);
}

function standOf(
  { status, reason }: Schedule,
  said: ProviderSubscription["status"],
  held: PostOutcome | undefined,
): Pick<Schedule, "status" | "reason"> {
  switch (said) {
    case undefined:
      return { status, reason };
    case "active":
      return { status: "active", reason: held === "insufficient" ? "funds" : undefined };
    case "paused":
      return { status: "paused", reason: "provider" };
    case "completed":
    case "expired":
    case "canceled":
      return { status: "stopped", reason: said };
  }
}
