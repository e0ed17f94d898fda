import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { openPool } from "#database/connection.ts";
import type { ConnectionSettings } from "#database/connection.ts";
import { openEmbedded } from "#database/embedded/embedded.ts";
import { verifyLedger } from "#ledger/verify-ledger.ts";
import { systemClock } from "#values/clock.ts";
import { openLog } from "#log.ts";
import { amount } from "#test/panel.ts";
import { noSecrets } from "#test/database.ts";

const rounds = Number(process.env["CRASH_ROUNDS"] ?? 20);
const clients = 16;
const mainFile = path.join(import.meta.dirname, "../../src/main.ts");

/** A process of the panel that is started again whenever it was killed. */
class PanelProcess {
  url: string | undefined;
  private child: ChildProcess | undefined;
  readonly role: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(role: string, env: NodeJS.ProcessEnv) {
    this.role = role;
    this.env = env;
  }

  async start(): Promise<void> {
    const args = ["--disable-warning=ExperimentalWarning", mainFile, "start", "--empty"];
    const child = spawn(process.execPath, [...args, "--roles", this.role], {
      env: this.env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`${this.role} ended with ${code}`)));
      createInterface(child.stdout).on("line", (line) => {
        const url = /Listening on (\S+)/.exec(line)?.[1];
        if (url !== undefined) this.url = url;
        if (url !== undefined || line.startsWith("Working")) resolve();
      });
    });
  }

  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }
}

function runCommand(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", mainFile, ...args],
      { env, stdio: ["ignore", "pipe", "inherit"] },
    );
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.once("exit", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${args.join(" ")} ended with ${code}`));
    });
  });
}

test(`${rounds} kills under load lose no acknowledged order and charge none twice`, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "panel-crash-"));
  chmodSync(folder, 0o711);
  const env = { ...process.env, PANEL_DATA: folder, PANEL_PORT: "0", PANEL_LOG_LEVEL: "silent" };
  const anchor = await openEmbedded({ dataFolder: folder, roles: ["command"] });
  await runCommand(env, ["customer", "create", "--email", "a@example.com"]);
  await runCommand(env, ["customer", "deposit", "--email", "a@example.com", "--amount", "1000000"]);
  const words = "key create --email a@example.com --rate-limit 0 --json";
  const { key }: { key: string } = JSON.parse(await runCommand(env, words.split(" ")));
  const service = "service create --category C --name N --type Default --rate 0.9 --min 1";
  await runCommand(env, [...service.split(" "), "--max", "100000", "--provider", "sandbox"]);

  const api = new PanelProcess("api", env);
  const worker = new PanelProcess("worker", env);
  await api.start();
  await worker.start();

  const acknowledged = new Map<string, number>();
  let isLoading = true;
  const client = async () => {
    while (isLoading) {
      const requestId = randomUUID();
      // The same request until it is answered, as a reseller would: that is what request_id is for.
      while (!acknowledged.has(requestId)) {
        try {
          const response = await fetch(`${api.url}/api/v2`, {
            method: "POST",
            signal: AbortSignal.timeout(10_000),
            body: new URLSearchParams({
              key,
              action: "add",
              service: "1",
              link: "https://example.com/post",
              quantity: "1000",
              request_id: requestId,
            }),
          });
          const answer = (await response.json()) as { order?: number };
          if (answer.order !== undefined) acknowledged.set(requestId, answer.order);
          else await pause(50);
        } catch {
          await pause(50);
        }
      }
    }
  };
  const load = Promise.all(Array.from({ length: clients }, client));
  const kills: Record<string, number> = {};
  try {
    for (let round = 1; round <= rounds; round++) {
      await pause(randomInt(200, 1200));
      const before = acknowledged.size;
      const victim = ["api", "worker", "postgres", "everything"][randomInt(4)] ?? "api";
      kills[victim] = (kills[victim] ?? 0) + 1;
      if (victim === "api" || victim === "everything") await api.stop("SIGKILL");
      if (victim === "worker" || victim === "everything") await worker.stop("SIGKILL");
      if (victim === "postgres" || victim === "everything") killPostgres(folder);
      if (victim === "api" || victim === "everything") await api.start();
      if (victim === "worker" || victim === "everything") await worker.start();
      while (acknowledged.size < before + 50) await pause(20);
      await proveAll(anchor.connection, acknowledged, false);
    }
    isLoading = false;
    await load;
    await proveAll(anchor.connection, acknowledged, true);
    expect(acknowledged.size).toBeGreaterThan(rounds * 50);
    process.stdout.write(`${acknowledged.size} orders, kills: ${JSON.stringify(kills)}\n`);
  } finally {
    isLoading = false;
    await api.stop("SIGTERM");
    await worker.stop("SIGTERM");
    await anchor.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function killPostgres(folder: string): void {
  const file = path.join(folder, "postgres", "postmaster.pid");
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  process.kill(pid, "SIGKILL");
}

/** Every acknowledged order stands once, and the ledger holds; at the end nothing more stands. */
async function proveAll(
  settings: ConnectionSettings,
  acknowledged: ReadonlyMap<string, number>,
  isEnd: boolean,
): Promise<void> {
  const expected = [...acknowledged];
  const pool = openPool(settings, 1);
  try {
    const { rows } = await pool.query<{ request_id: string; id: number }>(
      "select request_id, id from orders",
    );
    const stored = new Map(rows.map((row) => [row.request_id, row.id]));
    expect(stored.size).toBe(rows.length);
    const missing = expected.filter(([requestId, order]) => stored.get(requestId) !== order);
    expect(missing).toEqual([]);
    if (isEnd) expect(rows.length).toBe(expected.length);
    const ctx = {
      db: pool,
      hot: pool,
      clock: systemClock,
      log: openLog("silent"),
      secrets: noSecrets,
    };
    const proof = await verifyLedger(ctx);
    expect(proof.drifts).toEqual([]);
    const balance = await pool.query<{ balance: string }>(
      `select balance_after as balance from postings where account_id = 1
        order by seq desc limit 1`,
    );
    const paid = amount("0.9") * BigInt(rows.length);
    if (isEnd) expect(amount(balance.rows[0]?.balance ?? "")).toBe(amount("1000000") - paid);
  } finally {
    await pool.end();
  }
}
