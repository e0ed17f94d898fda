import { expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { holdProvider } from "#providers/provider-states.sql.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, second, place, send, makeDue, attempts, desk, order } = scene;

const routeByPrice = async () =>
  must(await changeService(panel.ctx, tester, scene.service, () => ({ routing: "price" })));

test("the next provider is asked after a definite refusal of the service", async () => {
  await scene.addSecond("1.5");
  await scene.change(second, { exchangeRate: amount("1.2") });
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });

  await send(first);
  expect(await order(id)).toMatchObject({
    providerId: second.id(),
    providerService: "22",
    cost: amount("1.8"),
  });
  await send(second);

  expect(first.added()).toEqual(["a"]);
  expect(second.asked).toMatchObject([{ action: "add", service: "22" }]);
  expect(await attempts(id)).toMatchObject([
    { outcome: "refused", concern: "service" },
    { outcome: "accepted", providerId: second.id(), expectedCharge: amount("1.5") },
  ]);
});

test("the next provider is never asked while nobody knows whether the first took it", async () => {
  await scene.addSecond("1");
  const id = await place("a");
  first.saysToAdd("hang_up");
  await send(first);
  await panel.ctx.db.query("update providers set status = 'disabled' where id = $1", [first.id()]);

  for (let turn = 0; turn < 3; turn++) {
    await makeDue();
    await send(first);
    await send(second);
  }

  expect(second.added()).toEqual([]);
  expect(await order(id)).toMatchObject({ providerId: first.id() });
});

test("a refusal of the order itself is not carried to the next provider", async () => {
  await scene.addSecond("1");
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect link" } });

  await send(first);
  await send(second);

  expect(second.added()).toEqual([]);
  expect(await desk(id)).toMatchObject([{ reason: "failed" }]);
});

test("a source that costs more than the order bears is passed over", async () => {
  await scene.addSecond("2.01");
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });

  await send(first);

  expect(await order(id)).toMatchObject({ providerId: first.id() });
  expect(await desk(id)).toMatchObject([{ reason: "failed" }]);
});

test("unless the operator takes the loss", async () => {
  await scene.addSecond("2.01");
  must(await changeService(panel.ctx, tester, scene.service, () => ({ belowMargin: "allow" })));
  await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });

  await send(first);
  await send(second);

  expect(second.added()).toEqual(["a"]);
});

test("by price the cheapest is asked first, exchange rates counted in", async () => {
  await scene.addSecond("0.5");
  await scene.change(second, { exchangeRate: amount("1.9") });
  await routeByPrice();
  await place("cheap");
  await send(first);
  await send(second);
  expect([first.added(), second.added()]).toEqual([[], ["cheap"]]);

  await scene.change(second, { exchangeRate: amount("2.1") });
  await place("dear");
  await send(first);
  await send(second);
  expect([first.added(), second.added()]).toEqual([["dear"], ["cheap"]]);
});

test("while the first is held, its orders go to the next; what it may have stays", async () => {
  await scene.addSecond("1");
  const unknown = await place("unknown");
  first.saysToAdd("hang_up");
  await send(first);
  await place("waiting");
  const held = { kind: "funds", reason: "used up", probeSeconds: 600 } as const;
  await holdProvider(panel.ctx.db, first.id(), held);

  await send(first);
  await send(second);

  expect(first.added()).toEqual(["unknown"]);
  expect(second.added()).toEqual(["waiting"]);
  expect(await order(unknown)).toMatchObject({ providerId: first.id() });
});

test("so do those of one that is switched off; without another they wait", async () => {
  await place("stays");
  await scene.change(first, { isEnabled: false });
  expect(await send(first)).toBe(0);
  await scene.addSecond("1");

  await send(first);
  await send(second);

  expect(second.added()).toEqual(["stays"]);
});

test("refused by all, it waits on the desk as failed", async () => {
  await scene.addSecond("1");
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });
  second.saysToAdd({ json: { error: "Quantity less than minimal 5000" } });

  await send(first);
  await send(second);

  expect(await desk(id)).toMatchObject([{ reason: "failed" }]);
  expect([first.added(), second.added()]).toEqual([["a"], ["a"]]);
});

test("an order is not carried to and fro between one who refused it and one who is held", async () => {
  await scene.addSecond("1");
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });
  second.saysToAdd({ json: { error: "Not enough funds on balance" } }, "0");
  await send(first);
  await send(second);

  for (let turn = 0; turn < 3; turn++) {
    await makeDue();
    await send(second);
    await send(first);
  }

  expect(first.added()).toEqual(["a"]);
  expect(await order(id)).toMatchObject({ providerId: second.id() });
  expect(await scene.hold(second)).toBe("funds");
  expect(await desk(id)).toEqual([]);
});
