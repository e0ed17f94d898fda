import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { openEmbedded } from "./embedded.ts";
import { clusterOf, serverLogOf } from "./places.ts";
import { isRunning } from "./process-table.ts";
import {
  cleanUp,
  closeClient,
  keeperOf,
  killNow,
  makeTestFolder,
  openClient,
  processesOf,
  query,
  startClient,
  until,
} from "#test/embedded/panel.ts";

/** Most tests use this one folder after each other, because making a database takes a second. */
const used = mkdtempSync(join(tmpdir(), "panelwright-used-"));

vi.setConfig({ testTimeout: 30_000 });
beforeAll(async () => {
  chmodSync(used, 0o711);
  const { client } = await openClient(used);
  await closeClient(client);
}, 60_000);
afterEach(() => cleanUp([used]), 30_000);
afterAll(() => rmSync(used, { recursive: true, force: true }));

describe("the database", () => {
  test("is made in an unused folder as money needs it, and keeps what was committed", async () => {
    const folder = join(makeTestFolder(), "not yet there");
    const lines: string[] = [];

    const first = await openEmbedded({
      dataFolder: folder,
      roles: ["api", "web", "worker"],
      log: (line) => lines.push(line),
    });
    await query(first.connection, "drop table if exists kept; create table kept (n int)");
    await query(first.connection, "insert into kept values (7)");
    const settings = await query(
      first.connection,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes',
        'synchronous_commit', 'data_checksums', 'listen_addresses', 'max_connections', 'jit',
        'server_encoding', 'max_wal_size', 'checkpoint_timeout', 'log_statement') order by name`,
    );
    const [self] = await query(
      first.connection,
      `select current_user as role, current_database() as name, rolsuper as "isSuper",
              datlocprovider as provider, datlocale as locale, 'Ж' ~ '\\w' as "knowsLetters"
         from pg_roles, pg_database
        where rolname = current_user and datname = current_database()`,
    );
    await first.close();
    const second = await openEmbedded({ dataFolder: folder, roles: ["command"] });
    const rows = await query(second.connection, "select n from kept");
    await second.close();

    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      checkpoint_timeout: "900",
      data_checksums: "on",
      fsync: "on",
      full_page_writes: "on",
      jit: "off",
      listen_addresses: "",
      log_statement: "none",
      max_connections: "120",
      max_wal_size: "2048",
      server_encoding: "UTF8",
      synchronous_commit: "on",
    });
    expect(self).toEqual({
      role: "panelwright_owner",
      name: "panelwright",
      isSuper: true,
      provider: "b",
      locale: "C.UTF-8",
      knowsLetters: true,
    });
    expect(rows).toEqual([{ n: 7 }]);
    expect(processesOf(folder)).toEqual([]);
  });

  test("is reached through a folder that only its own user may enter", async () => {
    const { client, connection } = await openClient(used);
    const sockets = lstatSync(connection.host);
    const cluster = statSync(clusterOf(used));
    await closeClient(client);

    expect(sockets.isDirectory()).toBe(true);
    expect(sockets.mode & 0o777).toBe(0o700);
    expect(sockets.uid).toBe(cluster.uid);
    expect(cluster.uid).not.toBe(0);
  });

  test("is reached in a folder whose path is too long for a socket", async () => {
    const folder = join(makeTestFolder(), "long".repeat(30));

    const { client, connection } = await openClient(folder);
    const rows = await query(connection, "select 1 as one");
    await closeClient(client);

    expect(rows).toEqual([{ one: 1 }]);
    expect(connection.host.startsWith("/tmp/panelwright-")).toBe(true);
    expect(existsSync(connection.host)).toBe(false);
  });

  test("stays unmade when everything is killed while it is made, and is made then", async () => {
    const folder = makeTestFolder();
    const client = startClient(folder);
    const isHalfMade = (): boolean =>
      readdirSync(folder).some(
        (name) =>
          name.startsWith("postgres.init-") && existsSync(join(folder, name, "cluster", "base")),
      );
    await until("a half made cluster", isHalfMade);

    client.kill();
    await killNow(processesOf(folder));
    const hasCluster = existsSync(clusterOf(folder));
    const { client: next, connection } = await openClient(folder);
    const rows = await query(connection, "select 1 as one");
    await closeClient(next);

    expect(hasCluster).toBe(false);
    expect(rows).toEqual([{ one: 1 }]);
    expect(readdirSync(folder).filter((name) => name.startsWith("postgres.init-"))).toEqual([]);
  });

  test("of another major version is refused with the way out", async () => {
    const folder = makeTestFolder();
    mkdirSync(clusterOf(folder));
    writeFileSync(join(clusterOf(folder), "PG_VERSION"), "17\n");

    const said = await startClient(folder).next();

    expect(said?.event).toBe("refused");
    expect(said?.text).toMatch(/PostgreSQL 17.*PostgreSQL 18.*backup.*restore/);
  });

  test("is not made over files that are no database", async () => {
    const folder = makeTestFolder();
    mkdirSync(clusterOf(folder));
    writeFileSync(join(clusterOf(folder), "something"), "");

    const said = await startClient(folder).next();

    expect(said?.event).toBe("refused");
    expect(said?.text).toContain("holds files, but no database");
  });

  test("that cannot start shows the end of the server's log, and starts when it can", async () => {
    const custom = join(used, "postgres-custom.conf");
    writeFileSync(custom, "shared_buffers = 8000GB\n");
    chmodSync(custom, 0o644);

    const said = await startClient(used).next();
    rmSync(custom);
    const { client } = await openClient(used);
    await closeClient(client);

    expect(said?.event).toBe("failed");
    expect(said?.text).toMatch(/did not start[^]*could not map anonymous shared memory/);
  });

  test("logs nothing of what a statement holds", async () => {
    const { client, connection } = await openClient(used);

    await query(
      connection,
      "drop table if exists secrets; create table secrets (word text primary key)",
    );
    await query(connection, "insert into secrets values ('open sesame')");
    await expect(query(connection, "insert into secrets values ('open sesame')")).rejects.toThrow();
    await closeClient(client);

    const log = readFileSync(serverLogOf(used), "utf8");
    expect(log).toContain("violates unique constraint");
    expect(log).not.toContain("sesame");
  });
});

describe("clients", () => {
  test("ten at once on an unused folder share one server, which the last one stops", async () => {
    const folder = makeTestFolder();

    const opened = await Promise.all(Array.from({ length: 10 }, () => openClient(folder)));
    const keeper = keeperOf(folder);
    const servers = new Set(
      await Promise.all(
        opened.map(async ({ connection }) => {
          const [row] = await query(connection, "select pg_postmaster_start_time()::text as at");
          return row?.["at"];
        }),
      ),
    );
    for (const { client } of opened.slice(1)) await closeClient(client);
    const isRunningForOne = isRunning(keeper);
    for (const { client } of opened.slice(0, 1)) await closeClient(client);

    expect(servers.size).toBe(1);
    expect(isRunningForOne).toBe(true);
    expect(processesOf(folder)).toEqual([]);
  });

  test("that come and go at random never fail to open", async () => {
    const worker = async (number: number): Promise<number> => {
      let opened = 0;
      for (let round = 0; round < 6; round += 1) {
        const { client } = await openClient(used);
        opened += 1;
        if ((round + number) % 3 === 0) client.kill();
        else await closeClient(client);
      }
      return opened;
    };
    const counts = await Promise.all([1, 2, 3].map(worker));

    expect(counts).toEqual([6, 6, 6]);
  });

  test("a second panel is refused by words, commands are not, and a killed one is followed", async () => {
    const { client: first } = await openClient(used, "api,web,worker");

    const refused = await startClient(used, "worker").next();
    const { client: command } = await openClient(used, "command");
    first.kill();
    const { client: next } = await openClient(used, "api,web,worker");
    await closeClient(next);
    await closeClient(command);

    expect(refused?.event).toBe("refused");
    expect(refused?.text).toContain(used);
    expect(refused?.text).toContain(`process ${first.pid}: api, web, worker`);
    expect(refused?.text).toContain("PANEL_DATA");
    expect(refused?.text).toContain("PANEL_DATABASE_URL");
  });

  test("with different roles share the folder", async () => {
    const { client: api } = await openClient(used, "api,web");
    const { client: worker } = await openClient(used, "worker");
    await closeClient(api);
    await closeClient(worker);

    expect(processesOf(used)).toEqual([]);
  });

  test("the last one stops the server by being killed, and by ending without a word", async () => {
    const stopsBefore = cleanStops();
    const { client: killed } = await openClient(used);
    killed.kill();
    await until("the server stopped", () => processesOf(used).length === 0);
    const { client: ending } = await openClient(used);
    ending.tell("end");
    await ending.ended;
    await until("the server stopped again", () => processesOf(used).length === 0);

    expect(cleanStops() - stopsBefore).toBe(2);
  });
});

/** How often the server of the used folder has stopped cleanly. */
function cleanStops(): number {
  const log = readFileSync(serverLogOf(used), "utf8");
  return log.split("database system is shut down").length - 1;
}
