import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { runPanel } from "#test/run-panel.ts";
import { connect } from "#database/connection.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase, TestServer } from "#test/database.ts";
import { startPanelProcess } from "#test/scenarios/panel-process.ts";
import type { PanelProcess } from "#test/scenarios/panel-process.ts";
import { openChainServer } from "./chain-server.ts";
import { chainServices, closedService } from "./load.ts";

/** One of three panels in a row: A buys from B, B from C, and C from its sandbox. */
export type ChainPanel = {
  readonly name: string;
  readonly database: TestDatabase;
  /** Where its API is now. It changes with each start. */
  url(): string;
  /** Runs a command line and returns its answer in JSON. Throws where the command is refused. */
  command(...args: readonly string[]): Promise<unknown>;
  /** Reads its tables. */
  query<Row extends object>(text: string, ...values: readonly unknown[]): Promise<Row[]>;
  /** Changes its tables as no command would. Only to set a scene. */
  arrange(text: string): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Ends it as an operator does: calls under way finish. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** The log of the process that is running now. */
  output(): string;
};

export type Chain = {
  /** A, B and C. */
  readonly panels: readonly [ChainPanel, ChainPanel, ChainPanel];
  /** Keys of A's customers. */
  readonly keys: readonly string[];
  /** A's ids of the services by their names. */
  readonly services: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

export type ChainOptions = {
  /** How the panel above is told to buy here: more arguments of `provider add`. */
  readonly providerArgs?: readonly string[];
  /** Where buyers reach this panel, if not at its own address. */
  readonly addressOf?: (panel: ChainPanel) => Promise<string>;
};

/** The time between steps of C's sandbox. An order ends after four. */
const sandboxStepMs = 100;
const markupPercent = "25";
const customers = ["anna", "ben"];
const pollMs = 1000;
/** More at a time would keep the panels busy with nothing else. */
const nudgedPollsMax = 1000;
export const finalStatuses = "('completed', 'partial', 'canceled')";

/** The name of a panel's account at the panel below. */
export function buyerEmail(buyer: ChainPanel): string {
  return `${buyer.name}@chain.example`;
}

/** The pairs of panels that trade: A buys from B, and B from C. */
export function pairs(chain: Chain): readonly { buyer: ChainPanel; seller: ChainPanel }[] {
  const [a, b, c] = chain.panels;
  return [
    { buyer: a, seller: b },
    { buyer: b, seller: c },
  ];
}

/**
 * Starts three real panels, each a process over its own database, and makes them buy from each
 * other as operators would: with the command line.
 */
export async function openChain(options: ChainOptions = {}): Promise<Chain> {
  const server = await openChainServer();
  const opened: { panel: ChainPanel; close: () => Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(opened.map((each) => each.close()));
    await server.close();
  };
  try {
    for (const name of ["A", "B", "C"]) opened.push(await openPanelProcess(name, server));
    const [a, b, c] = opened.map(({ panel }) => panel);
    if (a === undefined || b === undefined || c === undefined) throw new Error("never");
    const settings = [a, b, c].map((panel) =>
      // An order that no provider takes is refunded at once, so that it ends.
      panel.command("settings", "set", "refused_orders", "refund"),
    );
    await Promise.all([stockSandbox(c), ...settings]);
    const [keyAtC, keyAtB, ...keys] = await Promise.all([
      addCustomer(c, buyerEmail(b)),
      addCustomer(b, buyerEmail(a)),
      ...customers.map((name) => addCustomer(a, `${name}@chain.example`)),
    ]);
    await Promise.all([addProvider(b, c, keyAtC, options), addProvider(a, b, keyAtB, options)]);
    await importServices(b, c);
    await importServices(a, b);
    const services = await servicesAt(a, keys[0] ?? "");
    await closeService(c);
    return { panels: [a, b, c], keys, services, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPanelProcess(
  name: string,
  server: TestServer,
): Promise<{ panel: ChainPanel; close: () => Promise<void> }> {
  const database = await createTestDatabase(server);
  let running: PanelProcess | undefined;
  const start = async () => {
    running = await startPanelProcess(database.url, {
      roles: "api,web,worker",
      env: { PANEL_LOG_LEVEL: "warn" },
    });
  };
  const panel: ChainPanel = {
    name,
    database,
    url: () => running?.url ?? "",
    command: async (...args) => {
      const run = await runPanel(database.url, ...args, "--json");
      if (run.exitCode !== 0) {
        const said = `${run.stdout}\n${run.stderr}`;
        throw new Error(`${name}: panel ${args.join(" ")} ended with ${run.exitCode}:\n${said}`);
      }
      return run.json();
    },
    query: async <Row extends object>(text: string, ...values: readonly unknown[]) =>
      (await database.pool.query<Row>(text, [...values])).rows,
    arrange: async (text) => {
      const owner = await connect(database.ownerSettings);
      await owner.query(text);
      await owner.end();
    },
    kill: async () => {
      await running?.kill();
      running = undefined;
    },
    stop: async () => {
      await running?.stop();
      running = undefined;
    },
    start,
    output: () => running?.output() ?? "",
  };
  try {
    await start();
  } catch (error) {
    await database.drop();
    throw error;
  }
  const close = async () => {
    await panel.stop();
    await database.drop();
  };
  return { panel, close };
}

/** Puts a service of every type that the sandbox delivers on sale. */
async function stockSandbox(panel: ChainPanel): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "panel-chain-"));
  const file = path.join(folder, "services.json");
  try {
    await writeFile(file, JSON.stringify(chainServices()));
    const list = ["--file", file, "--provider", "sandbox", "--markup-percent", "0"];
    await panel.command("service", "import", ...list);
  } finally {
    await rm(folder, { recursive: true });
  }
  await panel.arrange(
    `update providers set settings = '{"step_ms": ${sandboxStepMs}}' where name = 'sandbox'`,
  );
}

async function addProvider(
  buyer: ChainPanel,
  seller: ChainPanel,
  key: string,
  options: ChainOptions,
): Promise<void> {
  const address = (await options.addressOf?.(seller)) ?? seller.url();
  const added = ["--name", seller.name, "--url", `${address}/api/v2`, "--key", key, "--private"];
  const limits = ["--rps", "1000", "--parallel", "16"];
  await buyer.command("provider", "add", ...added, ...limits, ...(options.providerArgs ?? []));
}

/** Puts the seller's listed services on sale. */
async function importServices(buyer: ChainPanel, seller: ChainPanel): Promise<void> {
  const markup = ["--markup-percent", markupPercent, "--apply"];
  await buyer.command("provider", "import", seller.name, ...markup);
}

async function addCustomer(panel: ChainPanel, email: string): Promise<string> {
  await panel.command("customer", "create", "--email", email);
  await panel.command("customer", "deposit", "--email", email, "--amount", "100000000");
  const made = await panel.command("key", "create", "--email", email, "--rate-limit", "0");
  return (made as { key: string }).key;
}

async function servicesAt(panel: ChainPanel, key: string): Promise<Map<string, number>> {
  const body = new URLSearchParams({ key, action: "services" });
  const response = await fetch(`${panel.url()}/api/v2`, { method: "POST", body });
  const listed = (await response.json()) as readonly { service: number; name: string }[];
  if (listed.length !== chainServices().length) {
    throw new Error(`${panel.name} sells ${listed.length} of ${chainServices().length} services`);
  }
  return new Map(listed.map(({ name, service }) => [name, service]));
}

async function closeService(panel: ChainPanel): Promise<void> {
  const [row] = await panel.query<{ id: number }>(
    "select id from services where name = $1",
    closedService,
  );
  await panel.command("service", "disable", "--service", String(row?.id));
}

/**
 * Waits until the condition returns `undefined`. Otherwise it returns what is still missing, which
 * is reported with the state of the panels when the time is over.
 */
export async function waitFor(
  chain: Chain,
  seconds: number,
  missing: () => Promise<string | undefined>,
): Promise<void> {
  const endsAt = Date.now() + seconds * 1000;
  for (;;) {
    const what = await missing();
    if (what === undefined) return;
    if (Date.now() > endsAt) {
      const digests = await Promise.all(chain.panels.map(digest));
      throw new Error(`after ${seconds} s ${what}\n${digests.join("\n")}`);
    }
    await pause(pollMs);
  }
}

/** Describes what has not ended yet; `undefined` where every order has. */
export async function unended(panel: ChainPanel): Promise<string | undefined> {
  const [row] = await panel.query<{ n: number }>(
    `select count(*)::integer as n from orders where status not in ${finalStatuses}`,
  );
  return row?.n === 0 ? undefined : `${panel.name} has ${row?.n} orders that are not ended`;
}

/**
 * Makes later tasks due now, and lets a held queue try again: a panel's pauses grow, and a story
 * has no time for them.
 */
export async function nudge(chain: Chain): Promise<void> {
  // Rows locked by others are skipped, so that nobody waits for anybody in a circle.
  const hurry = (which: string) => `
    update tasks t set due_at = panel_now()
      from (select account_id, order_id from tasks
             where lease is null and due_at > panel_now() and ${which}
               for update skip locked) later
     where t.account_id = later.account_id and t.order_id = later.order_id`;
  const polls = hurry(`kind = 'poll' order by due_at limit ${nudgedPollsMax}`);
  const probe = `
    update provider_states s set probe_at = panel_now()
      from (select provider_id from provider_states
             where hold_kind is not null and probe_at > panel_now()
               for update skip locked) held
     where s.provider_id = held.provider_id`;
  for (const panel of chain.panels) {
    await panel.arrange(`${hurry("kind <> 'poll'")}; ${polls}; ${probe}`);
  }
}

/** Where a panel's orders stand, for the person who reads why a story failed. */
async function digest(panel: ChainPanel): Promise<string> {
  const parts = [
    `select status || ' ' || count(*) as words from orders group by status`,
    `select 'task ' || kind || ' ' || count(*) || ', due in ' ||
            round(extract(epoch from min(due_at) - panel_now())) || ' s' as words
       from tasks group by kind`,
    `select 'desk ' || reason || ' ' || count(*) || ', such as ' || min(note) as words
       from desk_entries where closed_at is null group by reason`,
    `select 'held ' || provider_id || ' ' || hold_kind || ': ' || hold_reason as words
       from provider_states where hold_kind is not null`,
    `select 'note ' || left(note, 100) || ' ' || count(*) as words
       from orders where note is not null and status not in ${finalStatuses}
      group by left(note, 100) limit 5`,
  ];
  const rows = await Promise.all(parts.map((text) => panel.query<{ words: string }>(text)));
  const words = rows.flat().map((row) => row.words);
  return `${panel.name}: ${words.join("; ")}\n${panel.output().slice(-2000)}`;
}
