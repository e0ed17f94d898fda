import { inTransaction } from "#database/transaction.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { lockProvider } from "#providers/providers.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProviderId } from "#values/ids.ts";
import { changedListTerms, checkListTerms, isNoChange, noListTerms } from "#catalog/list-terms.ts";
import type { ListTerms, ListTermsChange, ListTermsRefusal } from "#catalog/list-terms.ts";
import { findSyncTerms, putListTerms } from "#catalog/sync-terms.sql.ts";

/** Changes how the rows of a provider's list are read, from the next reading on. */
export async function setListTerms(
  ctx: Context,
  actor: Actor,
  providerId: ProviderId,
  change: ListTermsChange,
): Promise<Result<ListTerms, ListTermsRefusal>> {
  authorize(actor, "services.sync");
  return inTransaction(ctx, (tx) => changeListTerms(tx, actor, providerId, change));
}

/** The provider's terms with a change applied; nothing is written. */
export async function listTermsWith(
  db: Queryable,
  providerId: ProviderId | undefined,
  change: ListTermsChange,
): Promise<Result<ListTerms, ListTermsRefusal>> {
  const before =
    providerId === undefined ? noListTerms : (await findSyncTerms(db, providerId)).listTerms;
  const terms = changedListTerms(before, change);
  const refusal = checkListTerms(terms);
  return refusal === undefined ? ok(terms) : refused(refusal);
}

/** `setListTerms` as a part of a larger use case. Locks the provider. */
export async function changeListTerms(
  tx: Tx,
  actor: Actor,
  providerId: ProviderId,
  change: ListTermsChange,
): Promise<Result<ListTerms, ListTermsRefusal>> {
  if (!isNoChange(change)) await lockProvider(tx, providerId);
  const { listTerms: before } = await findSyncTerms(tx, providerId);
  if (isNoChange(change)) return ok(before);
  const after = changedListTerms(before, change);
  const refusal = checkListTerms(after);
  if (refusal !== undefined) return refused(refusal);
  await putListTerms(tx, providerId, after);
  await audit(tx, {
    actor,
    action: "provider.terms",
    subject: `provider:${providerId}`,
    before,
    after,
  });
  return ok(after);
}
