import type { Context } from "#database/context.ts";
import { listCancels } from "#orders/requests.sql.ts";
import type { CancelStatus } from "#orders/requests.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { aliasesOf } from "#views/providers/provider-names.ts";
import { sightOf } from "#views/sight.ts";
import { aliasOf, requestRecord } from "./request-record.ts";

/** Orders that customers asked to cancel, newest first. */
export async function viewCancels(
  ctx: Context,
  actor: Actor,
  query: { readonly status?: CancelStatus | undefined; readonly limit: number },
) {
  authorize(actor, "orders.read");
  const sight = sightOf(actor);
  const cancels = await listCancels(ctx.db, query.limit, query.status);
  const aliases = await aliasesOf(ctx.db);
  return cancels.map((cancel) => ({
    ...requestRecord({ cancel: cancel.id }, cancel, {}, sight),
    by_staff: cancel.provider_id === null,
    ...(sight.provider && { provider_alias: aliasOf(cancel, aliases) }),
  }));
}
