import { writeFileSync } from "node:fs";
import path from "node:path";
import { connect } from "#database/connection.ts";
import { openBenchServer } from "./database.ts";
import { load } from "./load.ts";
import type { LoadResult } from "./load.ts";
import { listen, listenPanel } from "./processes.ts";
import { addBody, form, many, statusBodies } from "./requests.ts";
import { fillShop, keyOf } from "./shop.sql.ts";
import { median, printTable } from "./table.ts";

const size = { customers: 1000, services: 10_000, orders: 1_000_000, customRates: 50 };
// Many short turns: a neighbour of this machine spoils some of them, and the median leaves those out.
const rounds = 9;
const seconds = Number(process.env["BENCH_SECONDS"] ?? 3);
const only = process.argv[2];

/** One thing that is measured: the bodies that are sent, and how large the answers are. */
type Case = {
  readonly name: string;
  readonly bodies: readonly string[];
  /** 0 stands for the service list itself. */
  readonly answerBytes: number;
  /** The least part of the floor that it should reach. */
  readonly goal: number;
};

const say = (line: string) => process.stdout.write(`${line}\n`);

const cases: Case[] = [
  {
    name: "status of one id",
    goal: 0.5,
    answerBytes: 91,
    bodies: statusBodies(size, 20_000),
  },
  {
    name: "balance",
    goal: 0.5,
    answerBytes: 45,
    bodies: many(20_000, (n) => form({ key: keyOf(1 + (n % size.customers)), action: "balance" })),
  },
  {
    name: "add",
    goal: 0.2,
    answerBytes: 17,
    bodies: many(20_000, (n) => addBody(size, 1 + (n % size.customers), n)),
  },
  {
    name: "add, one hot customer",
    goal: 0.2,
    answerBytes: 17,
    bodies: many(20_000, (n) => addBody(size, 1, n)),
  },
  {
    name: "status of 100 ids",
    goal: 0.04,
    answerBytes: 9_900,
    bodies: many(4_000, (n) => {
      const customer = 1 + (n % size.customers);
      const first = customer === 1 ? size.customers : customer - 1;
      const orders = many(100, (k) => first + size.customers * ((n * 7 + k) % 999));
      return form({ key: keyOf(customer), action: "status", orders: orders.join(",") });
    }),
  },
  {
    name: "services, list price",
    goal: 0.8,
    answerBytes: 0,
    bodies: many(64, () => form({ key: keyOf(1), action: "services" })),
  },
  {
    name: "services, 1,000 customers with own rates",
    goal: 0.8,
    answerBytes: 0,
    bodies: many(999, (n) => form({ key: keyOf(2 + n), action: "services" })),
  },
];

const server = await openBenchServer();
const database = await server.create("bench");
const owner = await connect(database.settings);
say(`Filling ${size.orders} orders, ${size.services} services, ${size.customers} customers …`);
await fillShop(owner, size);

const panel = await listenPanel(database);
const sample = path.join(database.folder, "services.json");
writeFileSync(sample, await answerTo(form({ key: keyOf(1), action: "services" })));
const floor = await listen("floor.ts", [sample], {});
try {
  const rows: string[][] = [];
  for (const each of cases.filter(({ name }) => only === undefined || name.startsWith(only))) {
    const constant = each.answerBytes === 0 ? "sample" : String(each.answerBytes);
    const floors: LoadResult[] = [];
    const results: LoadResult[] = [];
    await load(`${panel.url}/api/v2`, each.bodies, 2);
    for (let round = 0; round < rounds; round++) {
      // The same work for the client, also where the floor's answers have no errors to look for.
      const options = { refusesErrors: each.goal < 0.8 };
      floors.push(await load(`${floor.url}/${constant}`, each.bodies, seconds, options));
      results.push(await load(`${panel.url}/api/v2`, each.bodies, seconds, options));
    }
    const ratio = median(
      results.map((result, n) => result.perSecond / (floors[n]?.perSecond ?? 1)),
    );
    rows.push([
      each.name,
      String(Math.round(median(results.map((result) => result.perSecond)))),
      String(Math.round(median(floors.map((result) => result.perSecond)))),
      ratio.toFixed(3),
      each.goal.toFixed(2),
      ratio >= each.goal ? "reached" : "missed",
      String(median(results.map((result) => result.p50Ms))),
      String(median(results.map((result) => result.p99Ms))),
      String(results.reduce((sum, result) => sum + result.failures, 0)),
      panel.memoryMb().toFixed(0),
    ]);
    say(rows.at(-1)?.join("  ") ?? "");
  }
  say("");
  const head = ["", "/s", "floor /s", "ratio", "goal", "", "p50 ms", "p99 ms", "failed", "RSS MB"];
  printTable(say, head, rows);
} finally {
  await panel.stop();
  await floor.stop();
  await owner.end();
  await server.close();
}

async function answerTo(body: string): Promise<Buffer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(`${panel.url}/api/v2`, { method: "POST", body, headers });
  return Buffer.from(await response.arrayBuffer());
}
