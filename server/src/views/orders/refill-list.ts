import type { Context } from "#database/context.ts";
import { listRefills } from "#orders/requests.sql.ts";
import type { RefillStatus } from "#orders/requests.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import { aliasOf, requestRecord } from "./request-record.ts";

/** Refills that customers asked for, newest first. */
export async function viewRefills(
  ctx: Context,
  actor: Actor,
  query: { readonly status?: RefillStatus | undefined; readonly limit: number },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const refills = await listRefills(ctx.db, query.limit, query.status);
  const aliases = await aliasesOf(ctx.db);
  return refills.map((refill) => {
    const { refill_order, current_count } = refill;
    return {
      ...requestRecord({ refill: refill.id }, refill, { refill_order, current_count }, sight),
      by_staff: refill.provider_id === null,
      ...(sight.provider && { provider_alias: aliasOf(refill, aliases) }),
    };
  });
}
