import { spawn } from "node:child_process";
import path from "node:path";
import { connect } from "#database/connection.ts";
import { openBenchServer } from "./database.ts";
import { listenPanel } from "./processes.ts";
import { fillShop } from "./shop.sql.ts";
import { median, printTable } from "./table.ts";

// How long the command line takes, from the start of its process to its end, beside a running panel.

const rounds = 3;
const root = path.join(import.meta.dirname, "../..");
const panelProgram = path.join(root, "panel");
const say = (line: string) => process.stdout.write(`${line}\n`);

const cases: readonly (readonly [name: string, program: string, args: readonly string[]])[] = [
  ["node -e 0", process.execPath, ["-e", "0"]],
  ["./panel --help", panelProgram, ["--help"]],
  ["./panel order --help", panelProgram, ["order", "--help"]],
  ["./panel order show 1", panelProgram, ["order", "show", "1"]],
  ["npm run -s panel -- order show 1", "npm", ["run", "-s", "panel", "--", "order", "show", "1"]],
];

const server = await openBenchServer();
const database = await server.create("bench");
const owner = await connect(database.settings);
await fillShop(owner, { customers: 10, services: 10, orders: 1000, customRates: 0 });
const panel = await listenPanel(database);
try {
  const rows: string[][] = [];
  for (const [name, program, args] of cases) {
    // The first fills what Node keeps of compiled modules.
    await run(program, args);
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) took.push(await run(program, args));
    const cells = [median(took), ...took].map((ms) => ms.toFixed(0));
    rows.push([name, ...cells]);
  }
  printTable(say, ["", "median ms", ...Array.from({ length: rounds }, (_, n) => `${n + 1}`)], rows);
} finally {
  await panel.stop();
  await owner.end();
  await server.close();
}

/** Milliseconds until the program has ended, which it has to do well. */
function run(program: string, args: readonly string[]): Promise<number> {
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    PANEL_DATABASE_URL: database.url,
    PANEL_DATA: database.folder,
  };
  const startedMs = performance.now();
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(performance.now() - startedMs);
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}`));
    });
  });
}
