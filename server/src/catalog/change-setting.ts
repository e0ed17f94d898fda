import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { changeCurrency } from "#ledger/ledger.sql.ts";
import { upsertSetting } from "#settings/settings.sql.ts";
import { parseSetting, readSettings } from "#settings/settings.ts";
import type { SettingKey, SettingRefusal } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { dialectNames } from "#customers/dialect-names.ts";
import { raiseCatalogVersion, raiseVersionsOfCosted } from "./catalog.sql.ts";

export type ChangeSettingRefusal =
  | SettingRefusal
  | {
      readonly code: "dialect_unknown";
      readonly dialect: string;
      readonly known: readonly string[];
    }
  | { readonly code: "currency_fixed"; readonly currency: string };

/** Settings that prices depend on. */
const pricingKeys: readonly SettingKey[] = ["margin_floor_percent", "below_margin"];

/**
 * Changes one setting, given as a person typed it. A new currency goes to every account; the first
 * posting fixes it. This stands in the catalog because a margin is part of a price: no order after
 * the change takes the old one.
 */
export async function changeSetting(
  ctx: Context,
  actor: Actor,
  keyText: string,
  valueText: string,
): Promise<Result<{ key: SettingKey; value: string | number }, ChangeSettingRefusal>> {
  authorize(actor, "settings.write");
  const parsed = parseSetting(keyText, valueText);
  if (!parsed.ok) return parsed;
  const { key, value } = parsed.value;
  if (key === "dialect" && !dialectNames.includes(String(value))) {
    return refused({ code: "dialect_unknown", dialect: String(value), known: dialectNames });
  }
  return inTransaction(ctx, async (tx) => {
    if (pricingKeys.includes(key)) {
      await raiseVersionsOfCosted(tx, await raiseCatalogVersion(tx));
    }
    const before = (await readSettings(tx))[key];
    if (key === "currency" && value !== before && !(await changeCurrency(tx, String(value)))) {
      return refused({ code: "currency_fixed", currency: String(before) });
    }
    await upsertSetting(tx, key, value);
    await audit(tx, {
      actor,
      action: "setting.change",
      subject: `setting:${key}`,
      before: { value: before },
      after: { value },
    });
    return ok({ key, value });
  });
}
