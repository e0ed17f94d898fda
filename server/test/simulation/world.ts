import pino from "pino";
import { changeService } from "#catalog/change-service.ts";
import { changeSource } from "#catalog/change-source.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import type { RefillTerms } from "#catalog/refill-terms.ts";
import { openSandboxAccount } from "#customers/sandbox-account.ts";
import { connect, openHotPool, openPool } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import { follow } from "#events/streams.sql.ts";
import type { Buyer } from "#orders/placing/place-order.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { openSelling } from "#selling/open-selling.ts";
import type { Selling } from "#selling/open-selling.ts";
import type { AccountId, ProviderId, ServiceId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { openChance } from "#test/chain/chance.ts";
import { amount, must } from "#test/panel.ts";
import type { TestPanel } from "#test/panel.ts";
import type { Random } from "#test/scenarios/random.ts";
import { openMemory } from "./memory.ts";
import type { Memory } from "./memory.ts";
import { openSlyProvider } from "./sly-provider.ts";
import type { SlyProvider } from "./sly-provider.ts";
import { openTurnedClock } from "./turned-clock.ts";
import type { TurnedClock } from "./turned-clock.ts";

/** A service and what the customers of the simulation may do with it. */
export type SimulatedService = {
  readonly id: ServiceId;
  readonly type: "Default" | "Subscriptions" | "Custom Comments" | "Package";
  readonly isDripFed: boolean;
};

/** A panel, its providers and customers, and everything that is known about them. */
export type World = {
  readonly ctx: Context;
  /** Reads what the last step did. */
  readonly eyes: Context["db"];
  readonly random: Random;
  readonly clock: TurnedClock;
  readonly context: Selling;
  readonly buyers: readonly Buyer[];
  readonly services: readonly SimulatedService[];
  readonly providers: readonly ProviderId[];
  readonly sly: ReadonlyMap<ProviderId, SlyProvider>;
  readonly memory: Memory;
  /** What the panel itself logged as an error since the last look. */
  takeErrors(): string[];
  close(): Promise<void>;
};

const customers = 6;

/**
 * Sets up the panel: two sly providers, one of each local kind, services of each kind, customers.
 * Repeatable: the clock stands still between its turns, and providers are asked one by one.
 */
export async function openWorld(
  panel: TestPanel,
  random: Random,
  { isRepeatable }: { readonly isRepeatable: boolean },
): Promise<World> {
  const chance = openChance(random.seed);
  // With one connection, parallel work takes turns, each time the same ones.
  const connections = isRepeatable ? 1 : 12;
  const db = openPool(panel.database.settings, connections);
  const hot = openHotPool(panel.database.settings, connections);
  const pools = [db, hot, panel.ctx.db, panel.ctx.hot];
  if (isRepeatable) {
    // Orders are asked about slightly earlier or later, at random in the database.
    for (const pool of [db, hot]) await onEach(pool, connections, "select setseed(0.5)");
  }
  const looks = isRepeatable ? 1 : 4;
  const eyes = openPool(panel.database.settings, looks);
  // A prepared plan cannot know that there is little new, and would read everything each time.
  await onEach(eyes, looks, "set enable_seqscan = off");
  const clock = await openTurnedClock(panel.database, pools, { standsStill: isRepeatable });
  const errors: string[] = [];
  const log = pino(
    { level: "error", serializers: { error: pino.stdSerializers.err }, base: null },
    { write: (line: string) => errors.push(line) },
  );
  const ctx: Context = { ...panel.ctx, db, hot, clock, log };
  await ownerQuery(panel, forTheSimulation);

  const sly = new Map<ProviderId, SlyProvider>();
  for (const [name, honoursRequestIds] of [
    ["honouring", true],
    ["plain", false],
  ] as const) {
    const provider = await openSlyProvider({ name, chance, honoursRequestIds });
    const id = must(
      await addProvider(ctx, tester, {
        name,
        connector: "api-v2",
        baseUrl: provider.url,
        key: "k".repeat(32),
        isPrivate: true,
        requestsPerSecond: 100_000,
        timeoutMs: 5000,
        parallelCalls: isRepeatable ? 1 : 8,
        settings: { honours_request_id: String(honoursRequestIds) },
      }),
    );
    sly.set(id, provider);
  }
  const services = await addServices(panel, ctx, [...sly.keys()]);
  const selling = await openSelling(ctx);
  const buyers: Buyer[] = [];
  for (let n = 0; n < customers; n++) {
    const { id } = await panel.addCustomer({ balance: n === 0 ? "5" : "2000" });
    buyers.push(buyerOf(id, false));
  }
  const [, first] = buyers;
  if (first === undefined) throw new Error("nobody buys");
  const play = await inTransaction(ctx, (tx) => openSandboxAccount(tx, first.accountId));
  buyers.push(buyerOf(play, true));
  for (const { accountId } of buyers) await inTransaction(ctx, (tx) => follow(tx, accountId));

  return {
    ctx,
    eyes,
    random,
    clock,
    context: selling,
    buyers,
    services,
    providers: (await listProviders(ctx.db)).map(({ id }) => id),
    sly,
    memory: await openMemory(ctx, buyers),
    takeErrors: () => errors.splice(0),
    close: async () => {
      await selling.close();
      await clock.close();
      for (const provider of sly.values()) await provider.close();
      await flushCallLog(ctx);
      await Promise.all([db.end(), hot.end(), eyes.end()]);
    },
  };
}

function buyerOf(accountId: AccountId, isTest: boolean): Buyer {
  return { accountId, id: undefined, version: undefined, isTest };
}

async function addServices(
  panel: TestPanel,
  ctx: Context,
  [honouring, plain]: readonly ProviderId[],
): Promise<SimulatedService[]> {
  if (honouring === undefined || plain === undefined) throw new Error("two providers are needed");
  const soon: RefillTerms = { ...refillTermsDefault, afterHours: 0, betweenHours: 1 };
  const common = { min: 1, max: 100_000, providerRate: amount("0.4"), dripfeed: true };
  const add = async (
    type: SimulatedService["type"],
    isDripFed: boolean,
    more: Parameters<TestPanel["addService"]>[0],
  ): Promise<SimulatedService> => {
    const terms = { ...common, type, dripfeed: isDripFed, refillTerms: soon, ...more };
    return { id: await panel.addService(terms), type, isDripFed };
  };
  const first = await add("Default", true, { providerId: honouring, providerService: "11" });
  const second = await add("Default", true, {
    providerId: plain,
    providerService: "21",
    refillTerms: { ...soon, by: "order", serviceId: first.id },
  });
  const source = { serviceId: second.id, providerId: honouring, providerService: "12" };
  const terms = { providerRate: amount("0.45") };
  must(await changeSource(ctx, tester, source, { kind: "add", terms }));
  const upstream = await add("Default", true, { providerId: honouring, providerService: "13" });
  must(await changeService(ctx, tester, upstream.id, () => ({ runsUpstream: true })));
  const local = { providerRate: undefined };
  return [
    first,
    second,
    upstream,
    await add("Default", false, {
      provider: "manual",
      refillTerms: { ...soon, by: "hand" },
      ...local,
    }),
    await add("Default", true, { provider: "sandbox", ...local }),
    await add("Subscriptions", false, { providerId: honouring, providerService: "14" }),
    await add("Subscriptions", false, { providerId: plain, providerService: "24" }),
    await add("Custom Comments", false, { providerId: plain, providerService: "25" }),
    await add("Package", false, { providerId: honouring, providerService: "16", min: 1, max: 1 }),
  ];
}

// Changes of orders are looked up after every step, and unknown outcomes now and then. No machine
// fails here, so nothing has to be on disk when it is answered.
const forTheSimulation = `
  create index on order_changes (id);
  create index on attempts (order_id) where outcome = 'unknown' and settled_as is null;
  do $$ begin
    execute format('alter database %I set synchronous_commit = off', current_database());
  end $$`;

/** Opens all connections of a pool, and runs this statement on each. */
async function onEach(pool: Context["db"], connections: number, text: string): Promise<void> {
  const all = await Promise.all(Array.from({ length: connections }, () => pool.connect()));
  await Promise.all(all.map((connection) => connection.query(text)));
  for (const connection of all) connection.release();
}

/** Runs statements as the owner of the tables. */
async function ownerQuery(panel: TestPanel, text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(text);
  await owner.end();
}
