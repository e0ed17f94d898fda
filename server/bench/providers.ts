import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Agent } from "undici";
import { connect } from "#database/connection.ts";
import { openBenchServer } from "./database.ts";
import type { BenchDatabase } from "./database.ts";
import { listen } from "./processes.ts";
import type { Listening } from "./processes.ts";
import { form } from "./requests.ts";
import { fillShop } from "./shop.sql.ts";
import { median, printTable } from "./table.ts";
import {
  countOrders,
  countTasks,
  fillUpstreamOrders,
  makePollsDue,
} from "./upstream-orders.sql.ts";

// How fast does the panel buy? Orders that are due are handed to a provider that answers at once,
// against the same calls made by a bare client; then all active orders are asked for, again and
// again. Database, provider and panel share the machine.
const dispatched = Number(process.env["BENCH_ORDERS"] ?? 30_000);
const polled = Number(process.env["BENCH_ACTIVE"] ?? 100_000);
const parallel = 32;
const customers = 1000;
const dispatchGoal = 1000;
const pollGoalSeconds = 60;

const say = (line: string) => process.stdout.write(`${line}\n`);

type Counts = {
  readonly adds: number;
  readonly firstAddMs: number;
  readonly lastAddMs: number;
  readonly states: number;
  readonly distinct: number;
};

const server = await openBenchServer();
try {
  const rows = [...(await benchDispatch()), ...(await benchPoll())];
  say("");
  printTable(say, ["", "orders", "s", "/s", "floor /s", "ratio", "goal", "", "RSS MB"], rows);
} finally {
  await server.close();
}

async function benchDispatch(): Promise<string[][]> {
  return withShop("dispatch", async ({ database, upstream, owner }) => {
    const floor = await measureFloor(upstream.url);
    await fillUpstreamOrders(owner, {
      count: dispatched,
      customers,
      provider: "upstream",
      task: "send",
    });
    await reset(upstream.url);
    const panel = await listenWorker(database);
    try {
      const memory = watchMemory(panel);
      await until(600, async () => (await countTasks(owner, "send")) === 0);
      const { adds, firstAddMs, lastAddMs } = await countsOf(upstream.url);
      if (adds !== dispatched) throw new Error(`${adds} orders were sent of ${dispatched}`);
      const seconds = (lastAddMs - firstAddMs) / 1000;
      const perSecond = dispatched / seconds;
      const ratio = (perSecond / floor).toFixed(3);
      const figures = [dispatched, seconds.toFixed(1), perSecond.toFixed(0), floor.toFixed(0)];
      const isReached = perSecond >= dispatchGoal ? "reached" : "missed";
      const goal = `${dispatchGoal}/s`;
      const row = ["dispatch", ...figures.map(String), ratio, goal, isReached, memory.stop()];
      say(row.join("  "));
      return [row];
    } finally {
      await panel.stop();
    }
  });
}

async function benchPoll(): Promise<string[][]> {
  return withShop("poll", async ({ database, upstream, owner }) => {
    await fillUpstreamOrders(owner, {
      count: polled,
      customers,
      provider: "upstream",
      task: "poll",
    });
    const panel = await listenWorker(database);
    try {
      const rows: string[][] = [];
      // The first round starts them all, the next two move them, and in the last nothing is new.
      for (const [round, remains] of [500, 400, 300, 300].entries()) {
        const memory = watchMemory(panel);
        await reset(upstream.url, remains);
        const startedAt = performance.now();
        await makePollsDue(owner);
        await until(600, async () => {
          const { distinct } = await countsOf(upstream.url);
          if (distinct < polled || (await countTasks(owner, "poll", true)) > 0) return false;
          return (await countOrders(owner, remains)) === polled;
        });
        const seconds = (performance.now() - startedAt) / 1000;
        const isReached = seconds <= pollGoalSeconds ? "reached" : "missed";
        const name = `poll ${round + 1}${round === 3 ? ", nothing new" : ""}`;
        const figures = [polled, seconds.toFixed(1), (polled / seconds).toFixed(0), "", ""];
        rows.push([name, ...figures.map(String), `${pollGoalSeconds} s`, isReached, memory.stop()]);
        say(rows.at(-1)?.join("  ") ?? "");
      }
      return rows;
    } finally {
      await panel.stop();
    }
  });
}

