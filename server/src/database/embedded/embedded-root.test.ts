import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { canEnter, findAccount, isRoot } from "./accounts.ts";
import type { Connection } from "./messages.ts";
import { clusterOf } from "./places.ts";
import { runProgram } from "./run-program.ts";
import type { Account } from "./run-program.ts";
import {
  cleanUp,
  closeClient,
  keepSeven,
  makeTestFolder,
  openClient,
  postmasterOf,
  query,
  removeLater,
  startClient,
} from "#test/embedded/panel.ts";

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

  test("the server runs as a user that nobody is, and the cluster is that user's alone", async () => {
    const { home, connection, client } = await openHome();
    const { uid } = statSync(clusterOf(home));
    const running = execFileSync("ps", ["-o", "uid=", "-p", String(postmasterOf(home))]);
    const others = execFileSync("find", [clusterOf(home), "!", "-uid", String(uid)]);
    const { mode } = statSync(clusterOf(home));
    await query(connection, "select 1");
    await closeClient(client);

    expect(Number(String(running))).toBe(uid);
    expect(uid).toBeGreaterThan(60_000);
    expect(uid).toBeLessThan(65_000);
    expect(await findAccount(uid)).toBeUndefined();
    expect(String(others)).toBe("");
    expect(mode & 0o777).toBe(0o700);
  });

  test.each(["nobody", "daemon"])(
    "%s does not get in, neither to the socket nor behind it",
    async (name) => {
      const { home, connection, client } = await openHome();
      const account = (await findAccount(name)) ?? failNow();
      const closed = await knockAs(account, connection);
      // As if somebody had opened the folders: the server itself asks who is there.
      chmodSync(connection.host, 0o777);
      chmodSync(join(connection.host, ".s.PGSQL.5432"), 0o777);
      const open = await knockAs(account, connection);
      const openAsApp = await knockAs(account, connection, "panelwright_app");
      const openAsOther = await knockAs(account, connection, "postgres");
      const itself = await knockAs(await ownerOf(home), connection);
      expect(await query(connection, "select 1 as one")).toEqual([{ one: 1 }]);
      await closeClient(client);
      // The next start closes them again.
      const again = await openClient(home);
      expect(statSync(connection.host).mode & 0o777).toBe(0o700);
      await closeClient(again.client);

      expect(closed).toMatch(/EACCES|EPERM/);
      expect(open).toContain("Peer authentication failed");
      expect(openAsApp).toContain("Peer authentication failed");
      expect(openAsOther).toContain("pg_hba.conf rejects");
      expect(itself).toMatch(/could not look up|Peer authentication failed/);
    },
  );

  test("a database that the shared user had is taken over, whole, also after a crash halfway", async () => {
    const { home, connection, client } = await openHome();
    await query(connection, keepSeven);
    await closeClient(client);
    const cluster = clusterOf(home);
    for (const owners of [[["-R", "nobody"]], [["-R", "nobody"], ["root"]]]) {
      for (const words of owners) execFileSync("chown", [...words, cluster]);
      const opened = await openClient(home);
      const rows = await query(opened.connection, "select n from kept");
      const { uid } = statSync(cluster);
      const others = execFileSync("find", [cluster, "!", "-uid", String(uid)]);
      await closeClient(opened.client);

      expect(rows).toEqual([{ n: 7 }]);
      expect(await findAccount(uid)).toBeUndefined();
      expect(String(others)).toBe("");
    }
  });

  test("a database of the shared user that reaches elsewhere is refused in words, and left alone", async () => {
    const { home, client } = await openHome();
    await closeClient(client);
    const cluster = clusterOf(home);
    const outside = join(home, "outside");
    const inside = join(cluster, "pg_tblspc", "1");
    writeFileSync(outside, "");
    const nobody = (await findAccount("nobody")) ?? failNow();
    for (const reach of [symlinkSync, linkSync]) {
      reach(outside, inside);
      execFileSync("chown", ["-R", "-h", "nobody", cluster]);
      chownSync(outside, 0, 0);

      const said = await startClient(home).next();

      expect(said?.event).toBe("refused");
      expect(said?.text).toContain("links to other places");
      expect(statSync(cluster).uid).toBe(nobody.uid);
      expect(statSync(outside).uid).toBe(0);
      rmSync(inside);
    }
  });

  test("in an ordinary user's folder nothing comes to belong to root, and no third one gets in", async ({
    skip,
  }) => {
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
    // Nor does another ordinary user get in, should the folders be opened.
    for (const each of [folder, join(folder, "run"), connection.host]) chmodSync(each, 0o777);
    chmodSync(join(connection.host, ".s.PGSQL.5432"), 0o777);
    const nobody = (await findAccount("nobody")) ?? failNow();
    expect(await knockAs(nobody, connection)).toContain("Peer authentication failed");
    await closeClient(client);

    expect(rows).toEqual([{ one: 1 }]);
    expect(owners).toBe("");
  });
});

/** A data folder in which the database lies as well. */
async function openHome() {
  const home = makeTestFolder();
  return { home, ...(await openClient(home)) };
}

async function ownerOf(home: string): Promise<Account> {
  const { uid, gid } = statSync(clusterOf(home));
  return { uid, gid, name: "the server" };
}

/** What the server says to a user of this computer who calls at its socket; else what kept them away. */
async function knockAs(
  account: Account,
  { host, port }: Connection,
  role = "panelwright_owner",
): Promise<string> {
  const asked = Buffer.from(`user\0${role}\0database\0panelwright\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(asked.length + 8, 0);
  head.writeInt32BE(0x30000, 4);
  const path = join(host, `.s.PGSQL.${port}`);
  // A shell and what every computer has: Node.js may lie where this user does not get.
  const script =
    'test -x "$1" || echo EACCES; perl -MIO::Socket::UNIX -e \'$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!"; print $s pack("H*", $ARGV[1]); $s->flush; sysread($s, $b, 1000); print $b\' "$2" "$3"';
  const hex = Buffer.concat([head, asked]).toString("hex");
  const ran = await runProgram("/bin/sh", ["-c", script, "sh", host, path, hex], {
    account,
    limitMs: 10_000,
  });
  return ran.output;
}

function failNow(): never {
  throw new Error("no client was opened");
}
