import { countOf, decimalOf, flagOf, idOf, isRecord, pick, textOf } from "./json.ts";
import type { Json } from "./json.ts";
import {
  cancelStatuses,
  claimStatuses,
  orderStatuses,
  refillStatuses,
  serviceTypes,
} from "./types.ts";
import type {
  AnnouncedPost,
  Balance,
  CancelState,
  Change,
  Changes,
  ClaimState,
  Id,
  ListedOrder,
  OrderState,
  Product,
  ProductOrderState,
  RefillState,
  Service,
  TakenRefill,
} from "./types.ts";

/** An answer that a reader cannot make sense of; the call that asked says what that means. */
export class Unexpected extends Error {}

/** Some panels put what was asked for into `data`. */
function unwrapped(answer: unknown, ...expected: readonly string[]): unknown {
  if (!isRecord(answer) || pick(answer, ...expected) !== undefined) return answer;
  return pick(answer, "data") ?? answer;
}

function recordOf(answer: unknown, ...expected: readonly string[]): Json {
  const record = unwrapped(answer, ...expected);
  if (!isRecord(record)) throw new Unexpected("the answer is no object");
  return record;
}

function listOf(answer: unknown, ...names: readonly string[]): readonly unknown[] {
  const list = isRecord(answer) ? pick(answer, ...names, "data") : answer;
  if (Array.isArray(list)) return list;
  // Where there is nothing to list, some say so in words.
  if (typeof list === "string" && /empty|^no\b/i.test(list)) return [];
  const byId = isRecord(list) ? list : answer;
  const rows = isRecord(byId) ? Object.values(byId) : [];
  if (rows.length > 0 && rows.every(isRecord)) return rows;
  throw new Unexpected("the answer is no list");
}

/** Rows without an id or a price cannot be ordered and are left out. */
export function readServices(answer: unknown): readonly Service[] {
  return listOf(answer, "services").flatMap((row) => {
    if (!isRecord(row)) return [];
    const service = idOf(pick(row, "service", "id", "service_id"));
    const rate = decimalOf(pick(row, "rate", "price"));
    if (service === undefined || rate === null) return [];
    return [
      {
        service,
        name: textOf(pick(row, "name")) ?? "",
        type: serviceTypeOf(textOf(pick(row, "type")) ?? ""),
        category: textOf(pick(row, "category")) ?? "",
        rate,
        min: countOf(pick(row, "min")),
        max: countOf(pick(row, "max")),
        dripfeed: flagOf(pick(row, "dripfeed", "drip_feed")),
        refill: flagOf(pick(row, "refill")),
        cancel: flagOf(pick(row, "cancel")),
        description: textOf(pick(row, "desc", "description")) ?? null,
      },
    ];
  });
}

/** The id of a new order. */
export function readPlaced(answer: unknown): Id {
  const record = recordOf(answer, "order", "order_id");
  const found = pick(record, "order", "order_id", "orderId");
  const order = idOf(isRecord(found) ? pick(found, "id", "order") : found);
  if (order === undefined) throw new Unexpected("the answer has no order id");
  return order;
}

export function readState(answer: unknown, currency: string | undefined): OrderState {
  const record = recordOf(answer, "status", "charge");
  const inner = pick(record, "charge", "remains") === undefined ? pick(record, "data") : undefined;
  return stateOf(isRecord(inner) ? inner : record, currency);
}

function stateOf(record: Json, currency: string | undefined): OrderState {
  const statusText = textOf(pick(record, "status"));
  if (statusText === undefined) throw new Unexpected("the answer has no status");
  const orders = pick(record, "orders");
  return {
    status: wordOf(orderStatuses, statusText),
    statusText,
    charge: decimalOf(pick(record, "charge")),
    currency: textOf(pick(record, "currency")) ?? currency ?? null,
    startCount: countOf(pick(record, "start_count", "start_counter")),
    remains: countOf(pick(record, "remains")),
    ...(Array.isArray(orders) ? { orders: orders.map(idOf).filter((id) => id !== undefined) } : {}),
    ...("posts" in record ? { posts: countOf(record["posts"]) } : {}),
    ...("expiry" in record ? { expiry: textOf(record["expiry"]) ?? null } : {}),
    ...("feed_problem" in record ? { feedProblem: textOf(record["feed_problem"]) ?? null } : {}),
    ...("feed_skipped" in record ? { feedSkipped: countOf(record["feed_skipped"]) } : {}),
    ...("runs" in record ? { runs: countOf(record["runs"]) } : {}),
  };
}

