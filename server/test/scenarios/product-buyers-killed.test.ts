import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, keys } from "#test/store.ts";
import { startPanelProcess } from "./panel-process.ts";
import type { PanelProcess } from "./panel-process.ts";

const panel = testPanel();
const kills = Number(process.env["KILLS"] ?? 5);
const clients = 12;
const stock = 600;

const start = () =>
  startPanelProcess(panel.database.url, { roles: "api", env: { PANEL_LOG_LEVEL: "error" } });

test(`${kills} kills while buyers buy leave every charge its delivery and every item one buyer`, async () => {
  const lines = keys(stock, "KILLED");
  const products = [
    await addProduct(panel, { rate: amount("1"), stock: lines.slice(0, stock / 2) }),
    await addProduct(panel, {
      rate: amount("1"),
      partDelivery: true,
      stock: lines.slice(stock / 2),
    }),
  ];
  const buyers: TestCustomer[] = [];
  for (let n = 0; n < 4; n++) {
    buyers.push(await panel.addCustomer({ balance: "10000", terms: { rateLimit: 0 } }));
  }
  let seller: PanelProcess = await start();
  const orders = new Map<string, { key: string; order: number; fields: Record<string, string> }>();
  const refusals: string[] = [];
  let isLoading = true;

  const call = async (fields: Record<string, string>) => {
    const response = await fetch(`${seller.url}/api/v2`, {
      method: "POST",
      signal: AbortSignal.timeout(10_000),
      body: new URLSearchParams(fields),
    });
    return response.json() as Promise<{ order?: number; error?: string }>;
  };
  // The same request until it is answered, as a reseller would: that is what request_id is for.
  const buyOnce = async (key: string) => {
    const fields = {
      key,
      action: "add_product_order",
      product: String(products[randomInt(2)]),
      quantity: String(randomInt(1, 4)),
      request_id: randomUUID(),
    };
    for (;;) {
      const answer = await call(fields).catch(() => undefined);
      if (answer?.order !== undefined) {
        orders.set(fields.request_id, { key, order: answer.order, fields });
        return;
      }
      if (answer?.error === "Out of stock") {
        refusals.push(fields.request_id);
        return;
      }
      await pause(20);
    }
  };
  const client = async (n: number) => {
    const { key } = buyers[n % buyers.length] ?? { key: "" };
    while (isLoading) await buyOnce(key);
  };
  const load = Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  for (let n = 0; n < kills; n++) {
    const before = orders.size + refusals.length;
    await expect
      .poll(() => orders.size + refusals.length, { timeout: 20_000, interval: 10 })
      .toBeGreaterThan(before + randomInt(10, 40));
    await seller.kill();
    const proof = await verifyLedger(panel.ctx);
    expect(proof.drifts).toEqual([]);
    seller = await start();
  }
  isLoading = false;
  await load;

  const { rows } = await panel.ctx.db.query<{ request_id: string; id: number; charge: string }>(
    "select request_id, id, charge from product_orders",
  );
  // Whoever was answered has the order, and nobody else has one.
  expect(new Map(rows.map((row) => [row.request_id, row.id]))).toEqual(
    new Map([...orders].map(([requestId, { order }]) => [requestId, order])),
  );
  const paid = rows.reduce((sum, row) => sum + amount(row.charge), 0n);
  const delivered: string[] = [];
  for (const { key, order } of orders.values()) {
    const fields = { key, action: "result_product", order };
    const { result } = (await panel.api(fields)) as { result: string[] };
    delivered.push(...result);
  }
  expect(new Set(delivered).size).toBe(delivered.length);
  expect(paid).toBe(amount("1") * BigInt(delivered.length));
  expect(lines).toEqual(expect.arrayContaining(delivered));
  const [repeated] = [...orders.values()];
  expect(await call(repeated?.fields ?? {})).toEqual({ order: repeated?.order });
  await seller.stop();
}, 120_000);
