import { describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { testPanel, amount, must } from "#test/panel.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import type { OrderId } from "#values/ids.ts";
import { askRefills } from "#orders/requests/ask-refills.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleOrder } from "./settle-order.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, second, place, send, makeDue, order, desk, attempts, task } = scene;

/** Orders for these links, each answered with the number 4242 of the first provider. */
async function answeredAlike(...links: string[]): Promise<OrderId[]> {
  const ids: OrderId[] = [];
  for (const link of links) ids.push(await place(link));
  first.saysToAdd({ json: { order: 4242 } });
  await send(first);
  return ids;
}

async function hear(json: unknown): Promise<void> {
  first.answers(() => ({ json }));
  await makeDue();
  await pollOrders(panel.ctx, await scene.provider(first));
}

const settle = (id: OrderId, isReused = false) =>
  settleOrder(panel.ctx, tester, id, { as: "accepted", providerOrder: "4242", isReused });

describe("a number that another order carries", () => {
  test.each([1, 8])(
    "goes to the desk, with %i calls at a time, and is not followed",
    async (parallelCalls) => {
      await scene.change(first, { parallelCalls });
      const ids = await answeredAlike("a", "b", "c");

      const orders = await Promise.all(ids.map((id) => order(id)));
      const holders = orders.filter(({ providerOrder }) => providerOrder === "4242");
      expect(holders).toHaveLength(1);
      const others = ids.filter((id) => id !== holders[0]?.id);
      for (const id of others) {
        expect(await order(id)).toMatchObject({ providerOrder: undefined, status: "pending" });
        expect(await desk(id)).toMatchObject([
          {
            reason: "unknown",
            note: expect.stringContaining(`4242, which order ${holders[0]?.id} carries`),
          },
        ]);
        expect(await attempts(id)).toMatchObject([
          { outcome: "unknown", providerOrder: undefined },
        ]);
        expect(await task(id)).toMatchObject({ kind: "reconcile" });
      }
      // Each was sent once, and none is sent again.
      await makeDue();
      await send(first);
      expect(first.added().toSorted()).toEqual(["a", "b", "c"]);
    },
  );

  test("also in a later turn: nothing of the first is booked or refunded for the second", async () => {
    const [one = 0 as OrderId] = await answeredAlike("a");
    const [two = 0 as OrderId] = await answeredAlike("b");

    await hear({ status: "Canceled", charge: "0.5", remains: 1000 });

    expect(await order(one)).toMatchObject({
      status: "canceled",
      refunded: amount("2"),
      bookedCost: amount("0.5"),
    });
    expect(await order(two)).toMatchObject({ status: "pending", refunded: 0n, bookedCost: 0n });
    expect(await desk(two)).toMatchObject([{ reason: "unknown" }]);
  });

  test("of another provider is another number", async () => {
    await answeredAlike("a");
    await scene.addSecond("0.5");
    await panel.ctx.db.query("update services set provider_id = $2 where id = $1", [
      scene.service,
      second.id(),
    ]);
    const id = await place("b");
    await panel.ctx.db.query("update orders set provider_id = $2 where id = $1", [id, second.id()]);
    await panel.ctx.db.query("update tasks set provider_id = $2 where order_id = $1", [
      id,
      second.id(),
    ]);
    second.saysToAdd({ json: { order: 4242 } });
    await send(second);
    expect(await order(id)).toMatchObject({ providerOrder: "4242" });
    expect(await desk(id)).toEqual([]);
  });

  test("that the provider gives again is settled so, once the order that had it has ended", async () => {
    const [one = 0 as OrderId] = await answeredAlike("a");
    const [two = 0 as OrderId] = await answeredAlike("b");

    expect(await settle(two)).toMatchObject({ refusal: { code: "provider_order_taken", by: one } });
    expect(await settle(two, true)).toMatchObject({
      refusal: { code: "provider_order_in_use", by: one },
    });
    await hear({ status: "Completed", charge: "1", remains: 0 });
    must(await settle(two, true));

    expect(await order(two)).toMatchObject({ providerOrder: "4242" });
    expect(await desk(two)).toEqual([]);
    await hear({ status: "In progress", charge: "0.9", remains: 7 });
    expect(await order(two)).toMatchObject({
      status: "in_progress",
      remains: 7,
      bookedCost: amount("0.9"),
    });
    expect(await order(one)).toMatchObject({ status: "completed", bookedCost: amount("1") });

    // And once more.
    const [three = 0 as OrderId] = await answeredAlike("c");
    expect(await settle(three, true)).toMatchObject({
      refusal: { code: "provider_order_in_use", by: two },
    });
    await hear({ status: "Completed", charge: "1", remains: 0 });
    must(await settle(three, true));
    expect(await order(three)).toMatchObject({ providerOrder: "4242" });
  });

  test("is taken once by the database, whoever writes it", async () => {
    const [one = 0 as OrderId] = await answeredAlike("a");
    const two = await place("b");
    first.saysToAdd("hang_up");
    await send(first);
    const forced = panel.ctx.db.query(
      "update attempts set provider_order = '4242', number_reuse = 0 where order_id = $1",
      [two],
    );
    await expect(forced).rejects.toThrow("attempts_number_once");
    expect(await order(one)).toMatchObject({ providerOrder: "4242" });
  });

  test("is not taken by the database without the count of its uses", async () => {
    const [one] = await answeredAlike("a");
    const uncounted = panel.ctx.db.query(
      "update attempts set number_reuse = null where order_id = $1",
      [one],
    );
    await expect(uncounted).rejects.toThrow("attempts_number_counted");
  });

  test("that was taken after the order had ended here is told, and not followed", async () => {
    await answeredAlike("a");
    const late = await place("b");
    first.answers(async ({ action }) => {
      if (action !== "add") return { json: { balance: "5", currency: "USD" } };
      must(await setOrder(panel.ctx, tester, late, { status: "canceled" }));
      return { json: { order: 4242 } };
    });
    await send(first);
    expect(await order(late)).toMatchObject({ status: "canceled", providerOrder: undefined });
    expect(await desk(late)).toMatchObject([{ reason: "unknown" }]);
  });
});

