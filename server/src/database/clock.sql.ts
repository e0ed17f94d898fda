import { statement } from "./statement.ts";
import type { Queryable } from "./statement.ts";

const nowSql = statement<{ now: Date }>("clock.now", "select panel_now() as now");

/** Returns the database's time, by which everything stored is dated. */
export async function findNow(db: Queryable): Promise<Date> {
  return (await nowSql.one(db)).now;
}