type Scene = {
  readonly database: BenchDatabase;
  readonly upstream: Listening;
  readonly owner: Awaited<ReturnType<typeof connect>>;
};

/** A shop that buys from the fast provider, for one measurement. */
async function withShop(
  name: string,
  measure: (scene: Scene) => Promise<string[][]>,
): Promise<string[][]> {
  const database = await server.create(name);
  const owner = await connect(database.settings);
  const upstream = await listen("upstream.ts", [], {});
  try {
    say(`Filling the shop: ${name} …`);
    await fillShop(owner, { customers, services: 1000, orders: 0, customRates: 0 });
    const limits = ["--rps", "100000", "--parallel", String(parallel), "--private"];
    const address = ["--url", `${upstream.url}/api/v2`, "--key", "bench-key"];
    await command(database, "provider", "add", "--name", "upstream", ...address, ...limits);
    const rows = await measure({ database, upstream, owner });
    // Fast and wrong does not count: it fails where a balance does not follow.
    await command(database, "ledger", "verify");
    return rows;
  } finally {
    await upstream.stop();
    await owner.end();
  }
}

/** The same calls, made at the same parallelism by a client that does nothing else. */
async function measureFloor(url: string): Promise<number> {
  const agent = new Agent({ connections: parallel });
  const figures: number[] = [];
  for (let round = 0; round < 3; round++) {
    let sent = 0;
    const startedAt = performance.now();
    const caller = async () => {
      while (sent < dispatched) {
        const link = `https://example.com/send/${++sent}`;
        const body = form({ key: "bench-key", action: "add", service: 1, link, quantity: 1000 });
        const { body: answer } = await agent.request({
          origin: url,
          path: "/api/v2",
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        });
        JSON.parse(await answer.text());
      }
    };
    await Promise.all(Array.from({ length: parallel }, caller));
    figures.push(dispatched / ((performance.now() - startedAt) / 1000));
  }
  await agent.close();
  return median(figures);
}

async function command(database: BenchDatabase, ...args: readonly string[]): Promise<void> {
  const main = path.join(import.meta.dirname, "../src/main.ts");
  await promisify(execFile)(process.execPath, [main, ...args], { env: environmentOf(database) });
}

function listenWorker(database: BenchDatabase): Promise<Listening> {
  return listen("../src/main.ts", ["start", "--roles", "api,worker"], {
    ...environmentOf(database),
    PANEL_PORT: "0",
    PANEL_LOG_LEVEL: "warn",
  });
}

function environmentOf(database: BenchDatabase): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    PANEL_DATABASE_URL: database.url,
    PANEL_DATA: database.folder,
    NODE_COMPILE_CACHE: path.join(database.folder, "compile-cache"),
  };
}

async function countsOf(url: string): Promise<Counts> {
  return (await (await fetch(`${url}/counts`)).json()) as Counts;
}

async function reset(url: string, remains = 500): Promise<void> {
  await fetch(`${url}/reset?remains=${remains}`);
}

/** The most memory that the panel takes until `stop`, which answers it in words. */
function watchMemory(panel: Listening): { stop(): string } {
  let most = 0;
  const look = () => {
    most = Math.max(most, panel.memoryMb());
  };
  // A panel that ended has no memory: what ended it is told elsewhere.
  const timer = setInterval(() => {
    if (panel.isRunning()) look();
  }, 200);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return most.toFixed(0);
    },
  };
}

async function until(seconds: number, isDone: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + seconds * 1000;
  while (!(await isDone())) {
    if (performance.now() > endsAt) throw new Error(`not done after ${seconds} s`);
    await pause(250);
  }
}
