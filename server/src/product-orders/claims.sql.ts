import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ProductClaimId, ProductOrderId } from "#values/ids.ts";

/** A claim's status. All but open are final. */
export const claimStatuses = ["open", "replaced", "refunded", "rejected"] as const;
export type ClaimStatus = (typeof claimStatuses)[number];

/** A buyer's word that delivered items do not work. */
export type ProductClaim = {
  readonly accountId: AccountId;
  readonly id: ProductClaimId;
  readonly productOrderId: ProductOrderId;
  /** How many items it is about. */
  readonly quantity: number;
  /** The places of the lines. Empty where the buyer did not name them. */
  readonly places: readonly number[];
  /** The buyer's words, sealed for `claimPurpose`: they may hold the lines themselves. */
  readonly sealedReason: string;
  readonly status: ClaimStatus;
  /** Staff's words, for the buyer. */
  readonly note: string | undefined;
  readonly createdAt: Date;
  readonly endedAt: Date | undefined;
};

type Row = {
  account_id: AccountId;
  id: ProductClaimId;
  product_order_id: ProductOrderId;
  quantity: number;
  places: number[];
  sealed_reason: string;
  status: ClaimStatus;
  note: string | null;
  created_at: Date;
  ended_at: Date | null;
};

const columns =
  "c.account_id, c.id, c.product_order_id, c.quantity, c.places, c.sealed_reason, c.status, " +
  "c.note, c.created_at, c.ended_at";

function fromRow(row: Row): ProductClaim {
  return {
    accountId: row.account_id,
    id: row.id,
    productOrderId: row.product_order_id,
    quantity: row.quantity,
    places: row.places,
    sealedReason: row.sealed_reason,
    status: row.status,
    note: row.note ?? undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

const insertSql = statement<Row>(
  "productClaims.insert",
  `insert into product_claims as c (account_id, product_order_id, quantity, places,
                                    sealed_reason, id)
   values ($1::bigint, $2::bigint, $3::integer, $4::integer[], $5::text, $6::bigint)
   returning ${columns}`,
);

/** Inserts an open claim of a locked order. Fails on `product_claims_open` where one is open. */
export async function insertClaim(
  tx: Tx,
  claim: Pick<
    ProductClaim,
    "accountId" | "id" | "productOrderId" | "quantity" | "places" | "sealedReason"
  >,
): Promise<ProductClaim> {
  const { accountId, id, productOrderId, quantity, places, sealedReason } = claim;
  return fromRow(
    await insertSql.one(tx, accountId, productOrderId, quantity, places, sealedReason, id),
  );
}

const nextIdSql = statement<{ id: ProductClaimId }>(
  "productClaims.nextId",
  "select nextval(pg_get_serial_sequence('product_claims', 'id')) as id",
);

/** The number of a claim that is about to be inserted. Its reason is sealed under it. */
export async function nextClaimId(tx: Tx): Promise<ProductClaimId> {
  return (await nextIdSql.one(tx)).id;
}

/** The purpose under which a claim's reason is sealed. */
export function claimPurpose(id: ProductClaimId): string {
  return `product-claim:${id}`;
}

const findSql = statement<Row>(
  "productClaims.find",
  `select ${columns} from product_claims c where c.id = $1::bigint`,
);

/** Finds a claim by its number alone, for staff. To settle it, lock its order and read it again. */
export async function findClaim(
  db: Queryable,
  id: ProductClaimId,
): Promise<ProductClaim | undefined> {
  const row = await findSql.maybe(db, id);
  return row && fromRow(row);
}

const endSql = statement(
  "productClaims.end",
  `update product_claims
      set status = $3::text, places = $4::integer[], note = $5::text, ended_at = panel_now()
    where account_id = $1::bigint and id = $2::bigint and status = 'open'`,
);

/**
 * Ends an open claim of a locked order permanently. `places` are those that staff accepted it for.
 */
export async function endClaim(
  tx: Tx,
  claim: Pick<ProductClaim, "accountId" | "id">,
  end: {
    readonly status: Exclude<ClaimStatus, "open">;
    readonly places: readonly number[];
    readonly note: string | undefined;
  },
): Promise<void> {
  const { accountId, id } = claim;
  const ended = await endSql.run(tx, accountId, id, end.status, end.places, end.note);
  if (ended !== 1) throw new Error(`claim ${id} was not open`);
}

const listOfOrderSql = statement<Row>(
  "productClaims.listOfOrder",
  `select ${columns}
     from product_claims c
    where c.account_id = $1::bigint and c.product_order_id = $2::bigint
    order by c.id
    limit 10000`,
);

/** All claims of an order, oldest first. */
export async function listClaimsOfOrder(
  db: Queryable,
  accountId: AccountId,
  id: ProductOrderId,
): Promise<ProductClaim[]> {
  return (await listOfOrderSql.all(db, accountId, id)).map(fromRow);
}

const listOfSql = statement<Row>(
  "productClaims.listOf",
  `select ${columns}
     from product_claims c
    where c.account_id = $1::bigint and c.id = any ($2::bigint[])`,
);

/** The claims with these numbers that belong to an account. */
export async function listClaimsOf(
  db: Queryable,
  accountId: AccountId,
  ids: readonly ProductClaimId[],
): Promise<ProductClaim[]> {
  return (await listOfSql.all(db, accountId, ids)).map(fromRow);
}

const listSql = statement<Row>(
  "productClaims.list",
  `select ${columns}
     from product_claims c
     join accounts a on a.id = c.account_id and a.kind = 'customer'
    where ($1::text is null or c.status = $1::text)
      and ($2::bigint is null or c.product_order_id = $2::bigint)
    order by c.id desc
    limit $3::integer`,
);

/** Claims of customers, newest first, without those of play money. */
export async function listClaims(
  db: Queryable,
  filter: {
    readonly status: ClaimStatus | undefined;
    readonly productOrderId: ProductOrderId | undefined;
    readonly limit: number;
  },
): Promise<ProductClaim[]> {
  const { status, productOrderId, limit } = filter;
  return (await listSql.all(db, status, productOrderId, limit)).map(fromRow);
}

const countOpenSql = statement<{ claims: number }>(
  "productClaims.countOpen",
  `select count(*) as claims
     from product_claims c
     join accounts a on a.id = c.account_id and a.kind = 'customer'
    where c.status = 'open'`,
);

/** How many claims of customers are open. */
export async function countOpenClaims(db: Queryable): Promise<number> {
  return (await countOpenSql.one(db)).claims;
}
