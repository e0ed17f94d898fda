import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ServiceId } from "#values/ids.ts";
import { checkRefillService } from "./check-refill-service.ts";
import { ensureCategory, insertService, raiseCatalogVersion } from "./catalog.sql.ts";
import type { NewService } from "./catalog.sql.ts";
import { auditedService, checkService } from "./service.ts";
import type { ServiceRefusal } from "./service.ts";

/** A service as an operator describes it: its category by name, made where it is missing. */
export type ServiceDescription = Omit<NewService, "categoryId"> & { readonly category: string };

/** Puts a service on sale, at the end of its category. */
export async function createService(
  ctx: Context,
  actor: Actor,
  description: ServiceDescription,
): Promise<Result<ServiceId, ServiceRefusal>> {
  authorize(actor, "services.write");
  authorize(actor, "services.price");
  const refusal = checkService(description);
  if (refusal !== undefined) return refused(refusal);
  return inTransaction(ctx, async (tx) => {
    const version = await raiseCatalogVersion(tx);
    const { refillTerms } = description;
    const unfit = refillTerms && (await checkRefillService(tx, undefined, refillTerms));
    if (unfit !== undefined) return refused(unfit);
    const { category, ...service } = description;
    const categoryId = await ensureCategory(tx, category);
    const id = await insertService(tx, { ...service, categoryId }, version, version);
    await audit(tx, {
      actor,
      action: "service.create",
      subject: `service:${id}`,
      after: auditedService(description),
    });
    return ok(id);
  });
}
