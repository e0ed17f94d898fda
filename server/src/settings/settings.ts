import { z } from "zod";
import type { Queryable } from "#database/statement.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { listSettings } from "./settings.sql.ts";

/** What an operator can change while the panel runs: key, meaning, limits, default. */
export const settingsSchema = z.object({
  panel_name: z.string().trim().min(1).max(100).default("Panelwright").describe("shown to people"),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capital letters, such as USD")
    .default("USD")
    .describe("ISO 4217; fixed once money was moved"),
  dialect: z.string().min(1).default("v2").describe("dialect of API keys that name none"),
  key_rate_limit: z.coerce
    .number()
    .int()
    .min(0)
    .default(1000)
    .describe("requests a second for each API key and process; 0 is no limit"),
  failed_key_limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe("requests a minute with a wrong API key for each address and process"),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SettingKey = keyof Settings;

export type SettingRefusal =
  | { readonly code: "setting_unknown"; readonly key: string; readonly known: readonly string[] }
  | { readonly code: "setting_invalid"; readonly key: string; readonly expected: string };

/** All settings, defaults included. */
export async function readSettings(db: Queryable): Promise<Settings> {
  const rows = await listSettings(db);
  return settingsSchema.parse(
    Object.fromEntries(
      rows.filter((row) => row.key in settingsSchema.shape).map((row) => [row.key, row.value]),
    ),
  );
}

/** Checks one value as a person typed it. */
export function parseSetting(
  key: string,
  text: string,
): Result<{ key: SettingKey; value: Settings[SettingKey] }, SettingRefusal> {
  if (!isSettingKey(key)) {
    return refused({ code: "setting_unknown", key, known: Object.keys(settingsSchema.shape) });
  }
  const parsed = settingsSchema.shape[key].safeParse(text);
  if (!parsed.success) {
    const expected = parsed.error.issues.map((issue) => issue.message).join("; ");
    return refused({ code: "setting_invalid", key, expected });
  }
  return ok({ key, value: parsed.data });
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsSchema.shape, key);
}
