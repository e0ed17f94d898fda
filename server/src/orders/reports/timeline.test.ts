import { beforeEach, expect, test } from "vitest";
import { commandLineActor } from "#values/actor.ts";
import { connect } from "#database/connection.ts";
import { runPanel, words } from "#test/run-panel.ts";
import { tester } from "#test/actors.ts";
import { testPanel } from "#test/panel.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { setOrder } from "#orders/set-order.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { readTimeline } from "./timeline.ts";
import { listChanges } from "#orders/order-changes.sql.ts";

const panel = testPanel();
const scene = dispatchScene(panel);

beforeEach(() => {
  scene.first.takesAll();
});

async function poll(state: Readonly<Record<string, string>>): Promise<void> {
  scene.first.answers(() => ({ json: state }));
  await scene.makeDue();
  await pollOrders(panel.ctx, await scene.provider(scene.first));
}

test("every change of an order is told once, with who made it and what was before", async () => {
  const id = await scene.place("https://example.com/t");
  await scene.send(scene.first);
  const provider = `provider:${scene.first.id()}`;
  const started = { charge: "0.5", start_count: "10", status: "In progress", remains: "1000" };
  await poll(started);
  await poll(started);
  await poll({ ...started, remains: "400" });
  await poll({ ...started, status: "Partial", remains: "250" });

  const order = await scene.order(id);
  const changes = (await listChanges(panel.ctx.db, order.accountId, id, 100)).toReversed();
  expect(changes).toMatchObject([
    { actor: provider, before: { status: "pending" }, after: { startCount: 10 } },
    { actor: provider, before: { remains: 1000 }, after: { remains: 400 } },
    { actor: provider, before: { status: "in_progress" }, after: { status: "partial" } },
  ]);
  // A charge of 2 for 1000, of which 250 were not delivered.
  expect(changes[2]?.after.refunded).toBe(50_000_000n);

  const lines = await readTimeline(panel.ctx.db, order);
  const told = lines.map(({ who, what }) => `${who}: ${what}`);
  expect(told[0]).toMatch(/^customer:\d+ key:\d+: placed by api: 1000 of service/);
  expect(told.join("\n")).toContain(`${provider}: Pending → In progress, start count unknown → 10`);
  expect(told.join("\n")).toContain(
    `${provider}: In progress → Partial, remains 400 → 250, given back 0.50`,
  );
  expect(told.join("\n")).toMatch(/try 1: accepted as \d+/);
  expect(told.join("\n")).toMatch(/panel: charge of 2\.00/);
  expect(told.join("\n")).toMatch(/panel: refund of 0\.50/);
  expect(lines.map(({ at }) => at.getTime())).toEqual(
    lines.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
  );
});

test("what staff did stands under their name, and the command line tells it all", async () => {
  const id = await scene.place("https://example.com/s");
  await setOrder(panel.ctx, commandLineActor("ana"), id, { status: "in_progress", startCount: 3 });
  await setOrder(panel.ctx, commandLineActor("ana"), id, { note: "only a note" });
  await setOrder(panel.ctx, commandLineActor("ana"), id, { status: "canceled" });

  const run = await runPanel(panel.database.url, ...words(`order timeline ${id}`));

  expect(run.stderr).toBe("");
  expect(run.stdout).toMatch(/cli:ana {2}Pending → In progress, start count unknown → 3/);
  expect(run.stdout).toMatch(/cli:ana {2}In progress → Canceled, given back 2\.00/);
  const order = await scene.order(id);
  expect(await listChanges(panel.ctx.db, order.accountId, id, 100)).toHaveLength(2);
  const json = (await runPanel(panel.database.url, ...words(`order timeline ${id} --json`))).json();
  expect(json).toMatchObject([{ kind: "placed" }, ...Array.from({ length: 7 }, () => ({}))]);
  const unknown = await runPanel(panel.database.url, ...words("order timeline 99999999"));
  expect(unknown.exitCode).toBe(1);
});

test("nobody changes or removes what was written down, neither the panel nor an owner's slip", async () => {
  const id = await scene.place("https://example.com/e");
  await setOrder(panel.ctx, tester, id, { status: "completed" });
  const attacks = [
    `update order_changes set actor = 'x' where order_id = ${id}`,
    `delete from order_changes where order_id = ${id}`,
    "truncate order_changes",
  ];

  for (const attack of attacks) {
    await expect(panel.ctx.db.query(attack)).rejects.toThrow(/permission denied/);
  }
  const owner = await connect(panel.database.ownerSettings);
  for (const attack of attacks) {
    await expect(owner.query(attack)).rejects.toThrow(/never changed or removed/);
  }
  await owner.end();
});
