import { globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { knownStatements } from "#database/statement.ts";
import { createTestDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";

const source = path.join(import.meta.dirname, "../src");

// What the application is not allowed to do and never does: backup, restore and the like.
const ofTheOwner = /^(archive|demo)\./;

for (const file of globSync("**/*.sql.ts", { cwd: source })) {
  await import(path.join(source, file));
}

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

describe("every hand-written statement", () => {
  test.each([...knownStatements().keys()])(
    "%s fits the schema and the role that runs it",
    async (name) => {
      const known = knownStatements().get(name);
      if (database === undefined || known === undefined) throw new Error("not ready");
      const { ownerSettings, settings } = database;
      const connection = await connect(ofTheOwner.test(name) ? ownerSettings : settings);
      try {
        // Preparing reads the columns and types; explaining an execution checks the rights as well.
        await connection.query(`prepare tried as ${known.text}`);
        const { rows } = await connection.query<{ count: number }>(
          "select cardinality(parameter_types) as count from pg_prepared_statements",
        );
        const nulls = Array.from({ length: rows[0]?.count ?? 0 }, () => "null").join(", ");
        await connection.query(`explain execute tried${nulls === "" ? "" : `(${nulls})`}`);
        expect(rows).toHaveLength(1);
      } finally {
        await connection.end();
      }
    },
  );
});
