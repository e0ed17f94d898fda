import { asOwner } from "#database/owner.ts";
import type { Context } from "#database/context.ts";
import type { PanelDatabase } from "#database/database.ts";
import { inTransaction } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { listDrifts } from "#ledger/verify.sql.ts";
import { findSandboxAccount } from "#customers/sandbox-account.sql.ts";
import { lockSetting, upsertSetting } from "#settings/settings.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ProductId, ServiceId } from "#values/ids.ts";
import {
  deleteDemoCustomer,
  deleteDemoProducts,
  deleteDemoServices,
  lockDemo,
} from "./demo.sql.ts";
import { demoSettingKey, readDemoRecord } from "./demo-record.ts";

export type RemovedDemo = {
  readonly orders: number;
  readonly postings: number;
  readonly services: number;
  /** Not deleted but disabled, because others have ordered them. */
  readonly disabled: readonly ServiceId[];
  readonly productOrders: number;
  readonly products: number;
  /** Not deleted but shown to nobody, because others have ordered them. */
  readonly hidden: readonly ProductId[];
};

export type RemoveDemoRefusal = { readonly code: "demo_missing" };

/**
 * Removes the sandbox shop with all its orders and money, in one transaction as the owner of the
 * tables, while the panel runs. All new orders wait until the transaction has ended; the ledger is
 * proven before it commits.
 */
export async function removeDemo(
  ctx: Context,
  database: Pick<PanelDatabase, "ownerSettings">,
  actor: Actor,
): Promise<Result<RemovedDemo, RemoveDemoRefusal>> {
  authorize(actor, "demo.write");
  return asOwner(database.ownerSettings, (owner) =>
    inTransaction({ ...ctx, db: owner }, async (tx) => {
      const record = readDemoRecord(await lockSetting(tx, demoSettingKey));
      if (record?.state !== "made") return refused({ code: "demo_missing" });

      const testAccount = await findSandboxAccount(tx, record.customer);
      if (testAccount !== undefined) {
        await lockDemo(tx, testAccount);
        await deleteDemoCustomer(tx, testAccount);
      }
      await lockDemo(tx, record.customer);
      const removed = await deleteDemoCustomer(tx, record.customer);
      const version = await raiseCatalogVersion(tx);
      const services = await deleteDemoServices(tx, record, version);
      const products = await deleteDemoProducts(tx, record);
      await upsertSetting(tx, demoSettingKey, { state: "removed" });
      const { orders, postings, productOrders } = removed;
      const summary = {
        orders,
        postings,
        services: services.deleted,
        disabled: services.disabled,
        productOrders,
        products: products.deleted,
        hidden: products.hidden,
      };
      await audit(tx, {
        actor,
        action: "demo.remove",
        subject: `customer:${record.customer}`,
        before: record,
        after: summary,
      });
      const [drift] = await listDrifts(tx);
      if (drift !== undefined) {
        throw new Error(`the ledger would not be right without the demo: ${JSON.stringify(drift)}`);
      }
      return ok(summary);
    }),
  );
}
