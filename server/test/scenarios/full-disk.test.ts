import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { checkWrites } from "#doctor/database-checks.ts";
import { startPanelProcess } from "#test/scenarios/panel-process.ts";
import type { PanelProcess } from "#test/scenarios/panel-process.ts";
import { testPanel } from "#test/panel.ts";

type Heard = { readonly status: number; readonly code: string | null; readonly body: unknown };

async function ask(url: string, fields: Readonly<Record<string, string>>): Promise<Heard> {
  const body = new URLSearchParams(fields);
  const response = await fetch(`${url}/api/v2`, { method: "POST", body });
  const code = response.headers.get("x-error-code");
  return { status: response.status, code, body: await response.json() };
}

async function health(url: string): Promise<unknown> {
  return (await fetch(`${url}/healthz`)).json();
}

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await is()) return;
    await pause(50);
  }
  throw new Error(`never came: ${what}`);
}

const refused = {
  status: 503,
  code: "unavailable",
  body: { error: expect.stringContaining("storage is full or cannot be written") },
};

/** A small disk of its own. Nothing where this user may not mount one, or the system has none. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), "panelwright-disk-"));
  chmodSync(folder, 0o711);
  const mounted = spawnSync("/bin/mount", [
    "-t",
    "tmpfs",
    "-o",
    "size=220m,mode=711",
    "tmpfs",
    folder,
  ]);
  if (mounted.status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

const disk = mountSmallDisk();

// Without the right to mount a disk this is left out; the promise of the API is kept below as well.
describe.skipIf(disk === undefined)("on a disk that fills up", () => {
  const folder = disk ?? "";
  const ballast = path.join(folder, "ballast");
  const data = path.join(folder, "data");
  let panel: PanelProcess;
  let key: string;

  beforeAll(async () => {
    mkdirSync(data, { mode: 0o711 });
    panel = await startPanelProcess(undefined, { roles: "api,worker", env: { PANEL_DATA: data } });
    await until("the key of the sandbox shop", async () =>
      /^ {4}[0-9a-f]{32}$/m.test(panel.output()),
    );
    key = /^ {4}([0-9a-f]{32})$/m.exec(panel.output())?.[1] ?? "";
  });
  afterAll(async () => {
    await panel.stop();
    execFileSync("/bin/umount", [folder]);
    rmSync(folder, { recursive: true });
  });

  const add = () =>
    ask(panel.url, {
      key,
      action: "add",
      service: "1",
      link: "https://a.example/p",
      quantity: "100",
    });
  const balance = () => ask(panel.url, { key, action: "balance" });
  const serverPid = () => {
    const file = path.join(data, "postgres/postmaster.pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  };
  const fill = () => {
    const block = Buffer.alloc(256 * 1024);
    try {
      for (;;) appendFileSync(ballast, block);
    } catch (error) {
      expect(error).toMatchObject({ code: "ENOSPC" });
    }
  };
  const makeRoom = async () => {
    rmSync(ballast);
    await until("health", async () => JSON.stringify(await health(panel.url)) === '{"ok":true}');
    await until("an order", async () => (await add()).status === 200);
  };

  test("the panel goes on: what is there is read, what is new is refused in words, then taken again", async () => {
    expect(await add()).toMatchObject({ status: 200, code: null });

    fill();
    let heard: Heard | undefined;
    // The last rows may still find room on the pages that there are.
    await until("a refusal", async () => {
      heard = await add();
      return heard.status === 503;
    });

    expect(heard).toEqual(refused);
    expect(await balance()).toMatchObject({ status: 200, body: { currency: "USD" } });
    expect(await health(panel.url)).toEqual({
      ok: false,
      problem: "the disk of the database is full",
    });
    await makeRoom();
    expect(panel.output()).not.toContain("a promise failed unheard");
  });

  test("the panel outlives a database that cannot even start for want of room, and finds it again", async () => {
    fill();
    const server = serverPid();
    process.kill(server, "SIGKILL");
    const isAway = () => panel.output().includes("the database is away");
    // It may also come back: where its log has room left to begin with.
    const isBack = async () => serverPid() !== server && (await balance()).status === 200;
    await until("word of it", async () => isAway() || isBack());

    if (isAway()) {
      const words = "storage is full or cannot be written";
      await until("why", async () => JSON.stringify(await balance()).includes(words));
      expect(await health(panel.url)).toMatchObject({ ok: false });
    }
    await makeRoom();
    expect(await balance()).toMatchObject({ status: 200 });
    expect(panel.output()).not.toContain("a promise failed unheard");
  });
});

describe("where the database takes no writes", () => {
  const panel = testPanel({ env: { PANEL_LOG_LEVEL: "silent" } });

  async function setReadOnly(isReadOnly: boolean): Promise<void> {
    const owner = await connect(panel.database.ownerSettings);
    await owner.query("set default_transaction_read_only = off");
    const { rows } = await owner.query<{ name: string }>("select current_database() as name");
    const name = rows[0]?.name ?? "";
    await owner.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly}`);
    await owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await owner.end();
  }

  test("orders are refused in words and nothing is charged, look-ups go on, doctor and health say so", async () => {
    const { key } = await panel.addCustomer({ balance: "10" });
    const service = await panel.addService();
    const fields = { key, action: "add", service: String(service), link: "a", quantity: "100" };
    await setReadOnly(true);

    const heard = await ask(panel.url, fields);

    expect(heard).toEqual(refused);
    expect(await ask(panel.url, { key, action: "balance" })).toMatchObject({
      body: { balance: expect.stringMatching(/^10\.0/) },
    });
    expect(await health(panel.url)).toEqual({ ok: false, problem: "the database takes no writes" });
    expect(await checkWrites(panel.ctx)).toMatchObject({ state: "bad" });

    await setReadOnly(false);
    await until("an order", async () => (await ask(panel.url, fields)).status === 200);
    expect(await checkWrites(panel.ctx)).toMatchObject({ state: "ok" });
  });
});
