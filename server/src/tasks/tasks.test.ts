import { beforeEach, expect, test } from "vitest";
import { connect, openPool } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { ProviderId } from "#values/ids.ts";
import {
  leaseTasks,
  countDueTasks,
  deleteTask,
  holdTask,
  orderTasks,
  rescheduleTask,
} from "./tasks.sql.ts";
import type { Task } from "./task-table.sql.ts";
import { testPanel } from "#test/panel.ts";

const panel = testPanel();
const ordersCount = 60;
let providerId: ProviderId;

beforeEach(async () => {
  await turnClock("0");
  await asOwner("delete from tasks");
  const provider = await findProviderByName(panel.ctx.db, "sandbox");
  if (provider === undefined) throw new Error("no sandbox");
  providerId = provider.id;
  const service = await panel.addService({ provider: "sandbox", min: 1 });
  const { key } = await panel.addCustomer({ balance: "1000" });
  const add = { key, action: "add", service, link: "a", quantity: 1 };
  await Promise.all(Array.from({ length: ordersCount }, () => panel.api(add)));
});

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(text).finally(() => owner.end());
}

/** Turns the clock of all connections that are opened from now on. */
async function turnClock(offset: string): Promise<void> {
  const { rows } = await panel.ctx.db.query("select current_database() as name");
  const [{ name } = { name: "" }] = rows as { name: string }[];
  await asOwner(`alter database ${name} set panel.clock_offset = '${offset}'`);
}

/** What `work` does on connections that were opened now, with the clock as it stands now. */
async function onNewConnections<Value>(
  work: (db: ReturnType<typeof openPool>) => Promise<Value>,
): Promise<Value> {
  const db = openPool(panel.database.settings, 2);
  return work(db).finally(() => db.end());
}

const lease = (db: Parameters<typeof leaseTasks>[0] = panel.ctx.db, limit = 10) =>
  leaseTasks(db, { providerId, kind: "send", limit });

const idsOf = (tasks: readonly Task[]) => tasks.map((task) => task.orderId);

test("two workers at once never get the same task, and together they get all", async () => {
  const worker = async () => {
    const taken: Task[] = [];
    for (let turn = 0; turn < 6; turn++) taken.push(...(await lease()));
    return taken;
  };

  const taken = (await Promise.all([worker(), worker(), worker()])).flat();
  taken.push(...(await lease(panel.ctx.db, 100)));

  expect(taken).toHaveLength(ordersCount);
  expect(new Set(idsOf(taken)).size).toBe(ordersCount);
  expect(await lease()).toEqual([]);
});

test("the tasks of a worker that died come back when its lease ends, and not before", async () => {
  const lost = await lease(panel.ctx.db, 100);
  expect(lost).toHaveLength(ordersCount);

  await turnClock("59 seconds");
  expect(await onNewConnections((db) => lease(db, 100))).toEqual([]);
  await turnClock("61 seconds");
  const found = await onNewConnections((db) => lease(db, 100));

  expect(new Set(idsOf(found))).toEqual(new Set(idsOf(lost)));
  expect(found.every((task) => task.attempts === 2)).toBe(true);
});

test("a heartbeat keeps the lease", async () => {
  const [task] = await lease(panel.ctx.db, 1);
  if (task === undefined) throw new Error("nothing was due");

  await turnClock("50 seconds");
  await onNewConnections((db) => orderTasks.extend(db, [task], task.lease));
  await turnClock("100 seconds");
  const others = await onNewConnections((db) => lease(db, 100));

  expect(idsOf(others)).not.toContain(task.orderId);
  expect(others).toHaveLength(ordersCount - 1);
});

test("finishing under a lease that was lost does nothing", async () => {
  const [lost] = await lease(panel.ctx.db, 1);
  if (lost === undefined) throw new Error("nothing was due");
  await turnClock("61 seconds");
  await onNewConnections(async (db) => {
    const found = await lease(db, 100);
    expect(idsOf(found)).toContain(lost.orderId);
  });
  const state = () =>
    panel.ctx.db
      .query("select * from tasks where order_id = $1", [lost.orderId])
      .then(({ rows }) => rows as unknown[]);
  const before = await state();

  await rescheduleTask(panel.ctx.db, lost, "poll", 5);
  await orderTasks.extend(panel.ctx.db, [lost], lost.lease);
  const isHeld = await inTransaction(panel.ctx, (tx) => holdTask(tx, lost));

  expect(isHeld).toBe(false);
  expect(await state()).toEqual(before);
});

test("a task that was given back is due when it was said, of the kind that was said", async () => {
  const [task] = await lease(panel.ctx.db, 1);
  if (task === undefined) throw new Error("nothing was due");

  await rescheduleTask(panel.ctx.db, task, "poll", 30);

  const poll = (db: Parameters<typeof leaseTasks>[0]) =>
    leaseTasks(db, { providerId, kind: "poll", limit: 10 });
  expect(await poll(panel.ctx.db)).toEqual([]);
  await turnClock("31 seconds");
  expect(idsOf(await onNewConnections(poll))).toEqual([task.orderId]);
  await inTransaction(panel.ctx, (tx) => deleteTask(tx, task.accountId, task.orderId));
  expect(await countDueTasks(panel.ctx.db)).toMatchObject({ waiting: ordersCount - 1 });
});
