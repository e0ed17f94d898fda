import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { tester } from "#test/actors.ts";
import { createService } from "#catalog/create-service.ts";
import type { ServiceDescription } from "#catalog/create-service.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import { apiKeyTermsDefault, createKey } from "#customers/create-key.ts";
import { createCustomer } from "#customers/create-customer.ts";
import type { ApiKeyTerms } from "#customers/api-keys.sql.ts";
import type { Context } from "#database/context.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { recordDeposit } from "#payments/record-deposit.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Result } from "#values/result.ts";
import { readConfig } from "#config.ts";
import type { ProcessRole } from "#config.ts";
import { openPanel } from "#panel.ts";
import type { Panel } from "#panel.ts";
import { createTestDatabase, testDataFolder } from "./database.ts";
import type { TestDatabase } from "./database.ts";

/** A panel with its own database, for one test file. */
export type TestPanel = {
  readonly ctx: Context;
  readonly url: string;
  readonly database: TestDatabase;
  /**
   * Opens another panel, like a further process, over the same database. It closes with the file.
   */
  openAnother(roles?: readonly ProcessRole[]): Promise<Panel>;
  addCustomer(input?: { balance?: string; terms?: Partial<ApiKeyTerms> }): Promise<TestCustomer>;
  addService(input?: Partial<ServiceDescription> & { provider?: string }): Promise<ServiceId>;
  /** Sends one form-encoded POST to API v2, as most clients do, and returns the parsed answer. */
  api(fields: Readonly<Record<string, string | number>>): Promise<unknown>;
};

export type TestCustomer = { readonly id: AccountId; readonly email: string; readonly key: string };

/**
 * Starts a panel before the file's tests and ends it after them. After every test the ledger is
 * proven, and drift fails that test. Without the role `worker`, orders stay where they are.
 */
export function testPanel(
  options: { roles?: readonly ProcessRole[]; env?: Record<string, string> } = {},
): TestPanel {
  let database: TestDatabase | undefined;
  const panels: Panel[] = [];
  let customers = 0;

  const need = (): { database: TestDatabase; panel: Panel } => {
    const [panel] = panels;
    if (database === undefined || panel === undefined) throw new Error("the panel is not up");
    return { database, panel };
  };
  const open = async (roles: readonly ProcessRole[]) => {
    if (database === undefined) throw new Error("the database is not up");
    const env = {
      PANEL_PORT: "0",
      PANEL_LOG_LEVEL: "error",
      PANEL_DATA: testDataFolder(database.url),
      ...options.env,
    };
    const panel = await openPanel(readConfig(env), database, roles);
    panels.push(panel);
    return panel;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    await open(options.roles ?? ["api", "web"]);
  });
  afterEach(async () => {
    const proof = await verifyLedger(need().panel.ctx);
    expect(proof.drifts).toEqual([]);
    expect(proof.ok).toBe(true);
  });
  afterAll(async () => {
    for (const panel of panels.toReversed()) await panel.close();
    await database?.drop();
  });

  return {
    get ctx() {
      return need().panel.ctx;
    },
    get url() {
      return need().panel.url ?? "";
    },
    get database() {
      return need().database;
    },
    openAnother: (roles = ["api", "web"]) => open(roles),
    addCustomer: async ({ balance = "100", terms = {} } = {}) => {
      const { ctx } = need().panel;
      const email = `customer${++customers}@example.com`;
      const id = must(await createCustomer(ctx, tester, { email }));
      if (balance !== "0") {
        const idempotencyKey = `balance of ${email}`;
        const deposit = { accountId: id, amount: amount(balance), idempotencyKey };
        must(await recordDeposit(ctx, tester, deposit));
      }
      const made = must(await createKey(ctx, tester, id, { ...apiKeyTermsDefault, ...terms }));
      return { id, email, key: made.key };
    },
    addService: async ({ provider = "manual", ...input } = {}) => {
      const { ctx } = need().panel;
      const found = await findProviderByName(ctx.db, provider);
      if (found === undefined) throw new Error(`no provider is named ${provider}`);
      return must(
        await createService(ctx, tester, {
          name: "Followers",
          category: "First Category",
          type: "Default",
          rate: amount("0.90"),
          min: 50,
          max: 10_000,
          refill: true,
          cancel: true,
          dripfeed: false,
          description: "",
          providerId: found.id,
          providerService: undefined,
          providerRate: undefined,
          // Tests turn the clock where they are about time.
          refillTerms: { ...refillTermsDefault, afterHours: 0, betweenHours: 0 },
          ...input,
        }),
      );
    },
    api: async (fields) => {
      const body = new URLSearchParams(
        Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const response = await fetch(`${need().panel.url}/api/v2`, { method: "POST", body });
      return response.json();
    },
  };
}

/** The value of a result that must not be a refusal. */
export function must<Value>(result: Result<Value, { readonly code: string }>): Value {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal.code)}`);
  return result.value;
}

/** An amount as a person writes it. */
export function amount(text: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new Error(`${text} is no amount`);
  return parsed;
}