export function readOrders(answer: unknown, currency: string | undefined): readonly ListedOrder[] {
  return listOf(answer, "orders").map((row) => {
    if (!isRecord(row)) throw new Unexpected("a row of the list is no object");
    const order = idOf(pick(row, "order", "id", "order_id"));
    if (order === undefined) throw new Unexpected("a row of the list has no order id");
    return {
      ...stateOf(row, currency),
      order,
      service: idOf(pick(row, "service", "service_id")) ?? null,
      link: textOf(pick(row, "link")) ?? "",
      quantity: countOf(pick(row, "quantity")),
      requestId: textOf(pick(row, "request_id", "external_id")) ?? null,
      date: textOf(pick(row, "date", "created_at", "created")) ?? null,
    };
  });
}

/** A refill that was taken. Panels that give it no id say so in words. */
export function readRefill(answer: unknown): TakenRefill {
  if (isRecord(answer)) {
    const refill = idOf(pick(answer, "refill", "refill_id"));
    if (refill !== undefined) return { refill };
    if (isAgreement(pick(answer, "success", "status", "refill"))) return { refill: null };
    throw new Unexpected("the answer has no refill id");
  }
  const refill = idOf(answer);
  if (refill === undefined) throw new Unexpected("the answer has no refill id");
  return { refill };
}

/** What became of a request to cancel. */
export function readCancelState(answer: unknown): CancelState {
  const record = recordOf(answer, "status");
  const statusText = textOf(pick(record, "status"));
  if (statusText === undefined) throw new Unexpected("the answer has no status");
  const reason = textOf(pick(record, "reason")) ?? null;
  return { status: wordOf(cancelStatuses, statusText), statusText, reason };
}

/** Whether an announced post was new. */
export function readAnnounced(answer: unknown): AnnouncedPost {
  const post = textOf(pick(recordOf(answer, "post"), "post"));
  if (post !== "taken" && post !== "known") throw new Unexpected("the answer names no post");
  return { post };
}

export function readRefillState(answer: unknown): RefillState {
  const found = isRecord(answer) ? pick(recordOf(answer, "status"), "status") : answer;
  const statusText = textOf(found);
  if (statusText === undefined) throw new Unexpected("the answer has no status");
  return { status: wordOf(refillStatuses, statusText), statusText };
}

/** True where a cancel was taken: `1`, or one of the words that others have for it. */
export function readCancel(answer: unknown): true {
  const found = isRecord(answer) ? pick(answer, "cancel", "success", "status") : answer;
  if (isAgreement(found)) return true;
  throw new Unexpected("the answer does not say that the cancel was taken");
}

function isAgreement(value: unknown): boolean {
  if (value === true) return true;
  const text = textOf(value)?.trim().toLowerCase();
  return text !== undefined && !["", "0", "false", "error", "fail", "failed"].includes(text);
}

export function readBalance(answer: unknown, currency: string | undefined): Balance {
  const record = recordOf(answer, "balance");
  const balance = decimalOf(pick(record, "balance"));
  if (balance === null) throw new Unexpected("the answer has no balance");
  return { balance, currency: textOf(pick(record, "currency")) ?? currency ?? null };
}

export function readChanges(answer: unknown, since: string | undefined): Changes {
  const record = recordOf(answer, "changes");
  const rows = pick(record, "changes");
  if (!Array.isArray(rows)) throw new Unexpected("the answer has no changes");
  const changes = rows.map(readChange);
  const cursor = textOf(pick(record, "cursor")) ?? changes.at(-1)?.cursor ?? since ?? null;
  return { changes, cursor, hasMore: pick(record, "has_more") === true };
}

