import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "#database/connection.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { changeService } from "#catalog/change-service.ts";
import { runPanel } from "#test/run-panel.ts";
import { openSelling } from "#selling/open-selling.ts";
import type { Buyer, OrderContext } from "#orders/placing/place-order.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { customerActor } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import { Forbidden } from "#values/authorize.ts";
import type { ServiceId } from "#values/ids.ts";
import type { JudgedLine } from "./judge-lines.ts";
import { placeForCustomer } from "./place-for-customer.ts";
import { placeMassOrder } from "./place-mass-order.ts";
import type { MassMode } from "./place-mass-order.ts";
import { readMassLines } from "./read-lines.ts";

const panel = testPanel();
let service: ServiceId;
let boxed: ServiceId;
let comments: ServiceId;
let context: OrderContext;
let folder = "";

beforeAll(async () => {
  service = await panel.addService({ rate: amount("1"), min: 10, max: 1000 });
  boxed = await panel.addService({ rate: amount("2"), type: "Package" });
  comments = await panel.addService({ rate: amount("1"), type: "Custom Comments" });
  context = await openSelling(panel.ctx);
  folder = await mkdtemp(path.join(tmpdir(), "panel-mass-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const buyerOf = ({ id }: TestCustomer): Buyer => ({
  accountId: id,
  id: undefined,
  version: undefined,
  isTest: false,
});

function place(customer: TestCustomer, text: string, mode: MassMode, id = "a") {
  const lines = readMassLines(text);
  if (lines === undefined) throw new Error("too many lines");
  return placeMassOrder(context, buyerOf(customer), { lines, id, mode });
}

async function ordersOf({ id }: TestCustomer): Promise<{ n: number; charged: string }> {
  const { rows } = await panel.ctx.db.query(
    `select count(*)::int as n, coalesce(sum(charge), 0)::numeric(20,2)::text as charged
       from orders where account_id = $1`,
    [id],
  );
  return rows[0] as { n: number; charged: string };
}

function placedOf(result: Awaited<ReturnType<typeof placeMassOrder>>) {
  if (!result.ok) throw new Error(`nothing was placed: ${JSON.stringify(codesIn(result.refusal))}`);
  return result.value;
}

const codesIn = (lines: readonly JudgedLine[]) =>
  lines.map(({ verdict }) => (verdict.ok ? undefined : verdict.refusal.code));

const codesOf = (lines: readonly { placed: { ok: boolean; refusal?: { code: string } } }[]) =>
  lines.map(({ placed }) => (placed.ok ? "ok" : placed.refusal?.code));

describe("the lines that can be ordered", () => {
  test("are placed at the price of `add`, the others say why not", async () => {
    const customer = await panel.addCustomer({ balance: "3.05" });
    const text = [
      `${service} | https://x.example/1 | 1000`,
      `${service} | 50 | https://x.example/2`,
      `${boxed} | https://x.example/3`,
      `${boxed} | https://x.example/3 | 100`,
      `${comments} | https://x.example/4 | 100`,
      `${service} | https://x.example/5 | 9`,
      `${service} | 100 | 200`,
      `999999 | https://x.example/6 | 100`,
      `${service} | https://x.example/7 | 100`,
    ].join("\n");

    const placed = placedOf(await place(customer, text, "valid"));

    expect(codesOf(placed)).toEqual([
      "ok",
      "ok",
      "ok",
      "package_quantity",
      "type_unsuited",
      "quantity_below_min",
      "line_unreadable",
      "service_unknown",
      "insufficient_funds",
    ]);
    expect(await ordersOf(customer)).toEqual({ n: 3, charged: "3.05" });
    const { rows } = await panel.ctx.db.query(
      "select distinct source from orders where account_id = $1",
      [customer.id],
    );
    expect(rows).toEqual([{ source: "mass" }]);
  });

  test("are placed once however often the list is sent, also together with a new line", async () => {
    const customer = await panel.addCustomer();
    const text = `${service} | https://x.example/1 | 100\n${boxed} | https://x.example/2`;
    const [one, two] = await Promise.all([
      place(customer, text, "valid"),
      place(customer, text, "valid"),
    ]);
    const ids = [one, two].map((each) =>
      placedOf(each).map(({ placed }) => (placed.ok ? placed.value.orderId : undefined)),
    );
    expect(ids[0]).toEqual(ids[1]);
    const longer = placedOf(
      await place(customer, `${text}\n${boxed} | https://x.example/3`, "valid"),
    );
    expect(longer.map(({ placed }) => placed.ok && placed.value.isReplay)).toEqual([
      true,
      true,
      false,
    ]);
    expect((await ordersOf(customer)).n).toBe(3);
    // Another name is another mass order; another line under the same name is refused.
    expect(codesOf(placedOf(await place(customer, text, "valid", "b")))).toEqual(["ok", "ok"]);
    const changed = placedOf(
      await place(customer, `${service} | https://x.example/9 | 100`, "valid"),
    );
    expect(codesOf(changed)).toEqual(["request_id_used"]);
  });
});

describe("all or nothing", () => {
  test("places every line in one transaction, and a repeat answers the same orders", async () => {
    const customer = await panel.addCustomer();
    const text = Array.from({ length: 600 }, (_, n) => `${service}|x.example/${n}|100`).join("\n");
    const placed = placedOf(await place(customer, text, "all"));
    expect(codesOf(placed).every((code) => code === "ok")).toBe(true);
    expect(await ordersOf(customer)).toEqual({ n: 600, charged: "60.00" });

    // also after the service was taken off the list
    must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));
    const again = placedOf(await place(customer, text, "all"));
    must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: true })));
    expect(again.every(({ placed: each }) => each.ok && each.value.isReplay)).toBe(true);
    expect(await ordersOf(customer)).toEqual({ n: 600, charged: "60.00" });
  });

  test.each<[string, (lines: string[]) => string[], string, string]>([
    ["an unreadable line", (lines) => [...lines, "x"], "100", "line_unreadable"],
    ["a service that is unknown", (lines) => [...lines, "999999|x|100"], "100", "service_unknown"],
    ["a quantity too small", (lines) => [...lines, `${service}|x|1`], "100", "quantity_below_min"],
    ["too little money", (lines) => lines, "0.95", "insufficient_funds"],
  ])("%s: nothing is placed", async (_, change, balance, code) => {
    const customer = await panel.addCustomer({ balance });
    const lines = Array.from({ length: 10 }, (__, n) => `${service}|https://x.example/${n}|100`);
    const placed = await place(customer, change(lines).join("\n"), "all");
    expect(placed.ok).toBe(false);
    expect(placed.ok ? [] : codesIn(placed.refusal)).toContain(code);
    expect((await ordersOf(customer)).n).toBe(0);
  });

  test("a price that changes on the way is the one that is charged", async () => {
    const customer = await panel.addCustomer();
    const other = await panel.addService({ rate: amount("1"), min: 1, max: 1000 });
    await context.catalog.refresh();
    must(await changeService(panel.ctx, tester, other, () => ({ rate: amount("3") })));
    placedOf(await place(customer, `${other}|https://x.example/1|1000`, "all"));
    expect((await ordersOf(customer)).charged).toBe("3.00");
  });

  test("10,000 lines are placed in seconds", async () => {
    const customer = await panel.addCustomer({ balance: "1000000" });
    const text = Array.from(
      { length: 10_000 },
      (_, n) => `${service} | https://x.example/${n} | 100`,
    ).join("\n");
    const start = performance.now();
    const placed = placedOf(await place(customer, text, "all"));
    const seconds = (performance.now() - start) / 1000;
    expect(placed).toHaveLength(10_000);
    expect(await ordersOf(customer)).toEqual({ n: 10_000, charged: "1000.00" });
    expect(seconds).toBeLessThan(20);
    const started = performance.now();
    placedOf(await place(customer, text, "valid", "b"));
    const secondsValid = (performance.now() - started) / 1000;
    expect((await ordersOf(customer)).n).toBe(20_000);
    expect(secondsValid).toBeLessThan(40);
  }, 120_000);

  test("a command that is killed leaves all of the list or nothing, and its repeat completes it", async () => {
    const lines = 2000;
    const main = path.join(import.meta.dirname, "../../main.ts");
    const { url } = panel.database;
    const owner = await connect(panel.database.ownerSettings);
    // Its own connection: inside a transaction the view stays as it was seen first.
    const watcher = await connect(panel.database.ownerSettings);
    const isWaiting = async () => {
      const { rows } = await watcher.query(
        `select 1 from pg_stat_activity
          where wait_event_type = 'Lock' and query like '%place_orders_v1%'
            and datname = current_database()`,
      );
      return rows.length > 0;
    };
    const left: number[] = [];
    for (const when of ["in the middle", "in the middle", "as soon as it is placed"]) {
      const customer = await panel.addCustomer({ balance: "1000" });
      const file = path.join(folder, `${customer.id}.txt`);
      const text = Array.from({ length: lines }, (_, n) => `${service}|https://x.example/${n}|100`);
      await writeFile(file, text.join("\n"));
      const args = ["order", "mass", file, "--email", customer.email, "--all-or-nothing"];
      const isHeld = when === "in the middle";
      // given: the batch waits for the account in the middle of its transaction
      if (isHeld) {
        await owner.query("begin");
        await owner.query("select from accounts where id = $1 for update", [customer.id]);
      }
      const child = spawn(process.execPath, [main, ...args], {
        env: {
          PATH: process.env["PATH"] ?? "",
          PANEL_DATABASE_URL: url,
          PANEL_DATA: testDataFolder(url),
        },
        stdio: "ignore",
      });
      const isThere = isHeld ? isWaiting : async () => (await ordersOf(customer)).n > 0;
      await expect.poll(isThere, { timeout: 20_000, interval: 5 }).toBe(true);

      // when
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await closed;
      if (isHeld) await owner.query("commit");
      await expect.poll(isWaiting, { timeout: 20_000, interval: 5 }).toBe(false);
      // What is under way in the server still holds the account.
      await panel.ctx.db.query("select from accounts where id = $1 for update", [customer.id]);

      // then
      const { n } = await ordersOf(customer);
      expect([0, lines]).toContain(n);
      left.push(n);
      const again = await runPanel(url, ...args, "--json");
      expect(again.exitCode).toBe(0);
      expect(again.json()).toMatchObject({ placed: lines - n, placed_before: n });
      expect(await ordersOf(customer)).toEqual({ n: lines, charged: "200.00" });
    }
    await owner.end();
    await watcher.end();
    expect(left).toEqual([0, 0, lines]);
  }, 120_000);
});

