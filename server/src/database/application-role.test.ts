import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applicationRole } from "./application-role.ts";
import { connect } from "./connection.ts";
import { openDatabase } from "./database.ts";
import type { PanelDatabase } from "./database.ts";
import { MigrationRefusal } from "./migrate.ts";
import { commandPools } from "./pool-sizes.ts";

const folder = mkdtempSync(path.join(tmpdir(), "panelwright-role-"));
let database: PanelDatabase;
beforeAll(async () => {
  chmodSync(folder, 0o711);
  database = await openDatabase(
    { kind: "embedded", dataFolder: folder },
    ["command"],
    commandPools(2),
  );
}, 120_000);
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("on the panel's own server", () => {
  test.each(["pool", "hotPool", "workPool", "upkeepPool"] as const)(
    "the application enters as itself by its %s, and no statement makes it more",
    async (name) => {
      const db = database[name];
      const who = "select session_user::text as login, current_user::text as role";
      const itself = { login: applicationRole, role: applicationRole };
      expect((await db.query(who)).rows).toEqual([itself]);
      await db.query("reset role");
      await db.query("reset session authorization");
      expect((await db.query(who)).rows).toEqual([itself]);
      for (const more of [
        "set role panelwright_owner",
        "set session authorization panelwright_owner",
        "alter table postings disable trigger postings_are_append_only",
        "delete from postings",
        "update audit_entries set actor = ''",
        "select pg_read_file('/etc/passwd')",
        "copy settings to program 'true'",
        "create table more (id bigint)",
        "alter role panelwright_app superuser",
      ]) {
        await expect(db.query(more)).rejects.toThrow(/permission denied|must be/);
      }
    },
  );

  test("the application owns nothing", async () => {
    const { rows } = await database.pool.query(
      `select d.classid::regclass::text as kind, d.objid
         from pg_shdepend d
        where d.refobjid = $1::regrole and d.deptype = 'o'`,
      [applicationRole],
    );
    expect(rows).toEqual([]);
  });
});

test("a data folder of a preview from before the first release is refused, and stays as it is", async () => {
  const owner = await connect(database.ownerSettings);
  const first = (name: string) =>
    owner.query("update schema_migrations set name = $1 where version = 1", [name]);
  const { rows: before } = await owner.query("select * from schema_migrations order by version");
  await first("0001_ledger");

  const opened = openDatabase(database.place, ["command"], commandPools(2));

  await expect(opened).rejects.toThrow(MigrationRefusal);
  await expect(opened).rejects.toThrow(/preview of the panel.*empty data folder/);
  await first(String(before[0]?.name));
  const { rows: after } = await owner.query("select * from schema_migrations order by version");
  expect(after).toEqual(before);
  await owner.end();
});
