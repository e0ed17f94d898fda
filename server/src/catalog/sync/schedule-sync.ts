import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { findConnector } from "#providers/connectors/index.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { findSyncTerms, putSyncSchedule } from "#catalog/sync-terms.sql.ts";

export type ScheduleSyncRefusal =
  | { readonly code: "provider_without_list"; readonly connector: string }
  | { readonly code: "sync_minutes_invalid"; readonly min: number; readonly max: number };

const minutesMin = 5;
const minutesMax = 100_000;

/**
 * Syncs a provider at this interval in minutes, the first time at once; `undefined`: only when
 * asked to.
 */
export async function scheduleSync(
  ctx: Context,
  actor: Actor,
  provider: Provider,
  minutes: number | undefined,
): Promise<Result<undefined, ScheduleSyncRefusal>> {
  authorize(actor, "services.sync");
  return inTransaction(ctx, async (tx) => {
    const { connector, id } = provider;
    if (findConnector(connector)?.catalog === undefined) {
      return refused({ code: "provider_without_list", connector });
    }
    if (minutes !== undefined && (minutes < minutesMin || minutes > minutesMax)) {
      return refused({ code: "sync_minutes_invalid", min: minutesMin, max: minutesMax });
    }
    const before = (await findSyncTerms(tx, id)).syncMinutes;
    await putSyncSchedule(tx, id, minutes);
    await audit(tx, {
      actor,
      action: "provider.schedule",
      subject: `provider:${id}`,
      before: { minutes: before },
      after: { minutes },
    });
    return ok(undefined);
  });
}
