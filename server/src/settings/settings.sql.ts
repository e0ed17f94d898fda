import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";

export type SettingRow = { readonly key: string; readonly value: unknown };

const listSettingsSql = statement<SettingRow>(
  "settings.listSettings",
  "select key, value from settings order by key",
);

/** Lists the settings that were ever set; a missing key has its default. */
export function listSettings(db: Queryable): Promise<SettingRow[]> {
  return listSettingsSql.all(db);
}

const upsertSettingSql = statement(
  "settings.upsertSetting",
  `insert into settings (key, value)
   values ($1::text, $2::jsonb)
   on conflict (key) do update set value = excluded.value, updated_at = panel_now()`,
);

export async function upsertSetting(tx: Tx, key: string, value: unknown): Promise<void> {
  await upsertSettingSql.run(tx, key, JSON.stringify(value));
}

const insertSettingSql = statement(
  "settings.insertSetting",
  `insert into settings (key, value)
   values ($1::text, $2::jsonb)
   on conflict (key) do nothing`,
);
const findSettingSql = statement<{ value: unknown }>(
  "settings.findSetting",
  "select value from settings where key = $1::text",
);
const lockSettingSql = statement<{ value: unknown }>(
  "settings.lockSetting",
  "select value from settings where key = $1::text for update",
);
const deleteSettingSql = statement(
  "settings.deleteSetting",
  "delete from settings where key = $1::text",
);

/**
 * Sets a value only if none was ever set; returns false otherwise. Of two transactions that try at
 * the same time, the later one waits for the earlier one to end.
 */
export async function insertSetting(db: Queryable, key: string, value: unknown): Promise<boolean> {
  return (await insertSettingSql.run(db, key, JSON.stringify(value))) === 1;
}

/** A value as it was stored; `undefined` where it was never set. */
export async function findSetting(db: Queryable, key: string): Promise<unknown> {
  return (await findSettingSql.maybe(db, key))?.value;
}

/** The same, locked until the transaction ends. */
export async function lockSetting(tx: Tx, key: string): Promise<unknown> {
  return (await lockSettingSql.maybe(tx, key))?.value;
}

export async function deleteSetting(tx: Tx, key: string): Promise<void> {
  await deleteSettingSql.run(tx, key);
}

const findSettingTimeSql = statement<{ updated_at: Date }>(
  "settings.findSettingTime",
  "select updated_at from settings where key = $1::text",
);

/** When a value was last set; `undefined` where it was never set. */
export async function findSettingTime(db: Queryable, key: string): Promise<Date | undefined> {
  return (await findSettingTimeSql.maybe(db, key))?.updated_at;
}
