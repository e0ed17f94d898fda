import { z } from "zod";
import { parseOrderStatus, wireStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { checkedSettings } from "#providers/check-settings.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import { parseRefillWord, refillWords } from "./refill-words.ts";
import type { RefillWord } from "./refill-words.ts";
import { simplified } from "./simplified.ts";

/** Pairs of names, as a person types them: `order:id,link:url`. */
const pairs = z
  .union([z.string().transform(readPairs), z.record(z.string(), z.string())])
  .refine((map) => map !== undefined, "expected pairs such as order:id,link:url")
  .transform((map) => map ?? {});

const isTrue = z.union([z.boolean(), z.stringbool({ error: "expected true or false" })]);

const batch = z.coerce.number().int().min(1).max(1000);

const statusWords = pairs.transform((map, ctx) => {
  const words: Record<string, OrderStatus> = {};
  for (const [word, meaning] of Object.entries(map)) {
    const status = parseOrderStatus(meaning);
    if (status === undefined) {
      const known = Object.values(wireStatus).join(", ");
      ctx.addIssue({ code: "custom", message: `${meaning} is none of: ${known}` });
      return z.NEVER;
    }
    words[simplified(word)] = status;
  }
  return words;
});

const refillStatusWords = pairs.transform((map, ctx) => {
  const words: Record<string, RefillWord> = {};
  for (const [word, meaning] of Object.entries(map)) {
    const status = parseRefillWord(meaning);
    if (status === undefined) {
      const known = Object.values(refillWords).join(", ");
      ctx.addIssue({ code: "custom", message: `${meaning} is none of: ${known}` });
      return z.NEVER;
    }
    words[simplified(word)] = status;
  }
  return words;
});

/**
 * How a provider differs from the common API v2. Everything has a default. What an operator gave is
 * stored as it is, and read anew for each round of work.
 */
const schema = z.strictObject({
  method: z
    .string()
    .toUpperCase()
    .pipe(z.enum(["POST", "GET"]))
    .default("POST"),
  encoding: z.enum(["form", "json", "multipart"]).default("form"),
  /** Replaces the path of the address. */
  path: z.string().startsWith("/", "expected a path such as /api/v2").optional(),
  /**
   * Names of parameters, by their common ones: `key:api_key,order:id`. A name after an action is
   * for that action only, here and below: `refill.order:refill`.
   */
  parameter_names: pairs.default({}),
  /** Names of actions, by their common ones: `refill_status:refillStatus`. */
  action_names: pairs.default({}),
  /** Names in answers, by their common ones: `order:id,start_count:begin`. */
  answer_names: pairs.default({}),
  /** Sent with every request. */
  extra_parameters: pairs.default({}),
  /** Words for an order's state besides the six: `Refunded:Canceled`. */
  status_words: statusWords.default({}),
  /** The same for the state of a refill: `Refilled:Completed`. */
  refill_words: refillStatusWords.default({}),
  /** How many orders one request for states may name; 1 asks for each by itself. */
  status_batch: batch.default(100),
  /** The same for refills. */
  refill_batch: batch.default(100),
  /** Which parameter names the order to cancel. */
  cancel_style: z.enum(["orders", "order"]).default("orders"),
  /** True: it answers with a bare number, such as the order's. */
  bare_numbers: isTrue.default(false),
  /** How it writes fractions, where `1,234` or `1.234` is ambiguous. */
  decimal_mark: z.enum(["point", "comma"], { error: "expected point or comma" }).optional(),
  /**
   * True: it takes `request_id` with an order, places the order once under it, and lists it by that
   * id.
   */
  honours_request_id: isTrue.default(false),
});

export type ApiV2Settings = z.infer<typeof schema>;

/** Checks what an operator gave, and returns it in the form in which it is stored. */
export function checkApiV2Settings(
  given: Readonly<Record<string, unknown>>,
): ReturnType<ProviderConnector["checkSettings"]> {
  return checkedSettings(schema, given);
}

const read = new WeakMap<Readonly<Record<string, unknown>>, Map<string, ApiV2Settings>>();
const forAll = "";

/**
 * The stored settings with all defaults, as they are for one action; throws where they were never
 * checked.
 */
export function apiV2Settings(
  stored: Readonly<Record<string, unknown>>,
  action: string = forAll,
): ApiV2Settings {
  let known = read.get(stored);
  if (known === undefined) {
    known = new Map([[forAll, schema.parse(stored)]]);
    read.set(stored, known);
  }
  const found = known.get(action);
  if (found !== undefined) return found;
  const settings = known.get(forAll) ?? schema.parse(stored);
  const own = {
    ...settings,
    parameter_names: namesFor(action, settings.parameter_names),
    answer_names: namesFor(action, settings.answer_names),
    extra_parameters: namesFor(action, settings.extra_parameters),
  };
  known.set(action, own);
  return own;
}

/** Names for this action come before those for all; those for other actions are left out. */
function namesFor(action: string, names: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(names);
  const own = entries.flatMap(([name, value]): [string, string][] =>
    name.startsWith(`${action}.`) ? [[name.slice(action.length + 1), value]] : [],
  );
  const common = entries.filter(([name]) => !actions.has(name.slice(0, name.indexOf("."))));
  return Object.fromEntries([...common, ...own]);
}

const actions: ReadonlySet<string> = new Set([
  "services",
  "add",
  "status",
  "refill",
  "refill_status",
  "cancel",
  "balance",
  "orders",
  "products",
  "add_product_order",
  "product_order_status",
  "result_product",
]);

function readPairs(text: string): Record<string, string> | undefined {
  const map: Record<string, string> = {};
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const at = pair.indexOf(":");
    const name = pair.slice(0, at).trim();
    if (at < 1 || name === "") return undefined;
    map[name] = pair.slice(at + 1).trim();
  }
  return map;
}
