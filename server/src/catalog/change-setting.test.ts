import { beforeEach, expect, test } from "vitest";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { listSettings } from "#settings/settings.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import { changeSetting } from "./change-setting.ts";
import type { ChangeSettingRefusal } from "./change-setting.ts";

const panel = testPanel();
// Money was moved: the currency is fixed.
beforeEach(() => panel.addCustomer({ balance: "1" }));

const refusals = {
  setting_unknown: ["colour", "red"],
  setting_invalid: ["stuck_hours", "0"],
  dialect_unknown: ["dialect", "v9"],
  currency_fixed: ["currency", "EUR"],
} satisfies Record<ChangeSettingRefusal["code"], readonly [key: string, value: string]>;

test.each(Object.entries(refusals))(
  "a change refused with %s leaves the settings as they are, and no line of the audit",
  async (code, [key, value]) => {
    const before = await listSettings(panel.ctx.db);

    const changed = await changeSetting(panel.ctx, tester, key, value);

    expect(changed).toMatchObject({ ok: false, refusal: { code } });
    expect(await listSettings(panel.ctx.db)).toEqual(before);
    const subject = `setting:${key}`;
    expect(await listAuditEntries(panel.ctx.db, 10, { subject })).toEqual([]);
  },
);

test("a change is read at once, and the audit says from what to what", async () => {
  must(await changeSetting(panel.ctx, tester, "event_days", " 60 "));
  must(await changeSetting(panel.ctx, tester, "event_days", "90"));

  expect(await readSettings(panel.ctx.db)).toMatchObject({ event_days: 90 });
  const subject = "setting:event_days";
  expect(await listAuditEntries(panel.ctx.db, 10, { subject })).toMatchObject([
    { actor: "cli:test", action: "setting.change", before: { value: 60 }, after: { value: 90 } },
    { before: { value: 30 }, after: { value: 60 } },
  ]);
});

test("the currency that it has already may be set again", async () => {
  expect(must(await changeSetting(panel.ctx, tester, "currency", "USD"))).toEqual({
    key: "currency",
    value: "USD",
  });
});
