import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import type { Compilable } from "kysely";
import type { ReadonlyKysely } from "kysely/readonly";
import type { QueryResultRow } from "pg";
import type { SchemaRows } from "./schema-types.ts";
import type { Queryable } from "./statement.ts";

/**
 * Begins a query whose clauses depend on what is asked. It is typed by the schema, so it knows
 * tables and columns, and it can only read. It has no connection of its own: `readRows` runs the
 * finished query.
 */
export const tables = new Kysely<SchemaRows>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    // A builder's own `execute()` must not pass for an empty list.
    createDriver: () =>
      Object.assign(new DummyDriver(), {
        acquireConnection: () => Promise.reject(new Error("run it with readRows")),
      }),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
}) as unknown as ReadonlyKysely<SchemaRows>;

/**
 * Runs the query on one of the panel's own connections. It is not prepared under a name: there are
 * as many texts as combinations of filters, and each would stay on its connection for good.
 * Besides, a plan that knows the values is better here.
 */
export async function readRows<Row extends QueryResultRow>(
  db: Queryable,
  query: Compilable<Row>,
): Promise<Row[]> {
  const { sql, parameters } = query.compile();
  return (await db.query<Row>({ text: sql, values: [...parameters] })).rows;
}
