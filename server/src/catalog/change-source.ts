import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { formatAmount, zero } from "#values/money.ts";
import { findService } from "./catalog.sql.ts";
import { deleteSource, insertSource, lockSource, updateSource } from "./sources.sql.ts";
import type { SourceKey, SourceTerms } from "./sources.sql.ts";

const lengthMax = 100;

export type ChangeSourceRefusal =
  | { readonly code: "service_unknown" }
  | { readonly code: "source_invalid" }
  | { readonly code: "source_rate_invalid" }
  | { readonly code: "source_taken" }
  | { readonly code: "source_unknown" };

/** What an operator does with a further source: adds it, changes parts of it, or removes it. */
export type SourceChange =
  | { readonly kind: "add" | "set"; readonly terms: Partial<SourceTerms> }
  | { readonly kind: "remove" };

/**
 * Changes the further sources of a service; its own provider is changed with the service. Orders
 * assigned to a source stay there: they are sent, and followed to their end.
 */
export async function changeSource(
  ctx: Context,
  actor: Actor,
  key: SourceKey,
  change: SourceChange,
): Promise<Result<SourceTerms | undefined, ChangeSourceRefusal>> {
  authorize(actor, "sources.write");
  return inTransaction(ctx, async (tx) => {
    const service = await findService(tx, key.serviceId);
    if (service === undefined) return refused({ code: "service_unknown" });
    if (key.providerService === "" || key.providerService.length > lengthMax) {
      return refused({ code: "source_invalid" });
    }
    const before = await lockSource(tx, key);
    if (change.kind !== "add" && before === undefined) return refused({ code: "source_unknown" });
    const isOwn =
      service.providerId === key.providerId && service.providerService === key.providerService;
    if (change.kind === "add" && (before !== undefined || isOwn)) {
      return refused({ code: "source_taken" });
    }
    const first: SourceTerms = { providerRate: undefined, position: 0, isEnabled: true };
    const after = change.kind === "remove" ? undefined : { ...first, ...before, ...change.terms };
    if (after?.providerRate !== undefined && after.providerRate <= zero) {
      return refused({ code: "source_rate_invalid" });
    }
    await writeSource(tx, key, before, after);
    await audit(tx, {
      actor,
      action: `source.${change.kind}`,
      subject: `service:${key.serviceId}`,
      before: before && auditedSource(key, before),
      after: after && auditedSource(key, after),
    });
    return ok(after);
  });
}

async function writeSource(
  tx: Tx,
  key: SourceKey,
  before: SourceTerms | undefined,
  after: SourceTerms | undefined,
): Promise<void> {
  if (after === undefined) await deleteSource(tx, key);
  else {
    if (before === undefined) await insertSource(tx, key, after);
    await updateSource(tx, key, after);
  }
}

function auditedSource(key: SourceKey, terms: SourceTerms): Readonly<Record<string, unknown>> {
  const { providerRate } = terms;
  return {
    ...key,
    ...terms,
    providerRate: providerRate === undefined ? undefined : formatAmount(providerRate, 2),
  };
}
