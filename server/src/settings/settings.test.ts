import { expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { testPanel } from "#test/panel.ts";
import {
  deleteSetting,
  findSetting,
  findSettingTime,
  insertSetting,
  upsertSetting,
} from "./settings.sql.ts";
import { parseSetting, readSettings, settingsSchema } from "./settings.ts";

const panel = testPanel();
const defaults = settingsSchema.parse({});

test("what was never set has its default, and what is no setting of operators is passed by", async () => {
  await insertSetting(panel.ctx.db, "something_of_the_panel", { state: "kept" });

  expect(await readSettings(panel.ctx.db)).toEqual(defaults);
});

test.each(Object.entries(defaults))("the default of %s can be typed", (key, value) => {
  expect(parseSetting(key, String(value))).toEqual({ ok: true, value: { key, value } });
});

test.each(["", "colour", "Currency", "toString", "__proto__"])("%j is no setting", (key) => {
  expect(parseSetting(key, "1")).toEqual({
    ok: false,
    refusal: { code: "setting_unknown", key, known: Object.keys(defaults) },
  });
});

test.each([
  ["key_rate_limit", ""],
  ["key_rate_limit", "0x10"],
  ["key_rate_limit", "1e3"],
  ["key_rate_limit", "1.5"],
  ["key_rate_limit", "1000001"],
  ["event_days", "1"],
  ["currency", "usd"],
  ["panel_name", "  "],
  ["panel_name", "x".repeat(101)],
  ["below_margin", "sometimes"],
  ["margin_floor_percent", "-1"],
])("%s cannot be %j, and the refusal says what is expected", (key, text) => {
  expect(parseSetting(key, text)).toEqual({
    ok: false,
    refusal: { code: "setting_invalid", key, expected: expect.stringMatching(/./) },
  });
});

test("what is set once is set by one of those who try at the same time", async () => {
  const set = await Promise.all([1, 2, 3, 4].map((n) => insertSetting(panel.ctx.db, "once", n)));

  expect(set.filter(Boolean)).toHaveLength(1);
  expect(await findSetting(panel.ctx.db, "once")).toBe(set.indexOf(true) + 1);
});

test("a value is replaced, its time with it, and is gone when it is deleted", async () => {
  const { db } = panel.ctx;
  expect(await findSettingTime(db, "kept")).toBeUndefined();
  await inTransaction(panel.ctx, (tx) => upsertSetting(tx, "kept", { a: 1 }));
  const first = await findSettingTime(db, "kept");

  await inTransaction(panel.ctx, (tx) => upsertSetting(tx, "kept", { a: 2 }));

  expect(await findSetting(db, "kept")).toEqual({ a: 2 });
  expect((await findSettingTime(db, "kept"))?.getTime()).toBeGreaterThan(first?.getTime() ?? NaN);
  await inTransaction(panel.ctx, (tx) => deleteSetting(tx, "kept"));
  expect(await findSetting(db, "kept")).toBeUndefined();
});
