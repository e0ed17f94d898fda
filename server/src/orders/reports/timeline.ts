import type { Queryable } from "#database/statement.ts";
import { listAuditEntries } from "#audit/audit.sql.ts";
import type { AuditRow } from "#audit/audit.sql.ts";
import { listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { listProviderCalls } from "#providers/provider-calls.sql.ts";
import type { ProviderCallRow } from "#providers/provider-calls.sql.ts";
import { amountFromDecimal, formatAmount, subtract } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { listAttempts } from "#orders/dispatch/attempts.sql.ts";
import type { Attempt } from "#orders/dispatch/attempts.sql.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import type { DeskEntryRow } from "#orders/desk.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import { listCancelsOfOrder, listRefillsOfOrder } from "#orders/requests.sql.ts";
import type { CancelRow, RefillRow } from "#orders/requests.sql.ts";
import { findPlacing, listChanges } from "#orders/order-changes.sql.ts";
import type { OrderChange } from "#orders/order-changes.sql.ts";

/** The newest of each kind are read. Older ones stay in their tables. */
const eachMax = 500;

/** One thing that happened to an order. */
export type TimelineEntry = {
  readonly at: Date;
  /** `customer:7 key:3`, `provider:3`, a person of staff such as `cli:ana`, or `panel`. */
  readonly who: string;
  readonly kind:
    | "placed"
    | "change"
    | "money"
    | "attempt"
    | "call"
    | "desk"
    | "refill"
    | "cancel"
    | "staff";
  readonly what: string;
};

/**
 * Everything that is known to have happened to an order, oldest first: placing, every change of
 * where it stands, money, attempts at providers with their answers, requests, and what people
 * decided.
 */
export async function readTimeline(db: Queryable, order: Order): Promise<TimelineEntry[]> {
  const { accountId, id } = order;
  const refills = await listRefillsOfOrder(db, accountId, id, eachMax);
  const cancels = await listCancelsOfOrder(db, accountId, id, eachMax);
  const subjects = [
    `order:${id}`,
    ...refills.map((refill) => `refill:${refill.id}`),
    ...cancels.map((cancel) => `cancel:${cancel.id}`),
  ];
  const audited: AuditRow[] = [];
  for (const subject of subjects)
    audited.push(...(await listAuditEntries(db, eachMax, { subject })));
  const placing = await findPlacing(db, accountId, id);
  const entries: TimelineEntry[] = [
    placed(order, placing.key_id),
    ...(await listChanges(db, accountId, id, eachMax)).toReversed().map(changed),
    ...(await listPostingsOfOrder(db, accountId, id)).map((posting) => ({
      at: posting.created_at,
      who: "panel",
      kind: "money" as const,
      what: `${posting.kind} of ${money(amountFromDecimal(posting.amount))}`,
    })),
    ...(await listAttempts(db, accountId, id)).flatMap(tried),
    ...(await listProviderCalls(db, { orderId: id, limit: eachMax })).toReversed().map(called),
    ...(await listDeskEntriesOfOrder(db, accountId, id)).flatMap(onDesk),
    ...refills.toReversed().flatMap((refill) => asked(refill, "refill")),
    ...cancels.toReversed().flatMap((cancel) => asked(cancel, "cancel")),
    ...audited.toReversed().map(decided),
  ];
  // Entries of one transaction have the same time. They stay in the order of the kinds.
  return entries.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

function placed(order: Order, keyId: number | null): TimelineEntry {
  const who = keyId === null ? "panel" : `customer:${order.accountId} key:${keyId}`;
  const source = order.source.replaceAll("_", " ");
  const what = `placed by ${source}: ${order.quantity} of service ${order.serviceId}, charge ${money(order.charge)}`;
  return { at: order.createdAt, who, kind: "placed", what };
}

function changed({ at, actor, before, after }: OrderChange & { at: Date }): TimelineEntry {
  const parts: string[] = [];
  if (before.status !== after.status) {
    parts.push(`${wireStatus[before.status]} → ${wireStatus[after.status]}`);
  }
  if (before.startCount !== after.startCount) {
    parts.push(`start count ${before.startCount ?? "unknown"} → ${after.startCount ?? "unknown"}`);
  }
  if (before.remains !== after.remains) {
    parts.push(`remains ${before.remains} → ${after.remains}`);
  }
  if (before.refunded !== after.refunded) {
    parts.push(`given back ${money(subtract(after.refunded, before.refunded))}`);
  }
  return { at, who: actor, kind: "change", what: parts.join(", ") };
}

function tried(attempt: Attempt): TimelineEntry[] {
  const { number, providerId, outcome, reason, endedAt, settledAt, settledAs } = attempt;
  const who = `provider:${providerId}`;
  const begun: TimelineEntry = {
    at: attempt.startedAt,
    who: "panel",
    kind: "attempt",
    what: `try ${number} with ${who} under ${attempt.requestId}`,
  };
  const ended: TimelineEntry[] =
    endedAt === undefined
      ? []
      : [
          {
            at: endedAt,
            who,
            kind: "attempt",
            what: outcomeText(number, outcome, attempt, reason),
          },
        ];
  const settled: TimelineEntry[] =
    settledAt === undefined
      ? []
      : [
          {
            at: settledAt,
            who: attempt.settledBy ?? "panel",
            kind: "attempt",
            what: `try ${number} settled as ${settledAs ?? "unknown"}`,
          },
        ];
  return [begun, ...ended, ...settled];
}

function outcomeText(
  number: number,
  outcome: Attempt["outcome"],
  { providerOrder }: Attempt,
  reason: string | undefined,
): string {
  const words = `try ${number}: ${(outcome ?? "under way").replaceAll("_", " ")}`;
  return [words, providerOrder && `as ${providerOrder}`, reason && `(${reason})`]
    .filter((part) => part !== undefined)
    .join(" ");
}

function called(call: ProviderCallRow): TimelineEntry {
  const status = call.httpStatus === undefined ? "" : ` ${call.httpStatus}`;
  const what = `${call.action}: ${call.outcome}${status}${call.answer ? ` ${call.answer}` : ""}`;
  return { at: call.startedAt, who: `provider:${call.providerId}`, kind: "call", what };
}

function onDesk(entry: DeskEntryRow): TimelineEntry[] {
  const { reason, note, closed_at: closedAt, closed_by: closedBy, decision } = entry;
  const words = reason.replaceAll("_", " ");
  const opened: TimelineEntry = {
    at: entry.opened_at,
    who: "panel",
    kind: "desk",
    what: [`on the desk: ${words}`, note].filter((part) => part !== null).join(". "),
  };
  if (closedAt === null) return [opened];
  const what = `off the desk: ${words}${decision === null ? "" : `, ${decision}`}`;
  return [opened, { at: closedAt, who: closedBy ?? "panel", kind: "desk", what }];
}

function asked(request: RefillRow | CancelRow, kind: "refill" | "cancel"): TimelineEntry[] {
  const { id, status, answer, reason } = request;
  const count = "current_count" in request ? request.current_count : null;
  const opened: TimelineEntry = {
    at: request.created_at,
    who: request.asked_by ?? `customer:${request.account_id}`,
    kind,
    what: `asked for ${kind} ${id}${count === null ? "" : `, ${count} are there now`}`,
  };
  if (status === "pending" && answer === null) return [opened];
  const details = [answer, reason?.replaceAll("_", " ")].filter((part) => part !== null);
  const why = details.filter((part) => part !== undefined).join(", ");
  const who = request.provider_id === null ? "panel" : `provider:${request.provider_id}`;
  const what = `${kind} ${id} is ${status.replaceAll("_", " ")}${why === "" ? "" : `: ${why}`}`;
  return [opened, { at: request.updated_at, who, kind, what }];
}

function decided(entry: AuditRow): TimelineEntry {
  const { at, action, subject, before, after } = entry;
  const who = entry.actor_kind === "system" ? "panel" : entry.actor;
  const what = `${action} ${subject}: ${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`;
  return { at, who, kind: "staff", what };
}

function money(amount: bigint): string {
  return formatAmount(amount, 2);
}
