import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";

import { tmpdir } from "node:os";
import path from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { runDoctor } from "#doctor/run-doctor.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { createProduct } from "#products/create-product.ts";
import { uploadStock } from "#products/stock/upload-stock.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { createKeyFile, retiredKeyFile } from "#secrets/key-file.ts";
import { rotateSecret } from "#secrets/rotate-secret.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { systemClock } from "#values/clock.ts";
import type { ProductId } from "#values/ids.ts";
import { readConfig } from "#config.ts";
import { openLog } from "#log.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import { tester } from "#test/actors.ts";
import { createTestDatabase, testDataFolder } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { backup } from "./backup.ts";
import { checksumFrameLength, headerFrameLength } from "./format.ts";
import { restore } from "./restore.ts";

const tables = [
  "product_attempts",
  "product_categories",
  "product_claims",
  "product_counts",
  "product_discounts",
  "product_items",
  "product_order_changes",
  "product_orders",
  "product_rates",
  "product_tasks",
  "product_uploads",
  "products",
];
const lines = Array.from({ length: 8 }, (_, index) => `user${index}:geheim ⚷ كلمة ${index}`);

const panel = testPanel();
let customer: TestCustomer;
let product: ProductId;
let highest: number;
let folder: string;
let file: string;
let secretFile: string;
let target: TestDatabase;

async function buy(url: string, quantity: number): Promise<number> {
  const answer = await call(url, {
    action: "add_product_order",
    product: String(product),
    quantity: String(quantity),
    require: "my account ✓",
  });
  expect(answer).toEqual({ order: expect.any(Number) });
  return (answer as { order: number }).order;
}

async function call(url: string, fields: Record<string, string>): Promise<unknown> {
  const body = new URLSearchParams({ key: customer.key, ...fields });
  return (await fetch(`${url}/api/v2`, { method: "POST", body })).json();
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

beforeAll(async () => {
  const { ctx } = panel;
  customer = await panel.addCustomer({ balance: "100" });
  product = must(
    await createProduct(ctx, tester, {
      category: "Netflix",
      name: "Netflix premium 1 month",
      description: "",
      type: "auto",
      rate: amount("2.5"),
      min: 1,
      max: 10,
      question: "Input your account",
      questionCheck: undefined,
      visibility: "everyone",
      partDelivery: false,
      lowMark: undefined,
      warrantyDays: 30,
    }),
  );
  must(await uploadStock(ctx, tester, product, bytesOf(lines.join("\n"))));
  const claimed = await buy(panel.url, 2);
  highest = await buy(panel.url, 1);
  const provider = must(
    await addProvider(ctx, tester, {
      name: "shop",
      connector: "api-v2",
      baseUrl: "https://shop.example/api/v2",
      key: "shop-key",
    }),
  );
  for (const [text, values] of [
    ["insert into product_discounts values ($1, 5, 10)", [product]],
    [
      "insert into product_rates (account_id, product_id, fixed) values ($1, $2, 2)",
      [customer.id, product],
    ],
    [
      "insert into product_claims (account_id, id, product_order_id, quantity, places, sealed_reason) values ($1, 1, $2, 1, '{2}', $3)",
      [customer.id, claimed, (await ctx.secrets()).seal("product-claim:1", "it ”does not” work")],
    ],
    [
      "insert into product_tasks (account_id, product_order_id, provider_id, kind, lease, attempts) values ($1, $2, $3, 'send', gen_random_uuid(), 2)",
      [customer.id, highest, provider],
    ],
    [
      "insert into product_attempts (account_id, product_order_id, number, provider_id, provider_product, request_id) values ($1, $2, 1, $3, '7', 'r')",
      [customer.id, highest, provider],
    ],
  ] as const) {
    await ctx.db.query(text, [...values]);
  }
});

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-archive-products-"));
  file = path.join(folder, "panel.backup");
  secretFile = path.join(folder, "secret.key");
  copyFileSync(path.join(testDataFolder(panel.database.url), "secret.key"), secretFile);
  target = await createTestDatabase();
});
afterEach(async () => {
  await target.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function contentOf({ pool }: Pick<TestDatabase, "pool">): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {};
  for (const table of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `select (to_jsonb(t) - 'lease')::text as row from ${table} t
        order by (to_jsonb(t) - 'lease')::text collate "C"`,
    );
    expect(rows, table).not.toEqual([]);
    content[table] = rows.map(({ row }) => row);
  }
  return content;
}

/** Opens the restored panel as its operator would, with the key file of the test's folder. */
async function withRestored(work: (restored: Panel) => Promise<void>): Promise<void> {
  const env = {
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "silent",
    PANEL_DATA: folder,
    PANEL_SECRET_FILE: secretFile,
  };
  const restored = await openPanel(readConfig(env), target, ["api"]);
  try {
    await work(restored);
    const proof = await verifyLedger(restored.ctx);
    expect(proof).toMatchObject({ ok: true, drifts: [] });
  } finally {
    await restored.close();
  }
}

