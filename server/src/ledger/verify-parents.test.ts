import { expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { runSchedules } from "#orders/schedules/run-schedules.ts";
import { listRuns } from "#orders/schedules/schedules.sql.ts";
import { setOrder } from "#orders/set-order.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { verifyLedger } from "./verify-ledger.ts";

const panel = testPanel();

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner
    .query(`begin; set local session_replication_role = replica; ${text}; commit`)
    .finally(() => owner.end());
}

async function order(id: OrderId) {
  const found = await findOrder(panel.ctx.db, id);
  if (found === undefined) throw new Error("no order");
  return found;
}

async function turnAll(id: OrderId): Promise<void> {
  const provider = await findProvider(panel.ctx.db, (await order(id)).providerId);
  if (provider === undefined) throw new Error("no provider");
  await panel.ctx.db.query("update tasks set due_at = panel_now() where kind = 'run'");
  await runSchedules(panel.ctx, provider);
}

/** A drip-feed of three runs of 100 for 0.30 that has ended: 40 of its second run were lost. */
async function endedFeed() {
  const service = await panel.addService({ rate: amount("1"), dripfeed: true, min: 1 });
  const { key, id: account } = await panel.addCustomer({ balance: "10" });
  const add = { key, action: "add", service, link: "a", quantity: 100, runs: 3, interval: 0 };
  const { order: feed } = (await panel.api(add)) as { order: OrderId };
  await turnAll(feed);
  const [first, second, third] = (await listRuns(panel.ctx.db, account, [feed], 10)).map(
    (run) => run.id,
  );
  if (first === undefined || second === undefined || third === undefined) throw new Error("runs");
  must(await setOrder(panel.ctx, tester, first, { status: "completed" }));
  must(await setOrder(panel.ctx, tester, second, { status: "partial", remains: 40 }));
  must(await setOrder(panel.ctx, tester, third, { status: "completed" }));
  await turnAll(feed);
  return { account, feed, first, second };
}

/** A subscription with an order for each of two posts. */
async function subscription() {
  const service = await panel.addService({ rate: amount("1"), type: "Subscriptions", min: 1 });
  const { key, id: account } = await panel.addCustomer({ balance: "10" });
  const add = { key, action: "add", service, username: "anna", min: 100, max: 100 };
  const { order: feed } = (await panel.api(add)) as { order: OrderId };
  for (const link of ["https://a.example/1", "https://a.example/2"]) {
    expect(await panel.api({ key, action: "new_post", order: feed, link })).toMatchObject({
      order: feed,
    });
  }
  await turnAll(feed);
  const [first, second] = (await listRuns(panel.ctx.db, account, [feed], 10)).map((run) => run.id);
  if (first === undefined || second === undefined) throw new Error("no orders");
  return { account, feed, first, second };
}

test("a drip-feed that lost pieces, and a subscription with posts, are proven", async () => {
  const { feed } = await endedFeed();
  await subscription();

  const proof = await verifyLedger(panel.ctx);

  expect(await order(feed)).toMatchObject({ status: "partial", refunded: amount("0.04") });
  expect(proof.drifts).toEqual([]);
});

const children = "orders are not what their drip-feed or subscription makes";
const feeds = "drip-feed and its runs disagree";
const posts = "subscription and its orders disagree";

test.each([
  [
    "a run that is missing",
    "update orders set run = 9 where id = $second",
    "update orders set run = 2 where id = $second",
    children,
  ],
  [
    "a run of another quantity",
    "update orders set quantity = 101 where id = $first",
    "update orders set quantity = 100 where id = $first",
    children,
  ],
  [
    "a run that costs something",
    "update orders set charge = 1 where id = $first",
    "update orders set charge = 0 where id = $first",
    children,
  ],
  [
    "runs of a drip-feed that is not there",
    "update orders set parent_id = 999999 where parent_id = $feed",
    "update orders set parent_id = $feed where parent_id = 999999",
    children,
  ],
  [
    "a run that lost more than was refunded",
    "update orders set status = 'canceled' where id = $first",
    "update orders set status = 'completed' where id = $first",
    feeds,
  ],
  [
    "a run that is open after its drip-feed's end",
    "update orders set status = 'processing' where id = $first",
    "update orders set status = 'completed' where id = $first",
    feeds,
  ],
  [
    "a refund of a piece too much",
    "update orders set refunded = 0.041 where id = $feed",
    "update orders set refunded = 0.04 where id = $feed",
    feeds,
  ],
  [
    "a drip-feed that goes on and gave back more than its runs lost",
    "update orders set refunded = 0.041 where id = $feed; update schedules set status = 'active' where order_id = $feed",
    "update orders set refunded = 0.04 where id = $feed; update schedules set status = 'done' where order_id = $feed",
    feeds,
  ],
  [
    "an end in the wrong word",
    "update orders set status = 'completed' where id = $feed",
    "update orders set status = 'partial' where id = $feed",
    feeds,
  ],
])("%s is found", async (_, slip, repair, what) => {
  await expectDrift(await endedFeed(), { slip, repair, what });
});

test.each([
  [
    "an order without a post",
    "update subscription_posts set status = 'known', quantity = null, run = null where order_id = $feed and run = 2",
    "update subscription_posts set status = 'ordered', quantity = 100, run = 2 where order_id = $feed and status = 'known'",
    posts,
  ],
  [
    "an order of a subscription that is missing",
    "update orders set parent_id = null, run = null where id = $second",
    "update orders set parent_id = $feed, run = 2 where id = $second",
    posts,
  ],
  [
    "a subscription that was charged itself",
    "update orders set charge = 1 where id = $feed",
    "update orders set charge = 0 where id = $feed",
    children,
  ],
])("%s is found", async (_, slip, repair, what) => {
  await expectDrift(await subscription(), { slip, repair, what });
});

type Scene = { readonly feed: OrderId; readonly first: OrderId; readonly second: OrderId };

// Each slip is undone again, since the harness proves the ledger after every test.
async function expectDrift(
  scene: Scene,
  { slip, repair, what }: Record<"slip" | "repair" | "what", string>,
): Promise<void> {
  const fill = (text: string) =>
    text
      .replaceAll("$feed", String(scene.feed))
      .replaceAll("$first", String(scene.first))
      .replaceAll("$second", String(scene.second));
  await asOwner(fill(slip));
  const proof = await verifyLedger(panel.ctx);
  await asOwner(fill(repair));

  expect(proof.ok).toBe(false);
  const drift = proof.drifts.find((each) => each.what === what);
  expect(drift?.detail).toMatch(new RegExp(`^order (${scene.feed}|999999)\\b`));
}

test("what staff decided about a drip-feed is no drift: money is not taken back", async () => {
  const moved = await endedFeed();
  must(await setOrder(panel.ctx, tester, moved.feed, { status: "canceled" }));
  const corrected = await endedFeed();
  must(await setOrder(panel.ctx, tester, corrected.second, { status: "partial", remains: 10 }));
  await turnAll(corrected.feed);

  const proof = await verifyLedger(panel.ctx);

  expect((await order(corrected.feed)).refunded).toBe(amount("0.04"));
  expect(proof.drifts).toEqual([]);
});
