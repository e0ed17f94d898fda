import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { asOwner } from "#database/owner.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { createCustomer } from "#customers/create-customer.ts";
import { openPanel } from "#panel.ts";
import { readConfig } from "#config.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { tester } from "#test/actors.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";
import { skipNumbers } from "./skip-numbers.ts";

const panel = testPanel();
let folder: string;
let options: { file: string; secretFile: string; isWithoutSecret: true };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-numbers-"));
  options = {
    file: path.join(folder, "panel.backup"),
    secretFile: path.join(folder, "secret.key"),
    isWithoutSecret: true,
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function withTarget<Value>(work: (target: TestDatabase) => Promise<Value>): Promise<Value> {
  const target = await createTestDatabase();
  try {
    return await work(target);
  } finally {
    await target.drop();
  }
}

type Readable = Pick<TestDatabase, "pool">;

/** What every sequence of the schema gave last, those of identities among them. */
async function lastNumbers({ pool }: Readable): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ name: string; last: number }>(
    `select sequencename as name, coalesce(last_value, 0) as last
       from pg_sequences
      where schemaname = 'public'`,
  );
  return new Map(rows.map(({ name, last }) => [name, last]));
}

async function versions({ pool }: Readable): Promise<Record<string, number>> {
  const { rows } = await pool.query<Record<string, number>>(
    `select (select version from catalog_state) as catalog,
            (select version from hold_rules_state) as hold_rules,
            (select max(price_version) from customers) as prices,
            (select max(version) from api_keys) as keys`,
  );
  return rows[0] ?? {};
}

const link = "https://example.com/p";

describe("what was given after a backup", () => {
  test("is never given again by the restored panel: no number of any kind", async () => {
    const customer = await panel.addCustomer({ balance: "1000" });
    const service = await panel.addService();
    const add = { key: customer.key, action: "add", service, link, quantity: 50 };
    await panel.api(add);
    must(await backup(panel.database, tester, options));
    const { order } = (await panel.api(add)) as { order: number };
    // As if much more of every kind had been made, also of what there was none of before.
    await panel.ctx.db.query(
      `select nextval(format('public.%I', s.sequencename)::regclass)
         from pg_sequences s, generate_series(1, 3000)
        where s.schemaname = 'public'`,
    );
    const shown = await lastNumbers(panel.database);

    await withTarget(async (target) => {
      const { numbers } = must(await restore(target, tester, options));
      const env = { PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent" };
      const restored = await openPanel(readConfig(env), target, ["api"]);
      try {
        const body = new URLSearchParams({ key: customer.key, link, quantity: "50" });
        body.set("service", `${service}`);
        body.set("order", `${order}`);
        const ask = async (action: string) => {
          body.set("action", action);
          const response = await fetch(`${restored.url}/api/v2`, { method: "POST", body });
          return (await response.json()) as { order?: number; error?: string };
        };
        expect(await ask("status")).toEqual({ error: "Incorrect order ID" });
        expect((await ask("add")).order).toBe(Number(numbers.nextOrder));
        expect(await ask("status")).toEqual({ error: "Incorrect order ID" });
        const id = must(await createCustomer(restored.ctx, tester, { email: "new@example.com" }));
        expect(id).toBeGreaterThan(shown.get("accounts_id_seq") ?? Infinity);
        // The ledger goes on with what was restored.
        must(
          await recordDeposit(restored.ctx, tester, {
            accountId: customer.id,
            amount: amount("1"),
            idempotencyKey: "after the restore",
          }),
        );
      } finally {
        await restored.close();
      }

      const given = await lastNumbers(target);
      expect([...given.keys()].toSorted()).toEqual([...shown.keys()].toSorted());
      const again = [...given].filter(([name, last]) => last <= (shown.get(name) ?? Infinity));
      expect(again).toEqual([]);
      expect(numbers.by).toBeGreaterThanOrEqual(100_000);
    });
  });

  test("is known to a process that slept through the restore as outdated: no version of any kind", async () => {
    const customer = await panel.addCustomer();
    const service = await panel.addService();
    must(await backup(panel.database, tester, options));
    const change = async (ctx: typeof panel.ctx, rate: string) => {
      must(await changeService(ctx, tester, service, () => ({ rate: amount(rate) })));
      must(await changeCustomer(ctx, tester, customer.id, { discountPercent: amount(rate) }));
    };
    await change(panel.ctx, "2");
    await change(panel.ctx, "3");
    const before = await versions(panel.database);

    await withTarget(async (target) => {
      must(await restore(target, tester, options));
      const after = await versions(target);
      for (const [name, version] of Object.entries(before)) {
        expect([name, after[name]]).toEqual([name, expect.any(Number)]);
        expect(after[name]).toBeGreaterThan(version + 50_000);
      }
    });
  });

  test("counts changes in columns that are all known, so that none is forgotten", async () => {
    const { rows } = await panel.database.pool.query<{ name: string }>(
      `select table_name || '.' || column_name as name
         from information_schema.columns
        where table_schema = 'public' and column_name like '%version%' order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "api_keys.version",
      "catalog_state.version",
      "customers.price_version",
      "hold_rules_state.version",
      "schema_migrations.version",
      // These three are taken of `catalog_state`.
      "services.version",
      "sync_changes.applied_version",
      "sync_changes.service_version",
    ]);
  });

  test("is not given again either by a panel that is restored once more from the same backup", async () => {
    must(await backup(panel.database, tester, options));
    let given = 0;
    for (let times = 0; times < 3; times++) {
      await withTarget(async (target) => {
        const { numbers } = must(await restore(target, tester, options));
        expect(Number(numbers.nextOrder)).toBeGreaterThan(given);
        const { rows } = await target.pool.query<{ id: number }>(
          "select nextval('order_ids') as id from generate_series(1, 5)",
        );
        given = rows.at(-1)?.id ?? Infinity;
      });
    }
  });
});

describe("how far numbers go on", () => {
  test("grows with the backup's age and with what the busiest day made", async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await withTarget(async (target) => {
      const skip = (days: number) =>
        asOwner(target.ownerSettings, async (owner) => {
          const tx = await owner.connect();
          try {
            return (await skipNumbers(tx, { createdAt: daysAgo(days), given: undefined })).by;
          } finally {
            tx.release();
          }
        });
      expect(await skip(-3)).toBe(100_000);
      const week = await skip(7);
      expect(week).toBeGreaterThanOrEqual(7 * 2_000_000 + 100_000);
      expect(week).toBeLessThan(7 * 2_000_000 + 110_000);
      expect(await skip(36_500)).toBe(1_000_000_000);

      await target.pool.query(
        `insert into orders (account_id, id, service_id, provider_id, quantity, remains, rate, charge,
                             link, created_at)
         select 1, n, 1, 1, 1, 1, 1, 0, 'x', '2026-01-02'::timestamptz + n * interval '0.1 seconds'
           from generate_series(1, 300000) n`,
      );
      expect(await skip(7)).toBeGreaterThanOrEqual(7 * 3_000_000 + 100_000);
    });
  });

  test("is what the operator says, and nothing where nothing was lost", async () => {
    must(await backup(panel.database, tester, options));
    const before = await lastNumbers(panel.database);
    for (const skip of [0, 7]) {
      await withTarget(async (target) => {
        const { numbers } = must(await restore(target, tester, { ...options, skip }));
        expect(numbers.by).toBe(skip);
        const last = (before.get("order_ids") ?? 0) + skip;
        expect(numbers.nextOrder).toBe(String(last + 1));
        expect((await lastNumbers(target)).get("order_ids")).toBe(last);
      });
    }
  });
});
