import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { ProviderId } from "#values/ids.ts";
import { findOrder, lockOrder } from "#orders/orders.sql.ts";
import { sendOrders } from "./send-orders.ts";
import { setOrder } from "#orders/set-order.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { withdrawUnsent } from "./withdraw-order.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, second, place, send, makeDue, attempts, desk, order, task } = scene;

test("a try stands in the database before its call, and its outcome after it", async () => {
  const id = await place("a");
  let during: unknown;
  first.answers(async () => {
    during = await attempts(id);
    return { json: { order: 77 } };
  });

  expect(await send(first)).toBe(1);

  expect(during).toMatchObject([
    { number: 1, outcome: undefined, providerService: "11", expectedCharge: amount("1") },
  ]);
  expect(await attempts(id)).toMatchObject([{ outcome: "accepted", providerOrder: "77" }]);
  expect(await order(id)).toMatchObject({ providerOrder: "77", note: undefined });
  expect(await task(id)).toMatchObject({ kind: "poll", is_leased: false, attempts: 0 });
  expect(first.asked).toMatchObject([
    { action: "add", service: "11", link: "a", quantity: "1000" },
  ]);
});

test("two workers at once hand each order over once", async () => {
  await scene.change(first, { parallelCalls: 5 });
  const links = Array.from({ length: 60 }, (_, index) => `link-${index}`);
  await Promise.all(links.map((link) => place(link)));
  const other = await panel.openAnother(["web"]);
  const provider = await scene.provider(first);

  const turns = [panel.ctx, other.ctx, panel.ctx].map((ctx) => sendOrders(ctx, provider));
  const taken = await Promise.all(turns);

  expect(taken.reduce((sum, each) => sum + each)).toBe(60);
  expect(first.added().toSorted()).toEqual(links.toSorted());
  const { rows } = await panel.ctx.db.query(
    "select outcome, count(*) as n from attempts where provider_id = $1 group by 1",
    [first.id()],
  );
  expect(rows).toEqual([{ outcome: "accepted", n: 60 }]);
});

test("as many calls at once as the provider takes, and never more", async () => {
  await scene.change(first, { parallelCalls: 3 });
  const links = Array.from({ length: 20 }, (_, index) => `link-${index}`);
  await Promise.all(links.map((link) => place(link)));
  let [asked, now, most] = [0, 0, 0];
  const open: number[] = [];
  const waiting: (() => void)[] = [];
  first.answers(async () => {
    const number = 9000 + ++asked;
    most = Math.max(most, ++now);
    // Each waits until as many are there as may be: with fewer at once this would not end.
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 3 || asked === links.length) {
        for (const goOn of waiting.splice(0)) goOn();
      }
    });
    const { rows } = await panel.ctx.db.query<{ n: number }>(
      "select count(*) as n from attempts where provider_id = $1 and outcome is null",
      [first.id()],
    );
    open.push(rows[0]?.n ?? 0);
    now--;
    return { json: { order: number } };
  });

  await send(first);

  expect(first.added().toSorted()).toEqual(links.toSorted());
  expect(most).toBe(3);
  expect(Math.max(...open)).toBe(3);
});

test("what the provider refuses waits on the desk, outside still pending", async () => {
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect link" } });

  await send(first);

  expect(await attempts(id)).toMatchObject([{ outcome: "refused", reason: "Incorrect link" }]);
  expect(await desk(id)).toMatchObject([{ reason: "failed" }]);
  expect(await task(id)).toBeUndefined();
  const { key } = scene.customer;
  expect(await panel.api({ key, action: "status", order: id })).toMatchObject({
    status: "Pending",
  });
});

test("by choice of the operator it is refunded at once, and once", async () => {
  await panel.ctx.db.query(
    `insert into settings (key, value) values ('refused_orders', '"refund"')`,
  );
  const id = await place("a");
  first.saysToAdd({ json: { error: "Incorrect service ID" } });

  await send(first);
  await panel.ctx.db.query("delete from settings where key = 'refused_orders'");

  expect(await order(id)).toMatchObject({ status: "canceled", refunded: amount("2") });
  expect(await desk(id)).toEqual([]);
  const { rows } = await panel.ctx.db.query(
    "select actor, action from audit_entries where subject = $1",
    [`order:${id}`],
  );
  expect(rows).toEqual([{ actor: "system:send-orders", action: "order.refund_refused" }]);
});

