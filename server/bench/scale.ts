import { rmSync } from "node:fs";
import path from "node:path";
import { commandLineActor } from "#values/actor.ts";
import { backup } from "#archive/backup.ts";
import { connect } from "#database/connection.ts";
import { openBenchServer } from "./database.ts";
import type { BenchDatabase } from "./database.ts";
import { load } from "./load.ts";
import { listenPanel } from "./processes.ts";
import type { Listening } from "./processes.ts";
import { addBody, many, statusBodies } from "./requests.ts";
import { fillShop } from "./shop.sql.ts";
import type { ShopSize } from "./shop.sql.ts";
import { median, printTable } from "./table.ts";

// Does the panel slow down as it grows? Two shops on one server, one of them a hundred times larger,
// are asked in turn; then a hot customer orders while a backup reads the larger one.
const rounds = 5;
const seconds = Number(process.env["BENCH_SECONDS"] ?? 5);
const small = { customers: 1000, services: 10_000, orders: 100_000, customRates: 0 };
const large = { ...small, orders: Number(process.env["BENCH_ORDERS"] ?? 10_000_000) };

const say = (line: string) => process.stdout.write(`${line}\n`);

type Shop = {
  readonly size: ShopSize;
  readonly database: BenchDatabase;
  readonly panel: Listening;
};

const server = await openBenchServer();
const shops: Shop[] = [];
for (const size of [small, large]) {
  const database = await server.create(`shop_${size.orders}`);
  const owner = await connect(database.settings);
  say(`Filling ${size.orders} orders …`);
  await fillShop(owner, size);
  await owner.query("checkpoint");
  await owner.end();
  shops.push({ size, database, panel: await listenPanel(database) });
}

try {
  const rows: string[][] = [];
  for (const action of ["status", "add"] as const) {
    const figures: number[][] = shops.map(() => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { size, panel }] of shops.entries()) {
        const bodies =
          action === "status"
            ? statusBodies(size, 20_000)
            : many(20_000, (n) => addBody(size, 1 + (n % size.customers), n));
        const { perSecond, failures } = await load(`${panel.url}/api/v2`, bodies, seconds, {
          refusesErrors: true,
        });
        if (failures > 0) throw new Error(`${failures} of the answers were no success`);
        // The first round only warms up.
        if (round > 0) figures[index]?.push(perSecond);
      }
    }
    const [few = 0, lots = 0] = figures.map(median);
    rows.push(row(`${action}, ${large.orders} orders against ${small.orders}`, lots, few, 0.8));
  }
  rows.push(await hotDuringBackup());
  say("");
  printTable(say, ["", "/s", "against /s", "ratio", "goal", ""], rows);
} finally {
  for (const { panel } of shops) await panel.stop();
  await server.close();
}

/** How a hot customer's orders go on while a backup reads the large shop. */
async function hotDuringBackup(): Promise<string[]> {
  const [, shop] = shops;
  if (shop === undefined) throw new Error("no shop was filled");
  const bodies = many(20_000, (n) => addBody(shop.size, 1, n));
  const alone = await load(`${shop.panel.url}/api/v2`, bodies, seconds);
  const file = path.join(shop.database.folder, "bench.backup");
  let isOver = false;
  const done = backup({ ownerSettings: shop.database.settings }, commandLineActor("bench"), {
    file,
    secretFile: path.join(shop.database.folder, "secret.key"),
  }).finally(() => {
    isOver = true;
  });
  const during: number[] = [];
  while (!isOver) {
    during.push((await load(`${shop.panel.url}/api/v2`, bodies, seconds)).perSecond);
  }
  const result = await done;
  if (!result.ok) throw new Error(result.refusal.code);
  rmSync(file, { force: true });
  say(`The backup took about ${during.length * seconds} s.`);
  return row("add, hot customer, during a backup", median(during), alone.perSecond, 0.5);
}

function row(name: string, figure: number, against: number, goal: number): string[] {
  const ratio = figure / against;
  return [
    name,
    String(Math.round(figure)),
    String(Math.round(against)),
    ratio.toFixed(3),
    goal.toFixed(2),
    ratio >= goal ? "reached" : "missed",
  ];
}
