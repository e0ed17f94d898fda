import type { Refusal, RefusalKind } from "./errors.ts";
import { isRecord, pick, textOf } from "./json.ts";
import type { Json } from "./json.ts";

/** The codes of Panelwright, which never change, by what can be done about them. */
const codes: Readonly<Record<string, RefusalKind>> = {
  key_unknown: "auth",
  key_dead: "auth",
  address_not_allowed: "auth",
  customer_inactive: "auth",
  scope_missing: "auth",
  action_unknown: "unsupported",
  body_unreadable: "unsupported",
  body_too_large: "input",
  too_many_fields: "input",
  encoding_unsupported: "unsupported",
  method_unsupported: "unsupported",
  request_unreadable: "unsupported",
  rate_limited: "limit",
  unavailable: "limit",
  service_unknown: "service",
  insufficient_funds: "funds",
  bad_link: "input",
  quantity_required: "input",
  quantity_invalid: "input",
  quantity_below_min: "input",
  quantity_above_max: "input",
  comments_required: "input",
  username_required: "input",
  field_required: "input",
  field_invalid: "input",
  list_too_long: "input",
  dripfeed_unsupported: "input",
  runs_required: "input",
  interval_required: "input",
  posts_invalid: "input",
  delay_invalid: "input",
  min_above_max: "input",
  charge_too_high: "input",
  price_above_max_charge: "price",
  max_charge_invalid: "input",
  request_id_invalid: "input",
  request_id_used: "input",
  product_unknown: "service",
  out_of_stock: "state",
  delivery_unavailable: "state",
  order_unknown: "missing",
  refill_unknown: "missing",
  cancel_unknown: "missing",
  refill_disabled: "state",
  order_not_completed: "state",
  refill_open: "state",
  refill_too_early: "state",
  refill_expired: "state",
  refill_drop_small: "state",
  cancel_disabled: "state",
  order_finished: "state",
  subscription_over: "state",
  claim_unknown: "missing",
  claim_open: "state",
  warranty_none: "state",
  warranty_over: "state",
  too_many_ids: "input",
  filter_invalid: "input",
  cursor_too_old: "missing",
  link_busy: "duplicate",
  link_refused: "input",
  feeds_too_many: "state",
  feed_host_full: "state",
  order_refused: "state",
};

const fieldsOfCodes: Readonly<Record<string, string>> = {
  service_unknown: "service",
  product_unknown: "product",
  bad_link: "link",
  quantity_required: "quantity",
  quantity_invalid: "quantity",
  quantity_below_min: "quantity",
  quantity_above_max: "quantity",
  charge_too_high: "quantity",
  comments_required: "comments",
  username_required: "username",
  dripfeed_unsupported: "runs",
  runs_required: "runs",
  interval_required: "interval",
  posts_invalid: "posts",
  delay_invalid: "delay",
  min_above_max: "min",
  price_above_max_charge: "max_charge",
  max_charge_invalid: "max_charge",
  request_id_invalid: "request_id",
  request_id_used: "request_id",
  link_busy: "link",
  link_refused: "link",
  feeds_too_many: "username",
  feed_host_full: "username",
};

