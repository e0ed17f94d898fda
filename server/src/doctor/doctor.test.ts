import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { backup } from "#archive/backup.ts";
import { connect } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import { createKeyFile } from "#secrets/key-file.ts";
import { openSecrets } from "#secrets/open-secrets.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { Finding } from "./check.ts";
import {
  checkBackup,
  checkClock,
  checkConnections,
  checkDurability,
  checkGuards,
  checkLedger,
  checkServer,
  checkWorker,
} from "./database-checks.ts";
import { readServerState } from "./doctor.sql.ts";
import type { ServerState } from "./doctor.sql.ts";
import { checkDataFolder, checkDisk, checkNode, checkSecretFile } from "./machine-checks.ts";
import { runDoctor } from "./run-doctor.ts";

let folder: string;
let secretFile: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-doctor-"));
  secretFile = path.join(folder, "secret.key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the machine", () => {
  test("needs a Node.js that can pack backups", () => {
    for (const version of ["24.21.0", "22.15.0", "23.0.0"]) {
      expect(checkNode(version)).toMatchObject({ state: "ok" });
    }
    for (const version of ["22.14.9", "20.19.0", "8.1.0"]) {
      expect(checkNode(version)).toMatchObject({ state: "bad", advice: expect.any(String) });
    }
  });

  test("keeps others out of the data folder", async () => {
    expect(await checkDataFolder(folder)).toMatchObject({ state: "ok" });
    expect(await checkDataFolder(path.join(folder, "none"))).toMatchObject({ state: "warn" });
    expect(await checkDataFolder(import.meta.filename)).toMatchObject({ state: "bad" });
    chmodSync(folder, 0o777);
    expect(await checkDataFolder(folder)).toMatchObject({
      state: "bad",
      advice: expect.stringMatching(/chmod/),
    });
    chmodSync(folder, 0o770);
    expect(await checkDataFolder(folder)).toMatchObject({ state: "warn" });
  });

  test.each(["postgres", "run/pg"])("keeps others out of the database in %s", async (name) => {
    const inside = path.join(folder, name);
    mkdirSync(inside, { recursive: true, mode: 0o700 });
    expect(await checkDataFolder(folder)).toMatchObject({ state: "ok" });
    for (const mode of [0o755, 0o777, 0o710]) {
      chmodSync(inside, mode);
      expect(await checkDataFolder(folder)).toMatchObject({
        state: "bad",
        advice: `Run: chmod 700 ${inside}`,
      });
    }
  });

  test.runIf(process.getuid?.() === 0)("notices a database that a shared user has", async () => {
    const cluster = path.join(folder, "postgres");
    mkdirSync(cluster, { mode: 0o700 });
    execFileSync("chown", ["nobody", cluster]);
    expect(await checkDataFolder(folder)).toMatchObject({
      state: "warn",
      text: expect.stringContaining("as nobody"),
    });
  });

  test("keeps the right key file, readable by its owner alone", async () => {
    expect(await checkSecretFile(secretFile, undefined, undefined)).toMatchObject({ state: "ok" });
    expect(await checkSecretFile(secretFile, "aa", undefined)).toMatchObject({ state: "bad" });
    await createKeyFile(secretFile);
    expect(await checkSecretFile(secretFile, "aa", "aa")).toMatchObject({ state: "ok" });
    expect(await checkSecretFile(secretFile, "aa", "bb")).toMatchObject({ state: "bad" });
    expect(await checkSecretFile(secretFile, undefined, undefined)).toMatchObject({ state: "bad" });
    chmodSync(secretFile, 0o640);
    expect(await checkSecretFile(secretFile, "aa", "aa")).toMatchObject({ state: "bad" });
  });

  test("has its free space told, also before the data folder is there", async () => {
    expect((await checkDisk(path.join(folder, "a", "b"))).text).toContain(`GiB free at ${folder}`);
  });
});

describe("the server's state", () => {
  const good: ServerState = {
    version: "18.1",
    version_number: 180_001,
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    login: "panelwright_app",
    may_change_postings: false,
    guards: 2,
    connections_max: 97,
    connections_used: 20,
    clock_offset: "",
  };
  const server = { kind: "server", url: "postgres://example.com/panel" } as const;

  test("is fine where everything is as it should be", () => {
    expect(checkServer(server, good)).toMatchObject({ state: "ok" });
    expect(checkDurability(good)).toMatchObject({ state: "ok" });
    expect(checkDurability({ ...good, synchronous_commit: "remote_apply" }).state).toBe("ok");
    expect(checkGuards(good)).toMatchObject({ state: "ok" });
    expect(checkConnections(good)).toMatchObject({ state: "ok" });
  });

  test("is bad with an old server, or where confirmed orders can be lost", () => {
    expect(checkServer(server, { ...good, version_number: 140_011 }).state).toBe("bad");
    for (const name of ["fsync", "synchronous_commit", "full_page_writes"] as const) {
      expect(checkDurability({ ...good, [name]: "off" })).toMatchObject({
        state: "bad",
        text: expect.stringContaining(name),
      });
    }
  });

  test("is bad without the postings' triggers, a warning without the application's role", () => {
    expect(checkGuards({ ...good, guards: 1 }).state).toBe("bad");
    expect(checkGuards({ ...good, may_change_postings: true }).state).toBe("warn");
  });

  test("warns before the connections run out", () => {
    expect(checkConnections({ ...good, connections_used: 90 }).state).toBe("warn");
    expect(checkConnections({ ...good, connections_used: 96 }).state).toBe("bad");
  });
});