const findingsOf = async ({ ctx }: Panel, names: readonly string[]) => {
  const patient = { place: target.place, dataFolder: folder, secretFile };
  const { checks } = await runDoctor(patient, async () => ctx);
  return checks.filter(({ name }) => names.includes(name));
};

test("products, stock, orders, claims and attempts come back, still sealed, without leases", async () => {
  const before = await contentOf(panel.database);
  must(await backup(panel.database, tester, { file, secretFile }));
  const whole = readFileSync(file);
  const records = whole.subarray(headerFrameLength(whole), -checksumFrameLength);
  const text = zstdDecompressSync(records).toString("utf8");
  for (const secret of ["geheim", "my account", "shop-key"]) expect(text).not.toContain(secret);

  must(await restore(target, tester, { file, secretFile }));

  expect(await contentOf(target)).toEqual(before);
  const { rows } = await target.pool.query(
    `select (select count(*) from product_tasks where lease is not null) as leases,
            (select hold_kind from provider_states s join providers p on p.id = s.provider_id
              where p.name = 'shop') as hold`,
  );
  expect(rows).toEqual([{ leases: 0, hold: "operator" }]);
  await withRestored(async (restored) => {
    const order = await buy(restored.url ?? "", 1);
    expect(order).toBeGreaterThan(highest);
    const result = { action: "result_product", order: String(order) };
    expect(await call(restored.url ?? "", result)).toEqual({ result: [lines[3]] });
    expect(await findingsOf(restored, ["stock", "encrypted fields"])).toMatchObject([
      { state: "ok" },
      { state: "ok" },
    ]);
    // A line that was sold before the backup is known after it.
    const again = must(
      await uploadStock(restored.ctx, tester, product, bytesOf([lines[0], lines[7]].join("\n"))),
    );
    expect(again).toMatchObject({ added: 0, repeated: 2 });
  });
});

test("a backup from before a rotation opens with the key that was, which is named", async () => {
  const older = await createTestDatabase();
  const ctx = {
    db: older.pool,
    hot: older.hotPool,
    clock: systemClock,
    log: openLog("silent"),
    secrets: secretsWhenNeeded(older.pool, path.join(folder, "rotated", "secret.key")),
  };
  const rotatedFile = path.join(folder, "rotated", "secret.key");
  try {
    const { fingerprint } = await ctx.secrets();
    must(await backup(older, tester, { file, secretFile: rotatedFile }));
    must(await rotateSecret(ctx, tester, { secretFile: rotatedFile }));

    const refused = await restore(target, tester, { file, secretFile: rotatedFile });

    expect(refused).toMatchObject({ refusal: { code: "secret_other" } });
    const retired = retiredKeyFile(rotatedFile, fingerprint);
    expect(JSON.stringify(refused)).toContain(retired);
    must(await restore(target, tester, { file, secretFile: retired }));
  } finally {
    await older.drop();
  }
});

test("stock of a lost key is counted by the doctor, and cannot be bought", async () => {
  must(await backup(panel.database, tester, { file, secretFile }));
  rmSync(secretFile);
  await createKeyFile(secretFile);
  expect(await restore(target, tester, { file, secretFile })).toMatchObject({
    refusal: { code: "secret_other", retiredFile: undefined },
  });
  must(await restore(target, tester, { file, secretFile, isWithoutSecret: true }));

  await withRestored(async (restored) => {
    const found = await findingsOf(restored, ["stock", "encrypted fields"]);
    expect(found).toMatchObject([{ state: "bad" }, { state: "bad" }]);
    expect(found[0]?.text).toContain("8 of 8 looked at in product_items.sealed");
    expect(found[1]?.text).toContain(
      `Netflix premium 1 month (product ${product}: all of 5 looked at, 5 free)`,
    );
    const fields = { action: "add_product_order", product: String(product), quantity: "1" };
    const answer = await call(restored.url ?? "", { ...fields, require: "a" });
    expect(answer).toHaveProperty("error");
    // Lines that are uploaded anew under the new key are found by it.
    must(await uploadStock(restored.ctx, tester, product, bytesOf("fresh\n")));
    const [, stock] = await findingsOf(restored, ["stock", "encrypted fields"]);
    expect(stock?.text).toContain("5 of 6 looked at, 6 free");
    rmSync(secretFile);
    const missing = await findingsOf(restored, ["encryption key", "stock", "encrypted fields"]);
    expect(missing.map(({ state }) => state)).toEqual(["bad", "bad", "bad"]);
  });
});

test("a panel that has nothing but a product is no place for a restore", async () => {
  must(await backup(panel.database, tester, { file, secretFile }));
  await target.pool.query("insert into product_categories (id, name) values (1, 'A')");
  await target.pool.query(
    "insert into products (category_id, name, type, rate, max) values (1, 'A', 'service', 1, 1)",
  );

  expect(await restore(target, tester, { file, secretFile })).toMatchObject({
    refusal: { code: "panel_not_empty", holds: "products" },
  });
});
