import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { connect } from "#database/connection.ts";
import { tester } from "#test/actors.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { must } from "#test/panel.ts";
import { backup } from "./backup.ts";
import { openArchive } from "./read-archive.ts";
import { restore } from "./restore.ts";

const serverFolder = path.resolve(import.meta.dirname, "../..");

let database: TestDatabase;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "panel-backup-"));
  file = path.join(folder, "panel.backup");
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const drafts = () => readdirSync(folder).filter((name) => name.endsWith(".partial"));

/** Runs `work` while the last table cannot be read, so that a backup stands still on its way. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const holder = await connect(database.ownerSettings);
  await holder.query("begin; lock table tasks, refills, services in access exclusive mode");
  try {
    await work();
  } finally {
    await holder.end();
  }
}

test("a backup that is killed leaves no file under the name", async () => {
  await whileHeld(async () => {
    const program = `
      import { backup } from "#archive/backup.ts";
      await backup(${JSON.stringify({ ownerSettings: database.ownerSettings })}, ${JSON.stringify(tester)},
        ${JSON.stringify({ file, secretFile: "secret.key" })});`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: serverFolder,
      stdio: "inherit",
    });
    const ended = once(child, "exit");
    await vi.waitFor(() => expect(drafts()).toHaveLength(1), 30_000);
    child.kill("SIGKILL");
    await ended;
  });

  expect(readdirSync(folder)).not.toContain("panel.backup");
  // The next one is not disturbed by what the killed one left.
  must(await backup(database, tester, { file, secretFile: "secret.key" }));
  await openArchive(file);
  rmSync(file);
  for (const draft of drafts()) rmSync(path.join(folder, draft));
});

test("a backup that loses its connection fails and leaves nothing behind", async () => {
  await whileHeld(async () => {
    const failing = backup(database, tester, { file, secretFile: "secret.key" });
    const outcome = failing.then(
      () => "written",
      () => "failed",
    );
    const owner = await connect(database.ownerSettings);
    await vi.waitFor(async () => {
      const { rowCount } = await owner.query(
        `select pg_terminate_backend(pid)
           from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query ~ '^copy'`,
      );
      expect(rowCount).toBe(1);
    }, 30_000);
    await owner.end();

    expect(await outcome).toBe("failed");
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that cannot be written or read is refused in words", async () => {
  const nowhere = path.join(folder, "missing", "panel.backup");
  const options = { file: nowhere, secretFile: "secret.key" };
  const written = await backup(database, tester, options);
  expect(written).toMatchObject({ ok: false, refusal: { code: "file_unwritable" } });

  for (const file of [nowhere, folder]) {
    const restored = await restore(database, tester, { ...options, file });
    expect(restored).toMatchObject({ ok: false, refusal: { code: "file_unreadable" } });
  }
});
