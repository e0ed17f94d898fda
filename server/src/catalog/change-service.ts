import { brokenConstraint, inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ServiceId } from "#values/ids.ts";
import { ensureCategory, findService, raiseCatalogVersion, updateService } from "./catalog.sql.ts";
import { auditedService, checkService } from "./service.ts";
import type { Service, ServiceRefusal } from "./service.ts";

/** A service's type never changes: what its orders hold depends on it. */
export type ServiceChange = Partial<Omit<Service, "id" | "categoryId" | "type" | "version">>;

export type ChangeServiceRefusal = { readonly code: "service_unknown" } | ServiceRefusal;

/** Changes what `decide` makes of the service as it stands. No later order takes the old price. */
export async function changeService(
  ctx: Context,
  actor: string,
  id: ServiceId,
  decide: (before: Service) => ServiceChange,
): Promise<Result<Service, ChangeServiceRefusal>> {
  let wanted: string | undefined;
  try {
    return await inTransaction(ctx, async (tx) => {
      const version = await raiseCatalogVersion(tx);
      const before = await findService(tx, id);
      if (before === undefined) return refused({ code: "service_unknown" });
      const changed: Service = { ...before, ...decide(before), version };
      wanted = changed.providerService;
      const refusal = checkService(changed);
      if (refusal !== undefined) return refused(refusal);
      const categoryId =
        changed.category === before.category
          ? before.categoryId
          : await ensureCategory(tx, changed.category);
      const after = { ...changed, categoryId };
      await updateService(tx, after, version);
      await audit(tx, {
        actor,
        action: "service.change",
        subject: `service:${id}`,
        before: auditedService(before),
        after: auditedService(after),
      });
      return ok(after);
    });
  } catch (error) {
    if (brokenConstraint(error) !== "services_provider_service") throw error;
    return refused({ code: "provider_service_taken", providerService: wanted ?? "" });
  }
}