test("a request that cannot have left is tried again by itself", async () => {
  await scene.change(first, { baseUrl: "http://127.0.0.1:9/api/v2" });
  const id = await place("a");
  await send(first);
  expect(await attempts(id)).toMatchObject([{ outcome: "not_sent" }]);
  expect(await task(id)).toMatchObject({ kind: "send" });

  await scene.change(first, { baseUrl: first.url });
  await makeDue();
  await send(first);

  expect(await attempts(id)).toMatchObject([{ outcome: "not_sent" }, { outcome: "accepted" }]);
  expect(first.added()).toEqual(["a"]);
});

test("five in a row that did not leave hold the provider; it is tried with one order", async () => {
  await scene.change(first, { baseUrl: "http://127.0.0.1:9/api/v2", parallelCalls: 1 });
  const ids = [];
  for (let index = 0; index < 8; index++) ids.push(await place(`${index}`));
  await send(first);
  expect(await scene.hold(first)).toBe("silent");
  const tried = await Promise.all(ids.map(attempts));
  expect(tried.filter((each) => each.length > 0)).toHaveLength(5);
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBe("silent");

  // It is back at its place, and nobody has said so.
  const back = "update providers set base_url = $2 where id = $1";
  await panel.ctx.db.query(back, [first.id(), first.url]);
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBeUndefined();
  expect(first.added()).toHaveLength(1);

  await makeDue();
  await send(first);
  expect(first.added()).toHaveLength(8);
});

test("an unknown outcome is never sent again, and lies on the desk with the facts", async () => {
  const id = await place("a");
  first.saysToAdd("hang_up");
  await send(first);
  first.takesAll();

  for (let turn = 0; turn < 3; turn++) {
    await makeDue();
    await send(first);
  }

  expect(first.added()).toEqual(["a"]);
  expect(await attempts(id)).toMatchObject([{ outcome: "unknown" }]);
  expect(await task(id)).toMatchObject({ kind: "reconcile" });
  const [entry] = await desk(id);
  expect(entry).toMatchObject({ reason: "unknown" });
  expect(entry?.note).toMatch(
    /^Sent to First \d+ as its service 11 at 20.*It costs 1\.00 there\.$/,
  );
});

test.each([
  ["a server error after the order was made", { json: { order: 5 }, status: 500 }],
  ["an error with a server's failure", { json: { error: "Not enough funds" }, status: 503 }],
  ["a web page", { text: "<html>Welcome</html>" }],
  ["nothing", { text: "" }],
  ["half an answer", { text: '{"order":' }],
  ["no number and no error", { json: { status: "ok" } }],
])("%s is an unknown outcome", async (_, answer) => {
  const id = await place("a");
  first.saysToAdd(answer);

  await send(first);

  expect(await attempts(id)).toMatchObject([{ outcome: "unknown" }]);
  expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);
});

test("three unknown outcomes in a row hold the provider, and the rest stays unsent", async () => {
  await scene.change(first, { parallelCalls: 1 });
  for (let index = 0; index < 8; index++) await place(`${index}`);
  first.saysToAdd("hang_up");

  await send(first);
  await send(first);

  expect(await scene.hold(first)).toBe("silent");
  expect(first.added()).toHaveLength(3);

  // A trial that fails again costs one order, and puts off the next.
  await panel.ctx.db.query(
    "update provider_states set probe_at = panel_now() where provider_id = $1",
    [first.id()],
  );
  await send(first);
  expect(first.added()).toHaveLength(4);
  expect(await scene.hold(first)).toBe("silent");
});

test("used up funds hold the queue, and a top-up releases it by itself", async () => {
  const ids = [await place("a"), await place("b")];
  await scene.change(first, { parallelCalls: 1 });
  first.saysToAdd({ json: { error: "Not enough funds on balance" } }, "0.5");
  await send(first);
  expect(await scene.hold(first)).toBe("funds");
  expect(first.added()).toHaveLength(1);
  for (const id of ids) expect(await desk(id)).toEqual([]);

  // Not enough for the order that has waited longest.
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBe("funds");
  expect(first.added()).toHaveLength(1);

  first.takesAll("1");
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBeUndefined();
  expect(first.added()).toHaveLength(2);
  await makeDue();
  await send(first);
  expect(first.added()).toHaveLength(3);
  for (const id of ids) expect(await order(id)).toMatchObject({ status: "pending" });
});

