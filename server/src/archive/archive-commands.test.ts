import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDemo } from "#demo/make-demo.ts";
import { openSecrets } from "#secrets/open-secrets.ts";
import { tester } from "#test/actors.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { must, testPanel } from "#test/panel.ts";

const mainFile = path.resolve(import.meta.dirname, "../main.ts");

const panel = testPanel();
let target: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "panel-commands-"));
  target = await createTestDatabase();
  must(await openSecrets(panel.ctx.db, path.join(folder, "secret.key")));
});
afterAll(async () => {
  await target.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program as a person would, in the test's own folder. */
async function run(
  url: string,
  args: readonly string[],
): Promise<{ exitCode: number; out: string; json: unknown; words: string }> {
  const env = { PATH: process.env["PATH"], PANEL_DATABASE_URL: url, PANEL_DATA: folder };
  const child = spawn(process.execPath, [mainFile, ...args], { cwd: folder, env });
  const ended = once(child, "close");
  const [out, words] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = (await ended) as [number];
  const json: unknown = args.includes("--json") ? JSON.parse(out) : undefined;
  return { exitCode, out, json, words };
}

test("backup, restore, doctor and demo say what they did, and why not", async () => {
  must(await makeDemo(panel.ctx, tester));
  const { url } = panel.database;

  const written = await run(url, ["backup", "panel.backup"]);
  expect(written).toMatchObject({ exitCode: 0, words: "" });
  expect(written.out).toContain(`Keep ${path.join(folder, "secret.key")} as well`);
  expect(await run(url, ["backup", "panel.backup", "--json"])).toMatchObject({
    exitCode: 1,
    json: { code: "file_exists" },
  });
  expect(await run(url, ["backup", "panel.backup", "--force", "--json"])).toMatchObject({
    exitCode: 0,
    json: { file: path.join(folder, "panel.backup"), tables: { services: 20 } },
  });

  expect(await run(url, ["restore", "panel.backup", "--json"])).toMatchObject({
    exitCode: 1,
    json: { code: "panel_not_empty" },
  });
  const restored = await run(target.url, ["restore", "panel.backup", "--json"]);
  expect(restored).toMatchObject({
    exitCode: 0,
    json: { restored: true, without_secret: false, skipped: expect.any(Number) },
  });
  const { skipped, next_order: next } = restored.json as { skipped: number; next_order: number };
  expect(skipped).toBeGreaterThanOrEqual(100_000);
  expect(next).toBeGreaterThan(skipped);
  truncateSync(path.join(folder, "panel.backup"), 1000);
  expect(await run(target.url, ["restore", "panel.backup"])).toMatchObject({
    exitCode: 1,
    words: expect.stringContaining("not whole"),
  });

  expect(await run(target.url, ["doctor", "--json"])).toMatchObject({
    exitCode: 0,
    json: { ok: true, checks: expect.any(Array) },
  });
  const unreachable = "postgres://nobody@127.0.0.1:1/panel";
  expect(await run(unreachable, ["doctor", "--json"])).toMatchObject({
    exitCode: 1,
    json: { ok: false },
  });

  expect(await run(target.url, ["demo", "create", "--json"])).toMatchObject({
    exitCode: 1,
    json: { code: "demo_not_here" },
  });
  expect(await run(target.url, ["demo", "remove", "--json"])).toMatchObject({
    exitCode: 0,
    json: { removed: true, services: 20, disabled: [] },
  });
  expect(await run(target.url, ["demo", "remove"])).toMatchObject({ exitCode: 1 });
});
