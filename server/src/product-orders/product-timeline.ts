import { listAuditEntries } from "#audit/audit.sql.ts";
import type { AuditRow } from "#audit/audit.sql.ts";
import type { Queryable } from "#database/statement.ts";
import { listPostingsOfProductOrder } from "#ledger/product-order-postings.sql.ts";
import { amountFromDecimal, formatAmount, subtract } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { listClaimsOfOrder } from "./claims.sql.ts";
import type { ProductClaim } from "./claims.sql.ts";
import { listProductOrderChanges } from "./product-orders.sql.ts";
import type { ProductOrder, ProductOrderChange } from "./product-orders.sql.ts";
import { findProductOrderPlacing, listProductTries } from "./staff-lists.sql.ts";
import type { ProductTry } from "./staff-lists.sql.ts";

/** The newest of each kind of decision are read. Older ones stay in the audit. */
const auditedMax = 500;

/** One thing that happened to a product order. */
export type ProductTimelineEntry = {
  readonly at: Date;
  /** `customer:7 key:3`, `provider:3`, a person of staff such as `cli:ana`, or `panel`. */
  readonly who: string;
  readonly kind: "placed" | "change" | "money" | "attempt" | "claim" | "staff";
  readonly what: string;
};

/**
 * Everything that is known to have happened to a product order, oldest first, without any line,
 * answer or buyer's words.
 */
export async function readProductTimeline(
  db: Queryable,
  order: ProductOrder,
): Promise<ProductTimelineEntry[]> {
  const { accountId, id } = order;
  const claims = await listClaimsOfOrder(db, accountId, id);
  const subjects = [`product-order:${id}`, ...claims.map((claim) => `product-claim:${claim.id}`)];
  const audited: AuditRow[] = [];
  for (const subject of subjects) {
    audited.push(...(await listAuditEntries(db, auditedMax, { subject })));
  }
  const { key_id: keyId, source } = await findProductOrderPlacing(db, accountId, id);
  const buyer = `customer:${accountId}${keyId === null ? "" : ` key:${keyId}`}`;
  const placed = `placed by ${source}: ${order.quantity} of product ${order.productId}`;
  const entries: ProductTimelineEntry[] = [
    { at: order.createdAt, who: buyer, kind: "placed", what: placed },
    ...changed(await listProductOrderChanges(db, accountId, id)),
    ...(await listPostingsOfProductOrder(db, accountId, id)).map((posting) => ({
      at: posting.created_at,
      who: "panel",
      kind: "money" as const,
      what: `${posting.kind} of ${money(amountFromDecimal(posting.amount))}`,
    })),
    ...(await listProductTries(db, accountId, id)).flatMap(tried),
    ...claims.flatMap(claimed),
    ...audited.toReversed().map(decided),
  ];
  // Entries of one transaction have the same time. They stay in the order of the kinds.
  return entries.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** Each step compared with the one before it. */
function changed(changes: readonly ProductOrderChange[]): ProductTimelineEntry[] {
  return changes.map((change, index) => {
    const before = changes[index - 1];
    const parts: string[] = [];
    const status = wireProductOrderStatus[change.status];
    if (change.status_before === null) parts.push(status);
    else if (change.status_before !== change.status) {
      parts.push(`${wireProductOrderStatus[change.status_before]} → ${status}`);
    }
    if (change.delivered !== (before?.delivered ?? 0)) {
      parts.push(`delivered ${before?.delivered ?? 0} → ${change.delivered}`);
    }
    const refunded = amountFromDecimal(change.refunded);
    const back = subtract(refunded, amountFromDecimal(before?.refunded ?? "0"));
    if (back > 0n) parts.push(`given back ${money(back)}`);
    if (change.note !== null && change.note !== before?.note) parts.push(`note: ${change.note}`);
    return { at: change.at, who: change.actor, kind: "change", what: parts.join(", ") };
  });
}

function tried(each: ProductTry): ProductTimelineEntry[] {
  const who = `provider:${each.provider_id}`;
  const begun = `try ${each.number} with ${who} under ${each.request_id}`;
  const words = [
    `try ${each.number}: ${(each.outcome ?? "under way").replaceAll("_", " ")}`,
    each.provider_order && `as ${each.provider_order}`,
    each.reason && `(${each.reason})`,
  ];
  const ended = words.filter((word) => word !== null && word !== "").join(" ");
  const settled = `try ${each.number} settled as ${each.settled_as ?? "unknown"}`;
  return [
    { at: each.started_at, who: "panel", kind: "attempt", what: begun },
    ...at(each.ended_at, { who, kind: "attempt", what: ended }),
    ...at(each.settled_at, { who: each.settled_by ?? "panel", kind: "attempt", what: settled }),
  ];
}

function claimed(claim: ProductClaim): ProductTimelineEntry[] {
  const { id, quantity, places, status, createdAt, endedAt } = claim;
  const named = places.length === 0 ? "" : ` (lines ${places.join(", ")})`;
  const opened = `claim ${id} about ${quantity} items${named}`;
  return [
    { at: createdAt, who: `customer:${claim.accountId}`, kind: "claim", what: opened },
    ...at(endedAt ?? null, { who: "panel", kind: "claim", what: `claim ${id} is ${status}` }),
  ];
}

function at(
  time: Date | null,
  entry: Omit<ProductTimelineEntry, "at">,
): readonly ProductTimelineEntry[] {
  return time === null ? [] : [{ at: time, ...entry }];
}

function decided(entry: AuditRow) {
  const { at: time, action, subject, before, after } = entry;
  const who = entry.actor_kind === "system" ? "panel" : entry.actor;
  const what = `${action} ${subject}: ${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`;
  return { at: time, who, kind: "staff" as const, what };
}

function money(amount: bigint): string {
  return formatAmount(amount, 2);
}
