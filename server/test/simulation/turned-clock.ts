import { connect } from "#database/connection.ts";
import type { Context } from "#database/context.ts";
import type { TestDatabase } from "#test/database.ts";
import type { Clock } from "#values/clock.ts";

/** The clock of a simulated panel: the process's and the database's, turned together. */
export type TurnedClock = Clock & {
  /** Moves time by seconds, forwards or back. Nothing else may be under way. */
  turn(seconds: number): Promise<void>;
  close(): Promise<void>;
};

const beginsAt = Date.UTC(2030, 0, 1);

/**
 * Opens it at the beginning of 2030. A clock that stands still moves only when turned, so that the
 * same story happens at the same times again; the other runs as clocks do. Later connections pick
 * up the time by themselves.
 */
export async function openTurnedClock(
  database: TestDatabase,
  pools: readonly Context["db"][],
  { standsStill }: { readonly standsStill: boolean },
): Promise<TurnedClock> {
  const owner = await connect(database.ownerSettings);
  const [{ name } = { name: "" }] = (
    await owner.query<{ name: string }>("select current_database() as name")
  ).rows;
  if (standsStill) await owner.query(standingStill);
  let standing = beginsAt;
  let offset = beginsAt - Date.now();

  const apply = async () => {
    const setting = standsStill
      ? `set panel.stands_at = '${new Date(standing).toISOString()}'`
      : `set panel.clock_offset = '${offset} milliseconds'`;
    await owner.query(`alter database ${name} ${setting}`);
    for (const pool of pools) {
      const all = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
      await Promise.all(all.map((connection) => connection.query(setting)));
      for (const connection of all) connection.release();
    }
  };
  await apply();
  return {
    now: () => (standsStill ? standing : Date.now() + offset),
    turn: async (seconds) => {
      standing += seconds * 1000;
      offset += seconds * 1000;
      await apply();
    },
    close: () => owner.end(),
  };
}

/** Only in this test's database. Before the first turn, and for the owner, time goes on. */
const standingStill = `
  create or replace function panel_now() returns timestamptz
    language sql stable parallel safe
    return coalesce(nullif(current_setting('panel.stands_at', true), '')::timestamptz, now())`;
