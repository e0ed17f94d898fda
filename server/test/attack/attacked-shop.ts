import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { fillShop } from "#bench/shop.sql.ts";
import { connect } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { openLog } from "#log.ts";
import { systemClock } from "#values/clock.ts";
import { createTestDatabase, noSecrets } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { startPanelProcess } from "#test/scenarios/panel-process.ts";
import type { PanelProcess } from "#test/scenarios/panel-process.ts";
import { median, report, sendAttacker, sendCustomers } from "./helpers.ts";
import type { AttackerTask } from "./attacker.ts";
import type { CustomersTask, Served } from "./customers.ts";

/** A shop with customers and orders, and panels that serve it in processes of their own. */
export type AttackedShop = {
  readonly database: TestDatabase;
  readonly ctx: Context;
  /** Starts a panel as `npm start` does. It ends with its test. */
  start(options?: { roles?: string; processes?: number }): Promise<PanelProcess>;
  /** Runs statements as the owner of the tables. */
  asOwner(text: string): Promise<unknown[]>;
};

// The flags with which the launcher starts the panel.
const flags = [
  "--disable-warning=ExperimentalWarning",
  "--max-semi-space-size=32",
  "--max-old-space-size=1024",
];

/** Filled before the file's tests and dropped after them. After every test the ledger is proven. */
export function attackedShop(): AttackedShop {
  let database: TestDatabase | undefined;
  const running: PanelProcess[] = [];
  const need = () => {
    if (database === undefined) throw new Error("the database is not up");
    return database;
  };
  const context = (): Context => ({
    db: need().pool,
    hot: need().hotPool,
    clock: systemClock,
    log: openLog("silent"),
    secrets: noSecrets,
  });
  const asOwner = async (text: string) => {
    const owner = await connect(need().ownerSettings);
    return (await owner.query<Record<string, unknown>>(text).finally(() => owner.end())).rows;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    const owner = await connect(database.ownerSettings);
    await fillShop(owner, { customers: 200, services: 500, orders: 20_000, customRates: 5 });
    // Customer 1 has a key's default limit. The others are the honest ones.
    await owner.query("update api_keys set rate_limit = null where account_id = 1");
    await owner.end();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((panel) => panel.stop()));
    const proof = await verifyLedger(context());
    expect(proof.drifts).toEqual([]);
  });
  afterAll(() => database?.drop());

  return {
    get database() {
      return need();
    },
    get ctx() {
      return context();
    },
    start: async ({ roles = "api,web", processes = 1 } = {}) => {
      const env = { PANEL_LOG_LEVEL: "warn" };
      const panel = await startPanelProcess(need().url, { roles, processes, flags, env });
      running.push(panel);
      return panel;
    },
    asOwner,
  };
}

const honestFrom = 2;
const honestTo = 200;

function honestKeys(): string[] {
  return Array.from({ length: honestTo - honestFrom + 1 }, (_, n) => `bench-key-${n + honestFrom}`);
}

/** What honest customers ask for. `#` is replaced by a number that differs each time. */
export const honestBodies: Readonly<Record<"add" | "balance" | "products", readonly string[]>> = {
  add: honestKeys().map(
    (key, n) =>
      `key=${key}&action=add&service=${1 + n}&quantity=100&link=https%3A%2F%2Fa.example%2F#`,
  ),
  balance: honestKeys().map((key) => `key=${key}&action=balance`),
  products: honestKeys().map((key) => `key=${key}&action=products`),
};

/**
 * Honest customers who ask for one thing at a slow, even pace. They show who else is still served.
 */
export function watchers(
  url: string,
  body: keyof typeof honestBodies,
  seconds: number,
  perSecond = 50,
): CustomersTask {
  return {
    url,
    connections: 20,
    seconds,
    perSecond,
    withinMs: 1000,
    bodies: honestBodies[body],
  };
}

/**
 * Which part of their business honest customers keep under an attack, as the median of pairs of
 * runs. Attacker, customers, panel and database share the cores of one machine, so a race "as fast
 * as it goes" would mostly measure who gets the processor. Instead the panel is half busy: its best
 * rate is measured right before, and half of that is asked for, at most 1,000 a second, at an even
 * pace, once in calm and once under the attack. Kept is what was answered correctly within 250 ms,
 * compared with the calm run.
 */
export async function partKept(
  url: string,
  body: keyof typeof honestBodies,
  attack: Omit<Extract<AttackerTask, { kind: "hammer" }>, "url" | "seconds">,
  pairs = 3,
): Promise<number> {
  const seconds = 2;
  const bodies = honestBodies[body];
  const serve = (perSecond?: number): Promise<Served> =>
    sendCustomers({
      url,
      connections: 32,
      seconds,
      withinMs: 250,
      bodies,
      ...(perSecond !== undefined && { perSecond }),
    }).result;
  const kept: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const best = await serve();
    const pace = Math.min(1000, Math.max(20, Math.floor(best.perSecond / 2)));
    const calm = await serve(pace);
    const attacker = sendAttacker({ ...attack, url, seconds: seconds + 1 });
    const hit = await serve(pace);
    const { statuses } = await attacker.result;
    kept.push(hit.served / Math.max(1, calm.served));
    report(`${body}, ${attack.connections} connections`, {
      best: best.perSecond,
      pace,
      calm: calm.served / calm.due,
      hit: hit.served / hit.due,
      p50: hit.p50Ms,
      p99: hit.p99Ms,
      refused: hit.refused,
      broken: hit.broken,
      error: hit.error,
      attacker: statuses,
    });
  }
  return median(kept);
}
