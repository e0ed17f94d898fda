import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { clusterOf, serverLogOf } from "./places.ts";
import { isRunning, listServersOf, sendSignal, waitUntilEnded } from "./process-table.ts";
import {
  cleanUp,
  closeClient,
  keepSeven,
  keeperOf,
  killNow,
  openClient,
  postmasterOf,
  processesOf,
  query,
  queryWhenUp,
  until,
} from "#test/embedded/panel.ts";

/** Most tests use this one folder after each other, because making a database takes a second. */
const used = mkdtempSync(join(tmpdir(), "panelwright-crash-"));

vi.setConfig({ testTimeout: 30_000 });
beforeAll(async () => {
  chmodSync(used, 0o711);
  const { client } = await openClient(used);
  await closeClient(client);
}, 60_000);
afterEach(() => cleanUp([used]), 30_000);
afterAll(() => rmSync(used, { recursive: true, force: true }));

describe("after kill -9", () => {
  test("of the keeper its client learns it, the server ends, and opening again works", async () => {
    const { client, connection } = await openClient(used, "api");
    await query(connection, keepSeven);
    const postmaster = postmasterOf(used);

    await killNow([keeperOf(used)]);
    const said = await client.next();
    const again = await openClient(used, "api");
    const rows = await query(again.connection, "select n from kept");
    const isOldServerRunning = isRunning(postmaster);
    await closeClient(again.client);

    expect(said?.event).toBe("lost");
    expect(rows).toEqual([{ n: 7 }]);
    expect(isOldServerRunning).toBe(false);
  });

  test("of the keeper and all clients the server does not run on", async () => {
    const { client } = await openClient(used);
    const postmaster = postmasterOf(used);

    client.kill();
    await killNow([keeperOf(used)]);

    expect(await waitUntilEnded([postmaster], 10_000)).toBe(true);
    await until("its children ended", () => processesOf(used).length === 0);
  });

  test("of the postmaster the keeper starts it again for the same client", async () => {
    const { client, connection } = await openClient(used);
    await query(connection, keepSeven);
    const postmaster = postmasterOf(used);

    await killNow([postmaster]);
    const rows = await queryWhenUp(connection, "select n from kept");
    const next = postmasterOf(used);
    await closeClient(client); // It says "closed", so it was never lost.

    expect(rows).toEqual([{ n: 7 }]);
    expect(next).not.toBe(postmaster);
  });

  test("of the postmaster and its children the keeper starts it again", async () => {
    const { client, connection } = await openClient(used);
    await query(connection, keepSeven);

    await killNow(listServersOf(clusterOf(used)));
    const rows = await queryWhenUp(connection, "select n from kept");
    await closeClient(client);

    expect(rows).toEqual([{ n: 7 }]);
  });

  test("of the postmaster alone a busy child does not keep the next one from starting", async () => {
    const { client, connection } = await openClient(used);
    const busy = query(
      connection,
      "do $$ declare i int8 := 0; begin loop i := i + 1; end loop; end $$",
    ).catch(() => []);
    const isBusy = async (): Promise<boolean> => {
      const sql = "select 1 from pg_stat_activity where query like 'do $$%' and state = 'active'";
      return (await query(connection, sql)).length === 1;
    };
    while (!(await isBusy())) await new Promise(setImmediate);

    await killNow([postmasterOf(used)]);
    const rows = await queryWhenUp(connection, "select 1 as one");
    await busy;
    await closeClient(client);

    expect(rows).toEqual([{ one: 1 }]);
  });

  test("of all of them at once an immediate start has every committed row", async () => {
    const { client, connection } = await openClient(used, "api,web,worker");
    await query(connection, "drop table if exists kept; create table kept (n int)");
    for (let n = 0; n < 20; n += 1) await query(connection, `insert into kept values (${n})`);

    client.kill();
    for (const pid of processesOf(used)) sendSignal(pid, "SIGKILL");
    const { client: next, connection: nextConnection } = await openClient(used, "api,web,worker");
    const rows = await query(nextConnection, "select count(*)::int as count from kept");
    await closeClient(next);

    expect(rows).toEqual([{ count: 20 }]);
  });

  test("a server that outlived its keeper is stopped by the next start", async () => {
    const { client, connection } = await openClient(used);
    await query(connection, keepSeven);
    const postmaster = postmasterOf(used);
    const watchdogs = processesOf(used).filter((pid) => commandOf(pid).includes("watchdog"));

    await killNow([...watchdogs, keeperOf(used)]);
    const hasOutlived = isRunning(postmaster);
    client.kill();
    const { client: next, connection: nextConnection } = await openClient(used);
    const rows = await query(nextConnection, "select n from kept");
    const isOldServerRunning = isRunning(postmaster);
    await closeClient(next);

    expect(watchdogs).toHaveLength(1);
    expect(hasOutlived).toBe(true);
    expect(rows).toEqual([{ n: 7 }]);
    expect(isOldServerRunning).toBe(false);
  });

  test("a lock file that names another program's process does not keep it from starting", async () => {
    const stale = [process.pid, clusterOf(used), 1, 5432, "/nowhere", "", "1 1", "ready"];
    writeFileSync(join(clusterOf(used), "postmaster.pid"), `${stale.join("\n")}\n`);

    const { client, connection } = await openClient(used);
    const rows = await query(connection, "select 1 as one");
    await closeClient(client);

    expect(rows).toEqual([{ one: 1 }]);
  });
});

test("SIGTERM to the keeper stops the server cleanly, and its client learns it", async () => {
  const stopsBefore = cleanStops();
  const { client } = await openClient(used);

  const keeper = keeperOf(used);
  sendSignal(keeper, "SIGTERM");
  await until("the door is closed", () => !existsSync(join(used, "run", "keeper.sock")));
  sendSignal(keeper, "SIGTERM"); // The second one: do not give the client time to go.
  const said = await client.next();

  expect(said?.event).toBe("lost");
  expect(processesOf(used)).toEqual([]);
  expect(cleanStops() - stopsBefore).toBe(1);
});

/** How often the server of the used folder has stopped cleanly. */
function cleanStops(): number {
  const log = readFileSync(serverLogOf(used), "utf8");
  return log.split("database system is shut down").length - 1;
}

function commandOf(pid: number): string {
  return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
}