test.each([
  ["Invalid API key", "key"],
  ["Too many requests", "limit"],
])("%j holds the queue as %s, and an answered question releases it", async (error, kind) => {
  const id = await place("a");
  first.saysToAdd({ json: { error } });
  await send(first);
  expect(await scene.hold(first)).toBe(kind);
  expect(await send(first)).toBe(0);
  expect(first.added()).toHaveLength(1);

  // Still refused: the balance as well.
  first.answers(() => ({ json: { error } }));
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBe(kind);
  expect(first.added()).toHaveLength(1);

  first.takesAll();
  await makeDue();
  await send(first);
  expect(await scene.hold(first)).toBeUndefined();
  expect(await attempts(id)).toMatchObject([{ outcome: "refused" }, { outcome: "accepted" }]);
});

test("a readable answer ends the row of silences", async () => {
  await scene.change(first, { parallelCalls: 1 });
  for (let index = 0; index < 6; index++) await place(`${index}`);
  let calls = 0;
  first.answers(() => (++calls % 3 === 0 ? { json: { order: 100 + calls } } : "hang_up"));

  await send(first);

  expect(first.added()).toHaveLength(6);
  expect(await scene.hold(first)).toBeUndefined();
  expect((await findProviderState(panel.ctx.db, first.id())).failures).toBe(0);
});

test("an order waits for its link, and lies on the desk after a day", async () => {
  const id = await place("a");
  first.saysToAdd({ json: { error: "You have active order with this link" } });
  await send(first);
  expect(await attempts(id)).toMatchObject([{ outcome: "refused", concern: "link" }]);
  expect(await task(id)).toMatchObject({ kind: "send" });
  expect(await desk(id)).toEqual([]);
  expect(await scene.hold(first)).toBeUndefined();

  const age = "update attempts set started_at = started_at - interval '25 hours'";
  await panel.ctx.db.query(`${age} where order_id = $1`, [id]);
  await makeDue();
  await send(first);
  expect(await desk(id)).toMatchObject([{ reason: "link_waits" }]);

  first.takesAll();
  await makeDue();
  await send(first);
  expect(await desk(id)).toEqual([]);
  expect(await task(id)).toMatchObject({ kind: "poll" });
});

test("an order that is not sent yet is withdrawn and refunded at once, and never sent", async () => {
  const id = await place("a");
  const withdraw = () =>
    inTransaction(panel.ctx, async (tx) => {
      const locked = await lockOrder(tx, scene.customer.id, id);
      return locked && (await withdrawUnsent(tx, locked.accountId, [locked], tester));
    });

  expect(await withdraw()).toEqual(new Set([id]));
  expect((await findOrder(panel.ctx.db, id))?.refunded).toBe(amount("2"));
  await send(first);

  expect(first.added()).toEqual([]);
  expect(await withdraw()).toEqual(new Set());
});

test("an order that is under way or unknown is not withdrawn", async () => {
  const id = await place("a");
  const results: unknown[] = [];
  const withdraw = async () => {
    results.push(
      await inTransaction(panel.ctx, async (tx) => {
        const locked = await lockOrder(tx, scene.customer.id, id);
        return locked && (await withdrawUnsent(tx, locked.accountId, [locked], tester));
      }),
    );
  };
  first.answers(async () => {
    await withdraw();
    return "hang_up" as const;
  });

  await send(first);
  await withdraw();

  expect(results).toEqual([new Set(), new Set()]);
  expect(await order(id)).toMatchObject({ status: "pending", refunded: 0n });
});

test("what is accepted after the operator canceled it comes to the desk with its number", async () => {
  const id = await place("a");
  first.answers(async () => {
    must(await setOrder(panel.ctx, tester, id, { status: "canceled" }));
    return { json: { order: 4711 } };
  });

  await send(first);

  expect(await order(id)).toMatchObject({ status: "canceled", providerOrder: "4711" });
  const [entry] = await desk(id);
  expect(entry).toMatchObject({ reason: "accepted_late" });
  expect(entry?.note).toContain("4711");
  must(await setOrder(panel.ctx, tester, id, { note: "stopped there" }));
  expect(await desk(id)).toEqual([]);
  expect(await task(id)).toBeUndefined();
});

