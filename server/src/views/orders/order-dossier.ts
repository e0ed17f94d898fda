import type { Context } from "#database/context.ts";
import { findHolder } from "#customers/sandbox-account.sql.ts";
import { listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import type { DeskEntryRow } from "#orders/desk.sql.ts";
import { listAttempts } from "#orders/dispatch/attempts.sql.ts";
import type { Attempt } from "#orders/dispatch/attempts.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findFeed } from "#orders/schedules/feed-state.sql.ts";
import { feedFields } from "#orders/schedules/tell-subscription.ts";
import { listProviderCalls } from "#providers/provider-calls.sql.ts";
import type { ProviderCallRow } from "#providers/provider-calls.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import { postingRecord } from "#views/customers/posting-record.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import type { Sight } from "#views/sight.ts";
import { moneyOrNull } from "#views/spelling.ts";
import { orderRecord } from "./order-record.ts";

const callsMax = 50;

export type OrderDossier = NonNullable<Awaited<ReturnType<typeof viewOrder>>>;

/**
 * Everything about an order: its money, its attempts at providers, its desk entries, and its tasks.
 * `undefined` where there is no such order.
 */
export async function viewOrder(ctx: Context, actor: Actor, id: OrderId) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const order = await findOrder(ctx.db, id);
  if (order === undefined) return undefined;
  const { accountId } = order;
  const customer = await findHolder(ctx.db, accountId);
  const aliases = await aliasesOf(ctx.db);
  const aliasOf = (providerId: ProviderId) => aliases.get(providerId) ?? "-";
  const postings = await listPostingsOfOrder(ctx.db, accountId, id);
  const attempts = await listAttempts(ctx.db, accountId, id);
  const entries = await listDeskEntriesOfOrder(ctx.db, accountId, id);
  const calls = sight.provider
    ? await listProviderCalls(ctx.db, { orderId: id, limit: callsMax })
    : [];
  const due = await findTask(ctx.db, accountId, id);
  const { hold } = await findProviderState(ctx.db, order.providerId);
  return {
    ...orderRecord(order, sight),
    ...feedFields(await findFeed(ctx.db, { accountId, orderId: id })),
    ...(sight.provider && { provider_alias: aliasOf(order.providerId) }),
    ...(sight.email && { email: customer?.email ?? null }),
    test: customer?.isTest === true,
    postings: postings.map(postingRecord),
    attempts: attempts.map((attempt) => attemptRecord(attempt, aliasOf(attempt.providerId), sight)),
    desk: entries.map((entry) => deskRecord(entry, sight)),
    ...(sight.provider && {
      calls: calls.toReversed().map((call) => callRecord(call, aliasOf(call.providerId))),
    }),
    task:
      due === undefined
        ? null
        : {
            kind: due.kind,
            due: due.due_at,
            attempts: due.attempts,
            claimed: due.is_leased,
            held: due.kind === "send" && hold !== undefined ? heldWords(hold, sight) : null,
          },
  };
}

/** The words of a hold may name the provider. */
function heldWords(hold: { readonly kind: string; readonly reason: string }, sight: Sight): string {
  return sight.provider ? `${hold.kind}: ${hold.reason}` : hold.kind;
}

function attemptRecord(attempt: Attempt, provider: string, sight: Sight) {
  return {
    number: attempt.number,
    ...(sight.provider && { provider, provider_service: attempt.providerService ?? null }),
    request_id: attempt.requestId,
    ...(sight.cost && { expected_charge: moneyOrNull(attempt.expectedCharge) }),
    started: attempt.startedAt,
    ended: attempt.endedAt ?? null,
    outcome: attempt.outcome ?? "under way",
    concern: attempt.concern ?? null,
    ...(sight.provider && {
      reason: attempt.reason ?? null,
      provider_order: attempt.providerOrder ?? null,
    }),
    settled_as: attempt.settledAs ?? null,
    settled_by: attempt.settledBy ?? null,
    settled: attempt.settledAt ?? null,
  };
}

/** Facts of a desk entry say where the order was sent, and what it costs there. */
function deskRecord(entry: DeskEntryRow, sight: Sight) {
  return {
    reason: entry.reason,
    ...(sight.provider && sight.cost && { facts: entry.note }),
    opened: entry.opened_at,
    closed: entry.closed_at,
    closed_by: entry.closed_by,
    decision: entry.decision,
  };
}

function callRecord(call: ProviderCallRow, provider: string) {
  return {
    at: call.startedAt,
    provider,
    action: call.action,
    milliseconds: call.durationMs,
    http_status: call.httpStatus ?? null,
    outcome: call.outcome,
    request: call.request,
    answer: call.answer ?? null,
  };
}
