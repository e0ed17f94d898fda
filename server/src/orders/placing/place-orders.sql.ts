import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { AccountId, ApiKeyId, OrderId, ServiceId } from "#values/ids.ts";
import type { OrderOrigin } from "#values/order-origin.ts";
import { decimalFromAmount } from "#values/money.ts";
import type { Amount, EffectiveRate } from "#values/money.ts";

/** A priced order on its way into a batch. */
export type OrderRequest = {
  readonly accountId: AccountId;
  /** `undefined` where the panel itself makes the order: no key is checked then. */
  readonly keyId: ApiKeyId | undefined;
  readonly keyVersion: number | undefined;
  readonly serviceId: ServiceId;
  readonly serviceVersion: number;
  readonly priceVersion: number;
  readonly quantity: number;
  readonly runs: number | undefined;
  readonly intervalMinutes: number | undefined;
  readonly rate: EffectiveRate;
  readonly charge: Amount;
  /** What the provider is expected to charge; `undefined` where nobody knows. */
  readonly cost: Amount | undefined;
  readonly link: string;
  /** JSON text, or `null` where the type asks nothing more. */
  readonly fields: string | null;
  readonly requestId: string | null;
  /** A UUID made of the normalised request; `null` without a request id. */
  readonly requestHash: string | null;
  /** The drip-feed or subscription that makes this order, and its number there. */
  readonly parent?: { readonly orderId: OrderId; readonly run: number };
  /**
   * `run`: the panel carries it out as orders of its own. If left out, it is sent to its provider.
   */
  readonly task?: "run";
  /** If left out: `api`. */
  readonly source?: OrderOrigin;
  /** Why it waits for a review. It has no task then. */
  readonly held?: string;
};

export type OrderOutcome =
  | { readonly code: "accepted" | "replayed"; readonly orderId: OrderId }
  | {
      readonly code: "conflict" | "insufficient" | "key" | "inactive" | "stale";
      readonly orderId?: undefined;
    };

type OutcomeRow = { outcomes: OrderOutcome["code"][]; order_ids: (OrderId | null)[] };

// An account or customer that vanished joins to nothing. Accounts are never removed, so the
// function always returns one outcome per order.
const placeOrdersSql = statement<OutcomeRow>(
  "orders.placeOrders",
  `select outcomes, order_ids
     from place_orders_v1(
       $1::uuid, $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::bigint[], $8::bigint[], $9::integer[], $10::integer[], $11::numeric[], $12::numeric[],
       $13::numeric[], $14::text[], $15::jsonb[], $16::text[], $17::uuid[], $18::bigint[],
       $19::integer[], $20::text[], $21::text[], $22::text[])`,
);

/**
 * Decides and stores a batch in one statement and one commit. The outcomes are in the order of the
 * requests. Locks the accounts of the batch while it runs.
 */
export async function placeOrderBatch(
  db: Queryable,
  batchId: string,
  requests: readonly OrderRequest[],
): Promise<OrderOutcome[]> {
  const column = <Value>(read: (request: OrderRequest) => Value) => requests.map(read);
  const row = await placeOrdersSql.one(
    db,
    batchId,
    arrayText(column((request) => request.accountId)),
    arrayText(column((request) => request.keyId)),
    arrayText(column((request) => request.keyVersion)),
    arrayText(column((request) => request.serviceId)),
    arrayText(column((request) => request.serviceVersion)),
    arrayText(column((request) => request.priceVersion)),
    arrayText(column((request) => request.quantity)),
    arrayText(column((request) => request.runs)),
    arrayText(column((request) => request.intervalMinutes)),
    `{${column((request) => decimalFromAmount(request.rate)).join(",")}}`,
    `{${column((request) => decimalFromAmount(request.charge)).join(",")}}`,
    `{${column(({ cost }) => (cost === undefined ? "NULL" : decimalFromAmount(cost))).join(",")}}`,
    column((request) => request.link),
    column((request) => request.fields),
    column((request) => request.requestId),
    column((request) => request.requestHash),
    arrayText(rare(requests, ({ parent }) => parent?.orderId)),
    arrayText(rare(requests, ({ parent }) => parent?.run)),
    rare(requests, ({ task }) => task),
    rare(requests, ({ source }) => source),
    rare(requests, ({ held }) => held),
  );
  return outcomesFromRow(row);
}

/** A column that most batches leave empty. The function takes an empty array for nulls. */
function rare<Value>(
  requests: readonly OrderRequest[],
  read: (request: OrderRequest) => Value | undefined,
): (Value | undefined)[] {
  return requests.some((request) => read(request) !== undefined) ? requests.map(read) : [];
}

const findBatchSql = statement<OutcomeRow>(
  "orders.findBatch",
  "select outcomes, order_ids from order_batches where id = $1::uuid",
);

/** The outcomes of a batch, if it was committed at all. */
export async function findOrderBatch(
  db: Queryable,
  batchId: string,
): Promise<OrderOutcome[] | undefined> {
  const row = await findBatchSql.maybe(db, batchId);
  return row && outcomesFromRow(row);
}

const deleteOldBatchesSql = statement(
  "orders.deleteOldBatches",
  "delete from order_batches where created_at < panel_now() - interval '1 day'",
);

/** Deletes batches that no process can still be asking for. */
export async function deleteOldBatches(db: Queryable): Promise<void> {
  await deleteOldBatchesSql.run(db);
}

function outcomesFromRow(row: OutcomeRow): OrderOutcome[] {
  return row.outcomes.map((code, index) => {
    if (code !== "accepted" && code !== "replayed") return { code };
    const orderId = row.order_ids[index];
    if (orderId === null || orderId === undefined) throw new Error("an order without an id");
    return { code, orderId };
  });
}