test("a try without an end whose worker is gone is of unknown outcome", async () => {
  const id = await place("a");
  let wasAsked = () => {};
  const asked = new Promise<void>((resolve) => (wasAsked = resolve));
  let answerLate = () => {};
  const late = new Promise<void>((resolve) => (answerLate = resolve));
  first.answers(async () => {
    wasAsked();
    await late;
    return { json: { order: 4712 } };
  });
  const slow = send(first);
  await asked;

  // Its lease runs out, as if it were dead; another worker comes.
  await makeDue();
  await send(first);
  expect(await attempts(id)).toMatchObject([
    { outcome: "unknown", reason: "The worker ended while the call was under way." },
  ]);
  expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);
  expect(first.added()).toEqual(["a"]);

  // It was not: what it knows settles the matter.
  answerLate();
  await slow;
  expect(await attempts(id)).toMatchObject([
    { outcome: "unknown", settledAs: "accepted", providerOrder: "4712" },
  ]);
  expect(await order(id)).toMatchObject({ providerOrder: "4712" });
  expect(await desk(id)).toEqual([]);
  expect(await task(id)).toMatchObject({ kind: "poll" });
});

test("a try that calls nobody outside is made again when its worker is gone", async () => {
  const id = await place("a");
  const { db } = panel.ctx;
  const { rows } = await db.query<{ id: ProviderId }>(
    "select id from providers where name = 'sandbox'",
  );
  const [sandbox] = rows;
  if (sandbox === undefined) throw new Error("no sandbox");
  await db.query("update orders set provider_id = $2 where id = $1", [id, sandbox.id]);
  await db.query("update tasks set provider_id = $2 where order_id = $1", [id, sandbox.id]);
  await db.query(
    `insert into attempts (account_id, order_id, number, provider_id, request_id)
     select account_id, id, 1, provider_id, 'r' from orders where id = $1`,
    [id],
  );
  const provider = await findProvider(db, sandbox.id);
  if (provider === undefined) throw new Error("no sandbox");

  await makeDue();
  await sendOrders(panel.ctx, provider);
  await makeDue();
  await sendOrders(panel.ctx, provider);

  expect(await attempts(id)).toMatchObject([{ outcome: "not_sent" }, { outcome: "accepted" }]);
  expect(await desk(id)).toEqual([]);
});

test("a worker that closes begins nothing more, and gives back what it has not begun", async () => {
  await scene.change(first, { parallelCalls: 1 });
  for (let index = 0; index < 5; index++) await place(`${index}`);
  const stopping = new AbortController();
  first.answers(() => {
    stopping.abort();
    return { json: { order: 1 } };
  });

  await send(first, stopping.signal);

  expect(first.added()).toHaveLength(1);
  const { rows } = await panel.ctx.db.query(
    "select kind, lease, attempts from tasks where kind = 'send' and due_at <= panel_now()",
  );
  expect(rows).toHaveLength(4);
  for (const row of rows) expect(row).toEqual({ kind: "send", lease: null, attempts: 0 });
});

test("a provider that is switched off gets nothing", async () => {
  await place("a");
  await scene.change(first, { isEnabled: false });

  expect(await send(first)).toBe(0);

  expect(first.asked).toEqual([]);
  expect(second.asked).toEqual([]);
});

test("a restored panel asks for the same order by the same name, and for another never", async () => {
  const [id, other] = [await place("a"), await place("a")];
  await send(first);
  const [before, beside] = [await attempts(id), await attempts(other)];

  // What a backup from before the call holds.
  await panel.ctx.db.query("delete from attempts where order_id = $1", [id]);
  await panel.ctx.db.query("update orders set provider_order = null where id = $1", [id]);
  await panel.ctx.db.query(
    "update tasks set kind = 'send', due_at = panel_now() where order_id = $1",
    [id],
  );
  await send(first);

  const [after] = await attempts(id);
  expect(after?.requestId).toBe(before[0]?.requestId);
  expect(beside[0]?.requestId).not.toBe(after?.requestId);
});
