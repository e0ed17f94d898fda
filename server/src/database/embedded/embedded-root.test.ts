import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { canEnter, findAccount, isRoot } from "./accounts.ts";
import { clusterOf } from "./places.ts";
import {
  cleanUp,
  closeClient,
  keepSeven,
  makeTestFolder,
  openClient,
  query,
  removeLater,
  startClient,
} from "./test-panel.ts";

vi.setConfig({ testTimeout: 30_000 });
afterEach(() => cleanUp(), 30_000);

describe.runIf(isRoot())("as root", () => {
  test("a data folder that the server's user cannot enter has its database elsewhere", async () => {
    const folder = makeTestFolder(0o700);

    const { client, notes, connection } = await openClient(folder);
    const home = readFileSync(join(folder, "postgres.location"), "utf8").trim();
    removeLater(home);
    await query(connection, keepSeven);
    await closeClient(client);
    const second = await openClient(folder);
    const rows = await query(second.connection, "select n from kept");
    await closeClient(second.client);

    expect(home).toMatch(/^\/var\/lib\/panelwright\/[0-9a-f]{12}$/);
    expect(notes.join()).toContain(home);
    expect(second.notes).toEqual(notes);
    expect(rows).toEqual([{ n: 7 }]);
  });

  test("ten at once agree on where it is, and a new folder of that name begins empty", async () => {
    const folder = makeTestFolder(0o700);

    const opened = await Promise.all(Array.from({ length: 10 }, () => openClient(folder)));
    const homes = new Set(opened.map(({ connection }) => connection.host));
    const home = readFileSync(join(folder, "postgres.location"), "utf8").trim();
    removeLater(home);
    await query(opened[0]?.connection ?? failNow(), keepSeven);
    for (const { client } of opened) await closeClient(client);
    rmSync(folder, { recursive: true });
    mkdirSync(folder, { mode: 0o700 });
    const { client, connection } = await openClient(folder);
    const nextHome = readFileSync(join(folder, "postgres.location"), "utf8").trim();
    removeLater(nextHome);
    const rows = await query(connection, "select to_regclass('kept') as kept");
    await closeClient(client);

    expect(homes.size).toBe(1);
    expect(nextHome).toBe(`${home}-2`);
    expect(rows).toEqual([{ kept: null }]);
  });

  test("a folder that is closed later is refused, and not begun anew elsewhere", async () => {
    const folder = makeTestFolder(0o700);
    mkdirSync(clusterOf(folder));
    writeFileSync(join(clusterOf(folder), "PG_VERSION"), "18\n");

    const said = await startClient(folder).next();

    expect(said?.event).toBe("refused");
    expect(said?.text).toContain("cannot get in there any more");
    expect(existsSync(join(folder, "postgres.location"))).toBe(false);
  });

  test("in an ordinary user's folder nothing comes to belong to root", async ({ skip }) => {
    const daemon = await findAccount("daemon");
    // A clone in a home that is closed to others keeps its program from that user: the database is
    // then root's, elsewhere.
    const canRun = daemon !== undefined && (await canEnter(daemon, import.meta.dirname));
    skip(!canRun, "this clone is closed to other users");
    const folder = makeTestFolder(0o700);
    execFileSync("chown", ["daemon", folder]);

    const { client, connection } = await openClient(folder);
    const rows = await query(connection, "select 1 as one");
    const owners = execFileSync("find", [folder, "!", "-user", "daemon"], { encoding: "utf8" });
    await closeClient(client);

    expect(rows).toEqual([{ one: 1 }]);
    expect(owners).toBe("");
  });
});

function failNow(): never {
  throw new Error("no client was opened");
}
