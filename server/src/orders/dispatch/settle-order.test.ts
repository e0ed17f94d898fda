import { expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { OrderId } from "#values/ids.ts";
import { resendOrder } from "./resend-order.ts";
import { setOrder } from "#orders/set-order.ts";
import { settleOrder } from "./settle-order.ts";
import type { Verdict } from "./settle-order.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, second, place, send, makeDue, attempts, desk, order, task } = scene;

const settle = (id: OrderId, verdict: Verdict) => settleOrder(panel.ctx, tester, id, verdict);
const refuse = (id: OrderId) => settle(id, { as: "refused", note: "seen in their list" });
const accept = (id: OrderId, providerOrder: string) =>
  settle(id, { as: "accepted", providerOrder });
const resend = (id: OrderId) => resendOrder(panel.ctx, tester, id);

async function unknownOrder(link = "a"): Promise<OrderId> {
  const id = await place(link);
  first.saysToAdd("hang_up");
  await send(first);
  return id;
}

test("settled as accepted it is followed there, and leaves the desk", async () => {
  const id = await unknownOrder();

  must(await accept(id, " 314 "));

  expect(await order(id)).toMatchObject({ providerOrder: "314", status: "pending" });
  expect(await attempts(id)).toMatchObject([
    { outcome: "unknown", settledAs: "accepted", settledBy: "cli:test", providerOrder: "314" },
  ]);
  expect(await desk(id)).toEqual([]);
  expect(await task(id)).toMatchObject({ kind: "poll" });
});

test("settled as refused with nobody left it fails on the desk, or is refunded by choice", async () => {
  const [kept, refunded] = [await unknownOrder("a"), await unknownOrder("b")];

  const failed = must(await refuse(kept));
  await panel.ctx.db.query(
    `insert into settings (key, value) values ('refused_orders', '"refund"')`,
  );
  const back = must(await refuse(refunded));
  await panel.ctx.db.query("delete from settings where key = 'refused_orders'");

  expect(failed).toMatchObject({ afterRefusal: { kind: "failed" }, refund: 0n });
  expect(await desk(kept)).toMatchObject([{ reason: "failed" }]);
  expect(back).toMatchObject({ afterRefusal: { kind: "refunded" }, refund: amount("2") });
  expect(await order(refunded)).toMatchObject({ status: "canceled" });
  expect(await desk(refunded)).toEqual([]);
});

test("settled as refused it goes to the next provider, once", async () => {
  await scene.addSecond();
  const id = await unknownOrder();

  const settled = must(await refuse(id));
  await send(second);

  expect(settled.afterRefusal).toMatchObject({ kind: "passed_on" });
  expect(second.added()).toEqual(["a"]);
  expect(first.added()).toEqual(["a"]);
});

test("an older try settled as refused leaves the order where a later one was accepted", async () => {
  await scene.addSecond();
  const id = await unknownOrder();
  await panel.ctx.db.query("update orders set provider_order = '77' where id = $1", [id]);

  const settled = must(await refuse(id));
  await send(second);

  expect(settled.afterRefusal).toEqual({ kind: "kept" });
  expect(second.added()).toEqual([]);
});

test.each(["accepted", "refused"] as const)("%s is settled once", async (as) => {
  const id = await unknownOrder();
  must(as === "accepted" ? await accept(id, "42") : await refuse(id));

  expect(await accept(id, "43")).toMatchObject({ refusal: { code: "nothing_to_settle" } });
  expect(await refuse(id)).toMatchObject({ refusal: { code: "nothing_to_settle" } });
});

test("of two who settle at once one is heard", async () => {
  const id = await unknownOrder();

  const both = await Promise.all([accept(id, "99001"), refuse(id)]);

  expect(both.filter((each) => each.ok)).toHaveLength(1);
});

test("one number of a provider is never given to two orders", async () => {
  const taken = await place("a");
  await send(first);
  const { providerOrder = "" } = await order(taken);
  const id = await unknownOrder("b");

  expect(await accept(id, providerOrder)).toMatchObject({
    refusal: { code: "provider_order_taken", by: taken },
  });
  expect(await accept(id, " ")).toMatchObject({ refusal: { code: "provider_order_invalid" } });
  expect(await desk(id)).toHaveLength(1);
});

test("of two orders that are given one number at the same time one carries it", async () => {
  const [a, b] = [await unknownOrder("a"), await unknownOrder("b")];

  const both = await Promise.all([accept(a, "99002"), accept(b, "99002")]);

  expect(both.filter((each) => each.ok)).toHaveLength(1);
  expect(both.find((each) => !each.ok)).toMatchObject({
    refusal: { code: "provider_order_taken" },
  });
});

test("no number is given while another order for the same link is being handed over", async () => {
  const id = await unknownOrder("same");
  await place("same");
  let said: unknown;
  first.answers(async () => {
    said = await accept(id, "99003");
    return { json: { order: 99_003 } };
  });

  await send(first);

  expect(said).toMatchObject({ refusal: { code: "call_under_way" } });
  expect(await accept(id, "99003")).toMatchObject({ refusal: { code: "provider_order_taken" } });
});

test("what became known while the call is under way is not settled by hand", async () => {
  const id = await place("a");
  let said: unknown[] = [];
  first.answers(async () => {
    said = [await accept(id, "5"), await resend(id)];
    return { json: { order: 6 } };
  });

  await send(first);

  expect(said).toMatchObject([
    { refusal: { code: "call_under_way" } },
    { refusal: { code: "call_under_way" } },
  ]);
  expect(await order(id)).toMatchObject({ providerOrder: "6" });
});

test("an order that was ended by hand can still be settled, and moves no more", async () => {
  const id = await unknownOrder();
  must(await setOrder(panel.ctx, tester, id, { status: "canceled" }));

  must(await accept(id, "123"));

  expect(await order(id)).toMatchObject({ status: "canceled", providerOrder: "123" });
  expect(await task(id)).toBeUndefined();
});

test("an order of unknown outcome is never sent again, however it is asked for", async () => {
  const id = await unknownOrder();
  first.takesAll();

  expect(await resend(id)).toMatchObject({ refusal: { code: "resend_unknown" } });
  await makeDue();
  await send(first);

  expect(first.added()).toEqual(["a"]);
});

test("a failed order is sent again from the first provider on", async () => {
  await scene.addSecond();
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });
  second.saysToAdd({ json: { error: "Incorrect service ID" } });
  await send(first);
  await send(second);
  expect(await desk(id)).toMatchObject([{ reason: "failed" }]);

  must(await resend(id));
  await send(first);
  second.takesAll();
  await send(second);

  expect(first.added()).toEqual(["a", "a"]);
  expect(second.added()).toEqual(["a", "a"]);
  expect(await attempts(id)).toHaveLength(4);
  expect(await desk(id)).toEqual([]);
  expect(await order(id)).toMatchObject({ providerId: second.id() });
});

test("only an order that waits for a person is sent again", async () => {
  const [waiting, accepted] = [await place("a"), await place("b")];
  expect(await resend(waiting)).toMatchObject({ refusal: { code: "resend_in_queue" } });
  await send(first);
  expect(await resend(accepted)).toMatchObject({ refusal: { code: "resend_taken" } });
  must(await setOrder(panel.ctx, tester, accepted, { status: "canceled" }));
  expect(await resend(accepted)).toMatchObject({ refusal: { code: "resend_ended" } });
  expect(await resend(999_999 as OrderId)).toMatchObject({ refusal: { code: "order_unknown" } });
});