describe("a panel", () => {
  const panel = testPanel();
  const stateOf = (findings: readonly Finding[], name: string) =>
    findings.find((finding) => finding.name === name)?.state;
  const examine = () =>
    runDoctor(
      { place: panel.database.place, dataFolder: folder, secretFile },
      async () => panel.ctx,
    );
  let owner: Awaited<ReturnType<typeof connect>>;
  beforeAll(async () => {
    owner = await connect(panel.database.ownerSettings);
  });
  afterAll(() => owner.end());

  test("that is healthy has nothing bad; what is missing is said with what to do", async () => {
    const { ok, checks } = await examine();

    expect(checks.filter((check) => check.state === "bad")).toEqual([]);
    expect(ok).toBe(true);
    expect(checks.map((check) => check.name)).toEqual([
      "node",
      "data folder",
      "disk",
      "database",
      "durability",
      "writes",
      "postings",
      "schema",
      "ledger",
      "encryption key",
      "encrypted fields",
      "stock",
      "worker",
      "providers",
      "desk",
      "products",
      "connections",
      "clock",
      "due times",
      "backup",
    ]);
    expect(stateOf(checks, "worker")).toBe("warn");
    expect(stateOf(checks, "backup")).toBe("warn");
    for (const check of checks.filter((one) => one.state !== "ok")) {
      expect(check.advice).toEqual(expect.any(String));
    }
  });

  test("has its last backup known by age", async () => {
    const file = path.join(folder, "panel.backup");
    must(await backup(panel.database, tester, { file, secretFile }));
    expect(await checkBackup(panel.ctx)).toMatchObject({ state: "ok" });

    await owner.query("update audit_entries set at = at - interval '8 days'");
    expect(await checkBackup(panel.ctx)).toMatchObject({
      state: "warn",
      text: expect.stringMatching(/8\.0 days/),
    });
  });

  test("has its worker seen, and is bad where due orders lie for long without one", async () => {
    const customer = await panel.addCustomer();
    const service = await panel.addService();
    const link = "https://example.com/";
    await panel.api({ key: customer.key, action: "add", service, link, quantity: 100 });
    expect(await checkWorker(panel.ctx)).toMatchObject({ state: "warn" });
    await panel.ctx.db.query("update tasks set due_at = due_at - interval '20 minutes'");
    expect(await checkWorker(panel.ctx)).toMatchObject({ state: "bad" });

    await panel.ctx.db.query("delete from tasks");
    const worker = await panel.openAnother(["worker"]);
    expect(await checkWorker(panel.ctx)).toMatchObject({ state: "ok" });
    await worker.close();
    expect(await checkWorker(panel.ctx)).toMatchObject({ state: "warn" });
  });

  test("with a missing key file, a turned clock or switched-off triggers is bad", async () => {
    must(await openSecrets(panel.ctx.db, secretFile));
    expect(stateOf((await examine()).checks, "encryption key")).toBe("ok");
    rmSync(secretFile);
    await owner.query("alter table postings disable trigger user");
    const { ok, checks } = await examine();
    await owner.query("alter table postings enable trigger user");

    expect(ok).toBe(false);
    expect(stateOf(checks, "encryption key")).toBe("bad");
    expect(stateOf(checks, "postings")).toBe("bad");
    const state = await readServerState(panel.ctx.db);
    const turned = await checkClock(panel.ctx, { ...state, clock_offset: "3 hours" });
    expect(turned).toMatchObject({ state: "bad" });
    const late: Context = { ...panel.ctx, clock: { now: () => panel.ctx.clock.now() - 60_000 } };
    expect(await checkClock(late, state)).toMatchObject({ state: "bad" });
    const slow: Context = { ...panel.ctx, clock: { now: () => panel.ctx.clock.now() + 5000 } };
    expect(await checkClock(slow, state)).toMatchObject({ state: "warn" });
  });

  test("whose ledger does not add up is bad", async () => {
    await owner.query(
      `insert into postings (account_id, seq, kind, counter, direction, amount, balance_after,
                             balance_floor, idempotency_key)
       values (999999, 1, 'deposit', 'cash', 1, 5, 5, 0, 'orphan')`,
    );
    expect(await checkLedger(panel.ctx)).toMatchObject({
      state: "bad",
      text: expect.stringMatching(/999999/),
    });

    await owner.query("begin");
    await owner.query("alter table postings disable trigger user");
    await owner.query("delete from postings where account_id = 999999");
    await owner.query("alter table postings enable trigger user");
    await owner.query("commit");
    expect(await checkLedger(panel.ctx)).toMatchObject({ state: "ok" });
  });

  test("whose database cannot be reached is bad, in words", async () => {
    const { ok, checks } = await runDoctor(
      { place: panel.database.place, dataFolder: folder, secretFile },
      () =>
        Promise.reject(new Error("The database cannot be used", { cause: new Error("refused") })),
    );

    expect(ok).toBe(false);
    const finding = checks.find((check) => check.name === "database");
    expect(finding).toMatchObject({ state: "bad" });
    expect(finding?.text).toContain("The database cannot be used: refused");
  });
});
