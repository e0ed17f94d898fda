import type { Context } from "#database/context.ts";
import { listProviderCalls } from "#providers/provider-calls.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import { providerNamesOf } from "./provider-names.ts";

/** Calls to providers with their answers, newest first; keys are masked. */
export async function viewProviderCalls(
  ctx: Context,
  actor: Actor,
  query: {
    readonly providerId?: ProviderId | undefined;
    readonly orderId?: OrderId | undefined;
    readonly limit: number;
  },
) {
  authorize(actor, "providers.read");
  authorize(actor, "orders.provider");
  // The answers contain prices.
  authorize(actor, "orders.cost");
  const { providerId, orderId, limit } = query;
  const calls = await listProviderCalls(ctx.db, { providerId, orderId, limit });
  const names = await providerNamesOf(ctx.db);
  return calls.map((call) => ({
    call: call.id,
    provider: call.providerId,
    order: call.orderId ?? null,
    action: call.action,
    started: call.startedAt,
    duration_ms: call.durationMs,
    http_status: call.httpStatus ?? null,
    outcome: call.outcome,
    request: call.request,
    answer: call.answer ?? null,
    provider_name: names.get(call.providerId) ?? null,
  }));
}