test("the command shows prices, the total and what is missing, and places nothing by itself", async () => {
  const customer = await panel.addCustomer({ balance: "1" });
  const file = path.join(folder, "shown.txt");
  const [a, b] = [
    `${service} | https://x.example/1 | 1000`,
    `${service} | 1000 | https://x.example/1`,
  ];
  await writeFile(
    file,
    `# two of the same\r\n${a}\r\n${b}\r\n${comments} | https://x.example/1\r\n`,
  );
  const args = ["order", "mass", file, "--email", customer.email];

  const preview = await runPanel(panel.database.url, ...args, "--json");
  expect(preview.exitCode).toBe(1);
  expect(preview.json()).toMatchObject({
    total: "2.00",
    available: "1.00",
    missing: "1.00",
    placed: 0,
    refused: 1,
    lines: [
      { line: 2, ok: true, charge: "1.00", quantity: 1000, repeats: null },
      { line: 3, ok: true, charge: "1.00", repeats: 2 },
      { line: 4, ok: false, code: "type_unsuited", field: "service" },
    ],
  });
  expect((await ordersOf(customer)).n).toBe(0);

  const words = await runPanel(panel.database.url, ...args, "--all-or-nothing");
  expect(words.exitCode).toBe(1);
  expect(words.stdout).toContain("Nothing was placed");
  const valid = await runPanel(panel.database.url, ...args, "--valid-lines");
  expect(valid.stdout).toContain("1 order was placed for 1.00 USD");
  expect((await ordersOf(customer)).n).toBe(1);
  const both = await runPanel(panel.database.url, ...args, "--valid-lines", "--all-or-nothing");
  expect(both.exitCode).toBe(2);
}, 60_000);

test("staff who order for a customer stand in the audit, once for what was placed", async () => {
  const customer = await panel.addCustomer({ balance: "10" });
  const lines = readMassLines(`${service} | https://x.example/staff | 1000\n0 | x | 1`) ?? [];
  const order = { lines, id: "by staff", mode: "valid" } as const;
  const byStaff = (actor: Actor) => placeForCustomer(context, actor, customer.id, order);

  expect(codesOf(placedOf(await byStaff(tester)))).toEqual(["ok", "service_unknown"]);
  expect(codesOf(placedOf(await byStaff(tester)))).toEqual(["ok", "service_unknown"]);
  await expect(byStaff(customerActor(customer.id))).rejects.toThrow(new Forbidden("orders.place"));

  const subject = `customer:${customer.id}`;
  const entries = await listAuditEntries(panel.ctx.db, 10, { subject });
  expect(entries.filter(({ action }) => action === "customer.mass_order")).toMatchObject([
    { actor: "cli:test", after: { mass: "by staff", mode: "valid", lines: 2, placed: 1 } },
  ]);
});
