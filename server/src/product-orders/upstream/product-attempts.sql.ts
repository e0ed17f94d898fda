import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { Concern } from "#providers/outcome.ts";
import { moverName, systemActor } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, ProductOrderId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** One attempt to place a product order at its provider, recorded before its call. */
export type ProductAttempt = {
  readonly accountId: AccountId;
  readonly productOrderId: ProductOrderId;
  readonly number: number;
  readonly providerId: ProviderId;
  readonly providerProduct: string;
  readonly requestId: string;
  /** In the provider's currency. */
  readonly expectedCharge: Amount | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  /** `undefined` while the call is under way, or where its worker is gone. */
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | undefined;
  readonly concern: Concern | undefined;
  readonly reason: string | undefined;
  readonly providerOrder: string | undefined;
  /** What an unknown outcome turned out to be. */
  readonly settledAs: "accepted" | "refused" | undefined;
  readonly settledBy: string | undefined;
  readonly settledAt: Date | undefined;
};

/** The panel as the actor that settles something without a person. */
export const byItself = systemActor("send-product-orders");

type Row = {
  account_id: AccountId;
  product_order_id: ProductOrderId;
  number: number;
  provider_id: ProviderId;
  provider_product: string;
  request_id: string;
  expected_charge: string | null;
  started_at: Date;
  ended_at: Date | null;
  outcome: NonNullable<ProductAttempt["outcome"]> | null;
  concern: Concern | null;
  reason: string | null;
  provider_order: string | null;
  settled_as: "accepted" | "refused" | null;
  settled_by: string | null;
  settled_at: Date | null;
};

const listSql = statement<Row>(
  "productAttempts.list",
  `select account_id, product_order_id, number, provider_id, provider_product, request_id,
          expected_charge, started_at, ended_at, outcome, concern, reason, provider_order,
          settled_as, settled_by, settled_at
     from product_attempts
    where product_order_id = any ($1::bigint[])
    order by product_order_id, number`,
);

/** Every attempt for these orders, first attempts first. */
export async function listProductAttempts(
  db: Queryable,
  ids: readonly ProductOrderId[],
): Promise<ReadonlyMap<ProductOrderId, readonly ProductAttempt[]>> {
  const found = new Map<ProductOrderId, ProductAttempt[]>(ids.map((id) => [id, []]));
  for (const row of await listSql.all(db, arrayText(ids))) {
    found.get(row.product_order_id)?.push({
      accountId: row.account_id,
      productOrderId: row.product_order_id,
      number: row.number,
      providerId: row.provider_id,
      providerProduct: row.provider_product,
      requestId: row.request_id,
      expectedCharge:
        row.expected_charge === null ? undefined : amountFromDecimal(row.expected_charge),
      startedAt: row.started_at,
      endedAt: row.ended_at ?? undefined,
      outcome: row.outcome ?? undefined,
      concern: row.concern ?? undefined,
      reason: row.reason ?? undefined,
      providerOrder: row.provider_order ?? undefined,
      settledAs: row.settled_as ?? undefined,
      settledBy: row.settled_by ?? undefined,
      settledAt: row.settled_at ?? undefined,
    });
  }
  return found;
}

/** An attempt that is about to be made. */
export type NewProductAttempt = Pick<
  ProductAttempt,
  | "accountId"
  | "productOrderId"
  | "number"
  | "providerId"
  | "providerProduct"
  | "requestId"
  | "expectedCharge"
>;

const insertSql = statement<{ started_at: Date }>(
  "productAttempts.insert",
  `insert into product_attempts (account_id, product_order_id, number, provider_id,
                                 provider_product, request_id, expected_charge)
   values ($1::bigint, $2::bigint, $3::integer, $4::bigint, $5::text, $6::text, $7::numeric)
   on conflict do nothing
   returning started_at`,
);

/**
 * Records an attempt for a locked order whose task is held. False where one of this number exists
 * already. Its call may begin after the commit, never before.
 */
