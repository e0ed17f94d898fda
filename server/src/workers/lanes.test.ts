import { afterEach, expect, test, vi } from "vitest";
import { openPool } from "#database/connection.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { testPanel } from "#test/panel.ts";
import { runWorker } from "./run-worker.ts";
import type { Worker } from "./run-worker.ts";

// A lane with a real provider, which the test holds up in the middle of a call.

const panel = testPanel({ roles: ["api"], env: { PANEL_LOG_LEVEL: "silent" } });
const { first, place, send, change, attempts } = dispatchScene(panel);
const patient = { timeout: 20_000, interval: 50 };

let worker: Worker | undefined;
afterEach(async () => {
  await worker?.close();
  vi.restoreAllMocks();
});

/** A call of the first provider's that ends when the test says so. */
function holdUp() {
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const calls = { now: 0, most: 0, number: 0 };
  first.answers(async ({ action }) => {
    if (action !== "add") return { json: { balance: "1000", currency: "USD" } };
    calls.most = Math.max(calls.most, ++calls.now);
    const number = 700 + ++calls.number;
    begun.resolve();
    await released.promise;
    calls.now--;
    return { json: { order: number } };
  });
  return { calls, begun: begun.promise, release: () => released.resolve() };
}

test("a lane that throws goes on as soon as what it fell over is mended", async () => {
  const id = await place("a");
  const logged = vi.spyOn(panel.ctx.log, "error");
  const { rows } = await panel.ctx.db.query<Record<string, unknown>>(
    "delete from provider_states where provider_id = $1 returning provider_id",
    [first.id()],
  );
  expect(rows).toHaveLength(1);

  worker = runWorker(panel.ctx);
  const lane = `send ${first.id()}`;
  await expect
    .poll(() => logged.mock.calls, patient)
    .toContainEqual([expect.objectContaining({ lane }), "worker's turn failed"]);
  await panel.ctx.db.query("insert into provider_states (provider_id) values ($1)", [first.id()]);

  await expect.poll(() => first.added(), patient).toEqual(["a"]);
  await expect.poll(() => attempts(id), patient).toMatchObject([{ outcome: "accepted" }]);
});

test("closing waits for the call that is under way and for its outcome, and begins no other", async () => {
  const [id, other] = [await place("a"), await place("b")];
  await change(first, { parallelCalls: 1 });
  const call = holdUp();
  const order: string[] = [];
  worker = runWorker(panel.ctx);
  await call.begun;

  const closing = worker.close().then(() => order.push("closed"));
  // A round trip: a worker that does not wait is closed before its end.
  await panel.api({ key: "none", action: "balance" });
  order.push("answered");
  call.release();
  await closing;

  expect(order).toEqual(["answered", "closed"]);
  const made = [...(await attempts(id)), ...(await attempts(other))];
  expect(made).toMatchObject([{ outcome: "accepted" }]);
  expect(first.added()).toHaveLength(1);
  // What was not begun is left as it was, for the next worker.
  first.takesAll();
  expect(await send(first)).toBe(1);
});

test("a lane never takes two turns at once, however often the look-out finds work for it", async () => {
  await change(first, { parallelCalls: 1 });
  await place("a");
  const call = holdUp();
  const hot = openPool(panel.database.settings, 4);
  let looks = 0;
  hot.on("acquire", () => looks++);
  worker = runWorker({ ...panel.ctx, hot });
  await call.begun;

  // Due with the same provider while its lane is busy.
  await place("b");
  const before = looks;
  await expect.poll(() => looks, patient).toBeGreaterThan(before + 10);
  expect(first.added()).toEqual(["a"]);
  call.release();

  await expect.poll(() => first.added(), patient).toEqual(["a", "b"]);
  expect(call.calls.most).toBe(1);
  await worker.close();
  await hot.end();
});
