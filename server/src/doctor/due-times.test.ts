import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor } from "#values/actor.ts";
import { sumRecentCharges } from "#ledger/activity.sql.ts";
import { openTurnedClock } from "#test/simulation/turned-clock.ts";
import type { TurnedClock } from "#test/simulation/turned-clock.ts";
import { testPanel } from "#test/panel.ts";
import { checkDueTimes } from "./database-checks.ts";
import { countLateTimes, dueTimes, mendLateTimes } from "./due-times.sql.ts";
import { mendDueTimes } from "./mend-due-times.ts";

const panel = testPanel();
const pollSecondsMax = 900;

/** Columns without a rule here, and why. */
const without = [
  "api_keys.expires_at", // the operator's
  "event_streams.followed_until", // events are recorded for longer, which nobody minds
  "hold_rules.expires_at", // the operator's
  "link_reservations.until", // mended with the moment of the reservation
];

test("every column of the schema that says when something is due has a rule here", async () => {
  const { rows } = await panel.ctx.db.query<{ place: string }>(
    `select table_name || '.' || column_name as place
       from information_schema.columns
      where table_schema = 'public' and data_type = 'timestamp with time zone'
        and column_name ~ '(due|next|until|probe|deadline|expire|lease|retry|claimed)'
      order by 1`,
  );
  const known = new Set(dueTimes.map(({ table, column }) => `${table}.${column}`));

  expect(rows.map(({ place }) => place).filter((place) => !known.has(place))).toEqual(without);
});

/** A row whose other columns are such that the rule of this column is the one that counts. */
const settings: Readonly<Record<string, string>> = {
  due_at: "panel_now()",
  until: "panel_now() + interval '3 years'",
  sync_minutes: "60",
};

test.each(dueTimes.map((due, index) => [`${due.table}.${due.column} ${index}`, due] as const))(
  "%s: what its rule can set is left, and what lies beyond is found and mended",
  async (_, { table, column, only = "", most }) => {
    const db = await panel.ctx.db.connect();
    try {
      // Stands before the real one for this connection, and takes any row.
      await db.query(`create temp table ${table} as select * from public.${table} with no data`);
      const { rows } = await db.query<{ name: string }>(
        "select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0",
        [`pg_temp.${table}`],
      );
      const kind = /kind = '(\w+)'/.exec(only)?.[1] ?? "send";
      const status = /status = '(\w+)'/.exec(only)?.[1] ?? "active";
      const others = rows
        .map(({ name }): [string, string | undefined] => [name, settings[name]])
        .map(([name, value]) => [name, name === "kind" ? `'${kind}'` : value])
        .map(([name, value]) => [name, name === "status" ? `'${status}'` : value])
        .filter(([name, value]) => value !== undefined && name !== column);
      const names = others.map(([name]) => `, ${name}`).join("");
      const values = others.map(([, value]) => `, ${value}`).join("");
      const insert = `insert into ${table} (${column}${names})`;
      await db.query(`${insert} values (panel_now()${values}), (null${values})`);
      await db.query(
        `update ${table} t set ${column} = panel_now() + ${most.replaceAll("$1", "900")}
          where ${column} is not null`,
      );
      expect(await countLateTimes(db, pollSecondsMax)).toEqual([]);

      await db.query(`${insert} values (panel_now() + interval '2 years'${values})`);

      const late = [{ place: `${table}.${column}`, rows: 1 }];
      expect(await countLateTimes(db, pollSecondsMax)).toEqual(late);
      expect(await mendLateTimes(db, pollSecondsMax)).toEqual(late);
      expect(await countLateTimes(db, pollSecondsMax)).toEqual([]);
    } finally {
      // With its tables, and what was prepared against them.
      db.release(true);
    }
  },
);

describe("a clock that was a year ahead for a moment", () => {
  let clock: TurnedClock;
  beforeAll(async () => {
    const pools = [panel.ctx.db, panel.ctx.hot];
    clock = await openTurnedClock(panel.database, pools, { standsStill: false });
  });
  afterAll(() => clock.close());

  test("leaves orders due in a year, which the doctor tells and the worker makes due again", async () => {
    const { id, key } = await panel.addCustomer({ balance: "100" });
    const service = await panel.addService();
    const add = () => panel.api({ key, action: "add", service, link: "a", quantity: 100 });
    await add();
    await clock.turn(365 * 86_400);
    await add();
    await add();
    await clock.turn(-365 * 86_400);

    expect(await checkDueTimes(panel.ctx)).toMatchObject({
      state: "bad",
      text: expect.stringContaining("2 of tasks.due_at"),
    });
    expect(await mendDueTimes(panel.ctx, systemActor("mend-due-times"))).toContainEqual({
      place: "tasks.due_at",
      rows: 2,
    });

    expect(await checkDueTimes(panel.ctx)).toMatchObject({ state: "ok" });
    expect(await sumRecentCharges(panel.ctx.db, id, 100)).toMatchObject({ charges: 1 });
    const { rows } = await panel.ctx.db.query(
      "select count(*) filter (where due_at <= panel_now()) as due from tasks",
    );
    expect(rows).toEqual([{ due: 3 }]);
    const audited = await panel.ctx.db.query(
      "select actor, after from audit_entries where action = 'due_times.mend'",
    );
    expect(audited.rows).toEqual([
      { actor: "system:mend-due-times", after: expect.objectContaining({ "tasks.due_at": 2 }) },
    ]);
  });
});
