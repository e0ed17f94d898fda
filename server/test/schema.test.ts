import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SchemaRows } from "#database/schema-types.ts";
import { listCatalogue } from "#schema/catalogue.sql.ts";
import { madeFiles } from "#schema/made-files.ts";
import { createTestDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

// Other versions of PostgreSQL describe the same schema in other words.
const isOther = process.env["PANEL_TEST_DATABASE_URL"] !== undefined;

test.skipIf(isOther)(
  "what is made from the schema is up to date: else run `npm run schema`",
  async () => {
    const files = await madeFiles(database.pool);

    const stale = files.filter(({ file, text }) => readFileSync(file, "utf8") !== text);

    expect(stale.map(({ file }) => path.basename(file))).toEqual([]);
  },
);

test("every table says what it is", async () => {
  const tables = await listCatalogue(database.pool);

  expect(tables.filter(({ comment }) => comment === null).map(({ name }) => name)).toEqual([]);
});

test("the driver gives each type of a column as the schema's types say", async () => {
  await database.pool.query(
    "insert into audit_entries (actor, actor_kind, action, subject, after) values ('a', 'system', 'b', 'c', '[1]')",
  );
  const read = async <Name extends keyof SchemaRows>(name: Name) =>
    (await database.pool.query<SchemaRows[Name]>(`select * from ${name} limit 1`)).rows[0];

  const entry = await read("audit_entries");
  const provider = await read("providers");
  const { rows } = await database.pool.query<Record<string, unknown>>(
    `select 1.5::numeric as amount, '\\x00'::bytea as bytes, gen_random_uuid() as id,
            array[1, 2]::bigint[] as ids, array['a']::text[] as texts, 1.5::float8 as rate,
            1::smallint as direction, 'pending'::order_status as status`,
  );

  expect(entry).toMatchObject({ id: expect.any(Number), actor: "a", after: [1], before: null });
  expect(entry?.at).toBeInstanceOf(Date);
  expect(provider).toMatchObject({ name: expect.any(String), status: "enabled", settings: {} });
  expect(rows[0]).toEqual({
    amount: "1.5",
    bytes: expect.any(Buffer),
    id: expect.any(String),
    ids: [1, 2],
    texts: ["a"],
    rate: 1.5,
    direction: 1,
    status: "pending",
  });
});
