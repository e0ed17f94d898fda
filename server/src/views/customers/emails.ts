import { sql } from "kysely";
import { readRows, tables } from "#database/reading.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId } from "#values/ids.ts";

/** The addresses of these accounts' holders. For a test account, its customer's. */
export async function emailsOf(
  db: Queryable,
  accounts: readonly AccountId[],
): Promise<ReadonlyMap<number, string | null>> {
  const rows = await readRows(
    db,
    tables
      .selectFrom("customers as c")
      .innerJoin("customers as owner", (join) =>
        join.on("owner.account_id", "=", sql<number>`coalesce(c.test_of, c.account_id)`),
      )
      .select(["c.account_id", "owner.email"])
      .where("c.account_id", "=", sql<number>`any (${[...new Set(accounts)]}::bigint[])`),
  );
  return new Map(rows.map(({ account_id: id, email }) => [id, email]));
}