function readChange(row: unknown): Change {
  if (!isRecord(row)) throw new Unexpected("a change is no object");
  const cursor = textOf(pick(row, "cursor"));
  const event = textOf(pick(row, "event"));
  if (cursor === undefined || event === undefined) {
    throw new Unexpected("a change has no cursor or no event");
  }
  const data = pick(row, "data");
  return { cursor, event, at: textOf(pick(row, "at")) ?? "", data: isRecord(data) ? data : {} };
}

export function readProducts(answer: unknown): readonly Product[] {
  return listOf(answer, "products").flatMap((row) => {
    if (!isRecord(row)) return [];
    const product = idOf(pick(row, "product", "id"));
    const rate = decimalOf(pick(row, "rate", "price"));
    if (product === undefined || rate === null) return [];
    const inventory = countOf(pick(row, "inventory"));
    return [
      {
        product,
        name: textOf(pick(row, "name")) ?? "",
        category: textOf(pick(row, "category")) ?? "",
        type: textOf(pick(row, "type")) ?? "",
        rate,
        min: countOf(pick(row, "min")),
        max: countOf(pick(row, "max")),
        require: textOf(pick(row, "require")) ?? null,
        isInStock: /^in stock$/i.test(textOf(pick(row, "status")) ?? ""),
        inventory,
        description: textOf(pick(row, "desc", "description")) ?? null,
        warrantyDays: countOf(pick(row, "warranty_days")),
        discounts: discountsOf(pick(row, "discounts")),
      },
    ];
  });
}

function discountsOf(value: unknown): Product["discounts"] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((row: unknown) => {
    if (!isRecord(row)) return [];
    const quantity = countOf(pick(row, "quantity"));
    const rate = decimalOf(pick(row, "rate"));
    return quantity === null || rate === null ? [] : [{ quantity, rate }];
  });
}

export function readProductState(answer: unknown): ProductOrderState {
  const record = recordOf(answer, "status", "charge");
  const { status, statusText, charge, remains } = stateOf(record, undefined);
  const note = textOf(pick(record, "note")) ?? null;
  return { status, statusText, charge, remains, note, result: linesOf(pick(record, "result")) };
}

/** The delivered items of a product order. */
export function readProductResult(answer: unknown): readonly string[] {
  const record = recordOf(answer, "result");
  const result = pick(record, "result");
  if (result === undefined) throw new Unexpected("the answer has no result");
  return linesOf(result);
}

/** The id of a claim that was opened. */
export function readClaim(answer: unknown): Id {
  const claim = idOf(pick(recordOf(answer, "claim"), "claim"));
  if (claim === undefined) throw new Unexpected("the answer has no claim");
  return claim;
}

export function readClaimState(answer: unknown): ClaimState {
  const record = recordOf(answer, "status");
  const statusText = textOf(pick(record, "status"));
  if (statusText === undefined) throw new Unexpected("the answer has no status");
  const note = textOf(pick(record, "note")) ?? null;
  return { status: wordOf(claimStatuses, statusText), statusText, note };
}

function linesOf(value: unknown): readonly string[] {
  const lines = Array.isArray(value) ? value : (textOf(value)?.split(/\r\n|\r|\n/) ?? []);
  return lines.map((line) => textOf(line) ?? "").filter((line) => line !== "");
}

/** `custom_comments` is `Custom Comments`; an unknown type stays as it was sent. */
function serviceTypeOf(text: string): string {
  return serviceTypes.find((type) => simple(type) === simple(text)) ?? text;
}

function wordOf<Word extends string>(words: readonly Word[], text: string): Word | "Unknown" {
  const sent = simple(text).replace("cancelled", "canceled");
  return words.find((word) => simple(word) === sent) ?? "Unknown";
}

function simple(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, "");
}
