import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { ensureCategory, insertService, raiseCatalogVersion } from "#catalog/catalog.sql.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import { apiKeyHint, hashApiKey, makeApiKey } from "#customers/api-key.ts";
import { apiKeyTermsDefault } from "#customers/create-key.ts";
import { insertApiKey } from "#customers/api-keys.sql.ts";
import { insertCustomer } from "#customers/customers.sql.ts";
import { insertAccount } from "#ledger/ledger.sql.ts";
import { deposit } from "#ledger/movements/deposit.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { readSettings } from "#settings/settings.ts";
import { findSetting, insertSetting, lockSetting, upsertSetting } from "#settings/settings.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, CategoryId, ProductId, ServiceId } from "#values/ids.ts";
import { parseAmount, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Secrets } from "#values/secrets.ts";
import { addProducts } from "./add-products.ts";
import { isEmptyPanel } from "./demo.sql.ts";
import { demoSettingKey, readDemoRecord } from "./demo-record.ts";
import type { DemoRecord } from "./demo-record.ts";
import { demoServices } from "./demo-services.ts";

/** The customer who buys in the sandbox shop. */
export const demoEmail = "sandbox@example.com";
const balance = "1000";

export type Demo = {
  /** The API key itself, which is in this answer and nowhere else. */
  readonly key: string;
  readonly customer: AccountId;
  /** In the order of the price list of `demo-services.ts`. */
  readonly services: readonly ServiceId[];
  /** In the order of `demo-products.ts`; empty where there is no encryption key to seal stock with. */
  readonly products: readonly ProductId[];
};

export type MakeDemoRefusal =
  | { readonly code: "demo_exists" }
  | { readonly code: "demo_removed" }
  | { readonly code: "panel_not_empty" };

/**
 * Makes the sandbox shop in an empty panel: services of every type, a few products where their
 * stock can be sealed, a customer with money, a key. One transaction; of two processes that start
 * at the same time, one makes it. A demo that a person removed comes back only with
 * `isWantedAgain`. The caller must not use it on a server of the operator's own.
 */
export async function makeDemo(
  ctx: Context,
  actor: Actor,
  options: { readonly isWantedAgain?: boolean } = {},
): Promise<Result<Demo, MakeDemoRefusal>> {
  authorize(actor, "demo.write");
  const secrets = await secretsIfHere(ctx);
  return inTransaction(ctx, async (tx) => {
    // The second of two processes waits here for the first to end.
    if (!(await insertSetting(tx, demoSettingKey, { state: "removed" }))) {
      const record = readDemoRecord(await lockSetting(tx, demoSettingKey));
      if (record?.state === "made") return refused({ code: "demo_exists" });
      if (options.isWantedAgain !== true) return refused({ code: "demo_removed" });
    }
    if (!(await isEmptyPanel(tx))) return refused({ code: "panel_not_empty" });

    const { services, categories } = await addServices(tx);
    const { products, productCategories } =
      secrets === undefined
        ? { products: [], productCategories: [] }
        : await addProducts(tx, secrets, actor, amount);
    const customer = await addCustomer(tx);
    const key = makeApiKey();
    await insertApiKey(tx, customer, hashApiKey(key), apiKeyHint(key), {
      ...apiKeyTermsDefault,
      name: "sandbox",
    });
    const record: DemoRecord = {
      state: "made",
      customer,
      services,
      categories,
      products,
      productCategories,
    };
    await upsertSetting(tx, demoSettingKey, record);
    await audit(tx, {
      actor,
      action: "demo.create",
      subject: `customer:${customer}`,
      after: { email: demoEmail, balance, services, products },
    });
    return ok({ key, customer, services, products });
  });
}

async function secretsIfHere(ctx: Context): Promise<Secrets | undefined> {
  try {
    return await ctx.secrets();
  } catch (error) {
    if (error instanceof SecretsUnavailable) return undefined;
    throw error;
  }
}

/** The present demo; `undefined` where there is none. */
export async function findDemo(ctx: Context): Promise<DemoRecord | undefined> {
  const record = readDemoRecord(await findSetting(ctx.db, demoSettingKey));
  return record?.state === "made" ? record : undefined;
}

async function addServices(tx: Tx): Promise<{ services: ServiceId[]; categories: CategoryId[] }> {
  const provider = await findProviderByName(tx, "sandbox");
  if (provider === undefined) throw new Error("the provider sandbox is missing");
  const version = await raiseCatalogVersion(tx);
  const services: ServiceId[] = [];
  const categories = new Set<CategoryId>();
  for (const [index, service] of demoServices.entries()) {
    const categoryId = await ensureCategory(tx, service.category);
    categories.add(categoryId);
    const added = await insertService(
      tx,
      {
        categoryId,
        name: service.name,
        type: serviceTypeOf(service.type).wireName,
        rate: amount(service.rate),
        min: service.min,
        max: service.max,
        refill: service.refill ?? false,
        cancel: service.cancel ?? false,
        dripfeed: service.dripfeed ?? false,
        description: "A service of the sandbox: its orders are only pretended.",
        providerId: provider.id,
        providerService: undefined,
        providerRate: undefined,
        // Somebody who looks around cannot wait a day.
        refillTerms: { ...refillTermsDefault, afterHours: 0, betweenHours: 0 },
      },
      version,
      index + 1,
    );
    services.push(added);
  }
  return { services, categories: [...categories] };
}

async function addCustomer(tx: Tx): Promise<AccountId> {
  const { currency } = await readSettings(tx);
  const customer = await insertAccount(tx, currency, zero);
  await insertCustomer(tx, customer, demoEmail);
  const paid = await deposit(tx, {
    accountId: customer,
    amount: amount(balance),
    idempotencyKey: "demo",
    note: "Sandbox money",
  });
  if (!paid.ok) throw new Error(`the sandbox money was refused: ${paid.refusal.code}`);
  return customer;
}

function amount(text: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new Error(`${text} is no amount`);
  return parsed;
}