/**
 * The sentences of deployed panels, and the keys that untranslated ones answer, with the code that
 * each stands for. The first that fits counts: the narrow ones stand before the wide ones.
 */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/too many requests|rate limit/, "rate_limited"],
  [/busy or being restarted/, "unavailable"],
  [
    /api key|invalid key|api is disable|user not found|unauthori[sz]ed|unauthenticated/,
    "key_unknown",
  ],
  [/account (has been |is )?(inactive|suspended|blocked|banned|disabled)/, "customer_inactive"],
  [/"\w+" permission/, "scope_missing"],
  [/not[ _]enough[ _](funds|balance)|insufficient[ _](balance|funds)/, "insufficient_funds"],
  [/balance is (insufficient|not enough|too low)/, "insufficient_funds"],
  [/more than max_charge/, "price_above_max_charge"],
  [/incorrect max_charge/, "max_charge_invalid"],
  [/request_id was used/, "request_id_used"],
  [/incorrect request_id/, "request_id_invalid"],
  [/active order with this link|link_duplicate|with the same link/, "link_busy"],
  [/link is not accepted/, "link_refused"],
  [/too many subscriptions with a feed/, "feeds_too_many"],
  [/no more feeds are read/, "feed_host_full"],
  [/order cannot be taken/, "order_refused"],
  [/out of stock/, "out_of_stock"],
  [/cannot be delivered at the moment/, "delivery_unavailable"],
  [/(incorrect|invalid|unknown)[ _]product|product (id )?not found/, "product_unknown"],

  [
    /refill is disabled|refill not allowed|not eligible for refill|no more refills/,
    "refill_disabled",
  ],
  [/less than \d+ hours ago/, "refill_too_early"],
  [/refill days are over/, "refill_expired"],
  [/drop is too small/, "refill_drop_small"],
  [/refill task is not completed|^refill (pending|in ?progress)/, "refill_open"],
  [/cancel (request )?not found/, "cancel_unknown"],
  [/refill (request )?not found|(incorrect|invalid) refill/, "refill_unknown"],
  [/claim not found/, "claim_unknown"],
  [/open claim for this order/, "claim_open"],
  [/order has no warranty/, "warranty_none"],
  [/warranty is over/, "warranty_over"],
  [/order is not completed/, "order_not_completed"],
  [/already (been )?(completed|cancell?ed)/, "order_finished"],
  [/cannot cancel|cancellation/, "cancel_disabled"],
  [/does not support drip-?feed/, "dripfeed_unsupported"],
  [/takes no more posts/, "subscription_over"],
  [/maximum \d+ ids/, "too_many_ids"],
  [/cursor is too old/, "cursor_too_old"],

  [
    /min(imum)? (number )?can ?not be (much|higher|more|greater)? ?than (quantity )?max/,
    "min_above_max",
  ],
  [/quantity (is )?required|missing quantity/, "quantity_required"],
  [/invalid[ _]quantity|quantity must be a whole/, "quantity_invalid"],
  [/less than minimal|less than min\b|min_quantity|above the minimum/, "quantity_below_min"],
  [/greater than or equal to minimum|at least \d+ and maximum/, "quantity_below_min"],
  [/more than max|max_quantity|maximum number exceed/, "quantity_above_max"],
  [/less than (or equal to )?maximum/, "quantity_above_max"],
  [/comments (field )?(is |are )?required/, "comments_required"],
  [/missing username|username is required/, "username_required"],
  [/runs is required/, "runs_required"],
  [/interval (time )?is required/, "interval_required"],
  [/at least 1 new post/, "posts_invalid"],
  [/incorrect delay/, "delay_invalid"],
  [/charge of this order is too high/, "charge_too_high"],
  [/too many lines/, "list_too_long"],
  [/request is too large/, "body_too_large"],
  [/too many fields/, "too_many_fields"],
  [/incorrect content-encoding/, "encoding_unsupported"],
  [/incorrect method/, "method_unsupported"],

  [
    /(incorrect|disabled|invalid)[ _]service|service (id )?(not found|does ?n.t exist)/,
    "service_unknown",
  ],
  [
    /service (id )?(does not exist|is )?(temporarily )?(disabled|inactive|exists)/,
    "service_unknown",
  ],
  [/service_(inactive|not_found)|service id does/, "service_unknown"],
  [/(incorrect|invalid|empty|wrong)[ _]order|order (id )?not found/, "order_unknown"],
  [/(bad|incorrect|invalid)[ _]link|error\.link$|link_not_found|link is required/, "bad_link"],
  [/required (parameters|fields)|field is required/, "field_required"],
  [/^incorrect [\w.]+, expected/, "field_invalid"],
  [/(incorrect|invalid|unsupported|unknown) (request|action|method)/, "action_unknown"],
  [/request invalid|action is invalid|missing data/, "action_unknown"],
];

/** What a sentence, and the panel's own code where it sent one, say. */
export function readRefusal(
  text: string,
  sent: { readonly code?: string | undefined; readonly field?: string | undefined } = {},
): Refusal {
  const code = sent.code ?? codeOf(text);
  const known = code === undefined ? undefined : kindOf(code);
  // A code that this program does not know yet may still come with a sentence that it does.
  const fallback = codeOf(text);
  const kind = known ?? (fallback === undefined ? undefined : kindOf(fallback)) ?? "other";
  const field = sent.field ?? (code === undefined ? undefined : fieldOf(code));
  return { text, kind, code, field };
}

function codeOf(text: string): string | undefined {
  const simple = text.trim().toLowerCase().slice(0, 500);
  return sentences.find(([pattern]) => pattern.test(simple))?.[1];
}

function kindOf(code: string): RefusalKind | undefined {
  return Object.hasOwn(codes, code) ? codes[code] : undefined;
}

function fieldOf(code: string): string | undefined {
  return Object.hasOwn(fieldsOfCodes, code) ? fieldsOfCodes[code] : undefined;
}

/**
 * The sentence of a refusal, wherever a panel puts it: `error` as a text, an object or a list,
 * `errors` by field, or `message` beside a sign of failure. `undefined` where nothing was refused.
 */
export function refusalText(answer: unknown): string | undefined {
  if (typeof answer === "string") return answer.trim() === "" ? undefined : answer;
  if (!isRecord(answer)) return undefined;
  return textOfError(answer) ?? textOfErrors(answer) ?? textOfFailure(answer);
}

function textOfError(answer: Json): string | undefined {
  const error = pick(answer, "error");
  if (error === undefined || error === false || error === "" || error === 0) return undefined;
  if (typeof error === "string") return error;
  if (isRecord(error)) return textOf(pick(error, "message", "text", "error", "code")) ?? "error";
  if (Array.isArray(error)) return error.map((item) => textOf(item) ?? "").join(", ");
  return textOf(pick(answer, "message", "msg")) ?? "error";
}

function textOfErrors(answer: Json): string | undefined {
  const errors = pick(answer, "errors");
  const lists = isRecord(errors) ? Object.values(errors) : errors;
  if (!Array.isArray(lists) || lists.length === 0) return undefined;
  const texts = lists.flat().map((item) => refusalText(item) ?? "");
  return texts.filter((text) => text !== "").join(", ") || "error";
}

// "Error" alone is also a state of refills and orders: it takes a message to be a refusal.
function textOfFailure(answer: Json): string | undefined {
  const message = textOf(pick(answer, "message", "msg"));
  const status = pick(answer, "status", "success", "result");
  const word = typeof status === "string" ? status.toLowerCase() : status;
  const isFailure = word === false || word === "error" || word === "fail" || word === "failed";
  const isState = pick(answer, "charge", "remains", "order", "refill") !== undefined;
  return isFailure && !isState ? message : undefined;
}
