import { expect, test } from "vitest";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { runPanel } from "#test/run-panel.ts";
import { testPanel } from "#test/panel.ts";
import { startPanelProcess } from "./panel-process.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, place, attempts, desk, makeDue, order } = scene;

/** A worker in a process of its own over this panel's database. */
const startWorker = () =>
  startPanelProcess(panel.database.url, {
    roles: "api,worker",
    env: { PANEL_LOG_LEVEL: "error" },
  });

test("a worker killed inside its calls buys nothing twice: the orders wait on the desk", async () => {
  await scene.change(first, { parallelCalls: 2 });
  const ids = [await place("a"), await place("b"), await place("c"), await place("d")];
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  first.answers(async ({ action }) => {
    if (action !== "add") return { json: { balance: "5", currency: "USD" } };
    await released;
    return { json: { order: 123 } };
  });

  const worker = await startWorker();
  await expect.poll(() => first.added().length, { timeout: 20_000, interval: 20 }).toBe(2);
  await worker.kill();
  release();
  const underWay = await Promise.all(ids.map(attempts));
  expect(underWay.flat()).toMatchObject([{ outcome: undefined }, { outcome: undefined }]);

  // The leases run out, and a new worker finds what the dead one left.
  first.takesAll();
  await makeDue();
  const next = await startWorker();
  const sent = () => Promise.all(ids.map(async (id) => (await order(id)).providerOrder));
  await expect
    .poll(async () => (await sent()).filter((each) => each !== undefined).length, {
      timeout: 20_000,
      interval: 50,
    })
    .toBe(2);
  const waiting = async () => (await Promise.all(ids.map(desk))).flat().map((each) => each.reason);
  await expect.poll(waiting, { timeout: 20_000, interval: 50 }).toEqual(["unknown", "unknown"]);
  await next.stop();

  expect(first.added().toSorted()).toEqual(["a", "b", "c", "d"]);
  const shown = await runPanel(panel.database.url, "order", "desk", "--json");
  expect(shown.json()).toMatchObject({ counts: { unknown: 2 } });
}, 60_000);
