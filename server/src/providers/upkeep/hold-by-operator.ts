import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProviderId } from "#values/ids.ts";
import {
  findProviderState,
  holdProvider,
  releaseProvider,
} from "#providers/provider-states.sql.ts";
import type { ProviderState } from "#providers/provider-states.sql.ts";

/**
 * Stops sending to a provider until an operator releases it. Orders under way are still followed.
 */
export async function holdByOperator(
  ctx: Context,
  actor: Actor,
  id: ProviderId,
  reason: string,
): Promise<void> {
  authorize(actor, "providers.hold");
  await inTransaction(ctx, async (tx) => {
    await holdProvider(tx, id, { kind: "operator", reason, probeSeconds: undefined });
    const subject = `provider:${id}`;
    await audit(tx, { actor, action: "provider.hold", subject, after: { reason }, reason });
  });
}

/**
 * Ends the provider's hold, whatever its kind, and returns it; `undefined` where there was none.
 */
export async function releaseByOperator(
  ctx: Context,
  actor: Actor,
  id: ProviderId,
): Promise<ProviderState["hold"]> {
  authorize(actor, "providers.hold");
  return inTransaction(ctx, async (tx) => {
    const { hold } = await findProviderState(tx, id);
    await releaseProvider(tx, id, true);
    if (hold === undefined) return undefined;
    const before = { kind: hold.kind, reason: hold.reason };
    await audit(tx, { actor, action: "provider.release", subject: `provider:${id}`, before });
    return hold;
  });
}
