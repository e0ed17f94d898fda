import { z } from "zod";
import type { Queryable } from "#database/statement.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { listSettings } from "./settings.sql.ts";

const count = (min: number, max: number, by: number) =>
  z.coerce.number().int().min(min).max(max).default(by);

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
    .max(1_000_000)
    .default(1000)
    .describe("requests a second for each API key and process; 0 is no limit"),
  failed_key_limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe("requests a minute with a wrong API key for each address and process"),
  page_rate_limit: count(1, 1_000_000, 200).describe(
    "requests a second for pages and documents of each address and process",
  ),
  connection_requests_max: count(1, 1000, 8).describe(
    "requests on one connection that are not answered yet; beyond it the connection is closed",
  ),
  customer_requests_max: count(1, 100_000, 1024).describe(
    "requests of one customer that a process works on at once",
  ),
  address_requests_max: count(1, 100_000, 1024).describe(
    "requests of one address without a key known here that a process holds at once",
  ),
  requests_max: count(1, 1_000_000, 8192).describe("requests that a process holds at once"),
  connections_max: count(1, 1_000_000, 10_000).describe(
    "connections that a process holds at once, half of it from one address",
  ),
  body_megabytes_max: count(2, 10_000, 24).describe(
    "MiB of request bodies that a process holds at once",
  ),
  poll_seconds_min: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(10)
    .describe("an order is asked about at its provider not more often than this"),
  poll_seconds_max: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe("an old order is asked about at its provider at least this often"),
  cancel_deadline_hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(72)
    .describe("a cancel that the provider has not carried out by then is rejected"),
  refill_deadline_hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(336)
    .describe("a refill that the provider has not ended by then is an error"),
  refused_orders: z
    .enum(["desk", "refund"])
    .default("desk")
    .describe("an order that every provider refused: waits on the desk, or is refunded at once"),
  margin_floor_percent: z
    .string()
    .trim()
    .regex(/^[0-9]{1,3}(\.[0-9]{1,8})?$/, "per cent from 0 to 999, such as 5 or 2.5")
    .default("0")
    .describe("per cent above cost below which nothing is sold, where a service says nothing else"),
  below_margin: z
    .enum(["raise", "stop", "allow"])
    .default("raise")
    .describe("a price below that: raised to it, not sold to that customer, or sold all the same"),
  vanish_percent: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe("a sync stops where more per cent of a provider's services are gone or unpriced"),
  price_jump_percent: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(30)
    .describe("a price that moved by more per cent in a sync waits for an operator"),
  provider_log_days: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(14)
    .describe("how many days calls to providers are kept with their answers"),
  stuck_hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(72)
    .describe("an order of a service whose usual time is not known is stuck after this long"),
  event_days: z.coerce
    .number()
    .int()
    .min(2)
    .max(3650)
    .default(30)
    .describe("how many days events are kept for cursors and webhooks"),
  webhooks_private: z
    .enum(["no", "yes"])
    .default("no")
    .describe("webhooks may go to addresses in a private network, such as this machine"),
  feeds_private: z
    .enum(["no", "yes"])
    .default("no")
    .describe("feeds of subscriptions may lie in a private network, such as on this machine"),
  feeds_per_customer: z.coerce
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(200)
    .describe("how many subscriptions with a feed a customer may have at a time"),
  feeds_per_host: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(500)
    .describe("how many feeds at one domain are read for all customers together"),
  feed_host_rate: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(2)
    .describe("requests for feeds a second to one domain, for all customers and workers together"),
  feed_failing_days: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe("a subscription is paused when its feed has failed for so many days"),
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
  const schema = settingsSchema.shape[key];
  // Coercion reads an empty text as 0, and accepts 0x10 and 1e3 as numbers: nobody means them.
  if (typeof schema.parse(undefined) === "number" && !/^[0-9]{1,15}$/.test(text.trim())) {
    return refused({ code: "setting_invalid", key, expected: "a whole number in digits" });
  }
  const parsed = schema.safeParse(text);
  if (!parsed.success) {
    const expected = parsed.error.issues.map((issue) => issue.message).join("; ");
    return refused({ code: "setting_invalid", key, expected });
  }
  return ok({ key, value: parsed.data });
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingsSchema.shape, key);
}