test("a provider that answers everything with one number is held: no more is bought there", async () => {
  await scene.change(first, { parallelCalls: 1 });
  await answeredAlike("a", "b", "c", "d", "e", "f", "g");
  // The first has it; three are not believed, and by then one more has been begun.
  expect(first.added()).toHaveLength(5);
  expect(await scene.hold(first)).toBe("silent");

  // One is tried when the hold is asked about; a number of its own ends it.
  first.takesAll();
  await makeDue();
  await send(first);
  await send(first);
  expect(first.added()).toHaveLength(7);
  expect(await scene.hold(first)).toBeUndefined();
});

describe("a refill's number", () => {
  async function refillOf(id: OrderId, said: unknown) {
    await panel.ctx.db.query(
      `insert into refills (account_id, order_id, provider_id, due_at, deadline_at)
       select account_id, id, provider_id, panel_now(), panel_now() + interval '9 days'
         from orders where id = $1`,
      [id],
    );
    first.answers(() => ({ json: said }));
    await askRefills(panel.ctx, await scene.provider(first));
    const { rows } = await panel.ctx.db.query<{
      status: string;
      provider_refill: string | null;
      answer: string | null;
    }>(
      "select status, provider_refill, answer from refills where order_id = $1 order by id desc limit 1",
      [id],
    );
    return rows[0];
  }
  async function completed(link: string): Promise<OrderId> {
    const id = await place(link);
    first.takesAll();
    await send(first);
    await hear({ status: "Completed", charge: "1", remains: 0 });
    return id;
  }

  test("that another order's refill carries is not asked about, and staff see why", async () => {
    const [one, two] = [await completed("a"), await completed("b")];
    expect(await refillOf(one, { refill: 1 })).toMatchObject({ provider_refill: "1" });
    expect(await refillOf(two, { refill: 1 })).toMatchObject({
      status: "in_progress",
      provider_refill: null,
      answer: expect.stringContaining(`the refill of order ${one}`),
    });
  });

  test("of the same order may come again", async () => {
    const one = await completed("a");
    await refillOf(one, { refill: 7 });
    await panel.ctx.db.query("update refills set status = 'completed' where order_id = $1", [one]);
    expect(await refillOf(one, { refill: 7 })).toMatchObject({ provider_refill: "7" });
  });

  test("is not asked for an order whose number was given to a later one", async () => {
    const [one = 0 as OrderId] = await answeredAlike("a");
    const [two = 0 as OrderId] = await answeredAlike("b");
    await hear({ status: "Completed", charge: "1", remains: 0 });
    must(await settle(two, true));
    await hear({ status: "Completed", charge: "1", remains: 0 });

    expect(await refillOf(one, { refill: 9 })).toMatchObject({
      status: "error",
      provider_refill: null,
    });
    expect(await refillOf(two, { refill: 9 })).toMatchObject({ provider_refill: "9" });
  });
});