export async function insertProductAttempt(tx: Tx, attempt: NewProductAttempt): Promise<boolean> {
  const { expectedCharge } = attempt;
  const written = await insertSql.maybe(
    tx,
    attempt.accountId,
    attempt.productOrderId,
    attempt.number,
    attempt.providerId,
    attempt.providerProduct,
    attempt.requestId,
    expectedCharge === undefined ? null : decimalFromAmount(expectedCharge),
  );
  return written !== undefined;
}

const endSql = statement<{ started_at: Date }>(
  "productAttempts.end",
  `update product_attempts
      set ended_at = panel_now(), outcome = $4::text, concern = $5::text, reason = $6::text,
          provider_order = $7::text
    where account_id = $1::bigint and product_order_id = $2::bigint and number = $3::integer
      and outcome is null
   returning started_at`,
);

/** Ends an attempt of a locked order. Returns when it began; `undefined` if it had ended before. */
export async function endProductAttempt(
  tx: Tx,
  attempt: Pick<ProductAttempt, "accountId" | "productOrderId" | "number">,
  end: {
    readonly outcome: NonNullable<ProductAttempt["outcome"]>;
    readonly concern?: Concern | undefined;
    readonly reason?: string | undefined;
    readonly providerOrder?: string | undefined;
  },
): Promise<Date | undefined> {
  const ended = await endSql.maybe(
    tx,
    attempt.accountId,
    attempt.productOrderId,
    attempt.number,
    end.outcome,
    end.concern,
    end.reason,
    end.providerOrder,
  );
  return ended?.started_at;
}

const settleSql = statement(
  "productAttempts.settle",
  `update product_attempts
      set settled_as = $3::text, settled_by = $4::text, settled_at = panel_now(),
          provider_order = coalesce($5::text, provider_order)
    where account_id = $1::bigint and product_order_id = $2::bigint
      and outcome = 'unknown' and settled_as is null`,
);

/**
 * Records what the attempts of unknown outcome of a locked order turned out to be. There are
 * several where one was sent again under the same request id. Returns how many there were.
 */
export function settleProductAttempts(
  tx: Tx,
  order: Pick<ProductAttempt, "accountId" | "productOrderId">,
  settling: { as: "accepted" | "refused"; by: Mover; providerOrder?: string },
): Promise<number> {
  const { accountId, productOrderId } = order;
  const { as, by, providerOrder } = settling;
  return settleSql.run(tx, accountId, productOrderId, as, moverName(by), providerOrder);
}

const settleOneSql = statement(
  "productAttempts.settleOne",
  `update product_attempts
      set settled_as = $4::text, settled_by = $5::text, settled_at = panel_now(),
          provider_order = coalesce($6::text, provider_order)
    where account_id = $1::bigint and product_order_id = $2::bigint and number = $3::integer
      and outcome = 'unknown' and settled_as is null`,
);

/** The same for one attempt alone. False where it was not open. */
export async function settleProductAttempt(
  tx: Tx,
  attempt: Pick<ProductAttempt, "accountId" | "productOrderId" | "number">,
  settling: { as: "accepted" | "refused"; by: Mover; providerOrder?: string },
): Promise<boolean> {
  const { accountId, productOrderId, number } = attempt;
  const { as, by, providerOrder } = settling;
  const settled = await settleOneSql.run(
    tx,
    accountId,
    productOrderId,
    number,
    as,
    moverName(by),
    providerOrder,
  );
  return settled === 1;
}

const findHolderSql = statement<{ product_order_id: ProductOrderId }>(
  "productAttempts.findHolder",
  `select product_order_id
     from product_attempts
    where provider_id = $1::bigint and provider_order = $2::text
      and product_order_id <> $3::bigint
    order by product_order_id desc
    limit 1`,
);

/** The other product order of ours that carries a provider's number, if any. */
export async function findProductHolder(
  db: Queryable,
  providerId: ProviderId,
  providerOrder: string,
  id: ProductOrderId,
): Promise<ProductOrderId | undefined> {
  return (await findHolderSql.maybe(db, providerId, providerOrder, id))?.product_order_id;
}
