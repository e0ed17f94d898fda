import { arrayText, statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { Concern } from "#providers/outcome.ts";
import { moverName, systemActor } from "#values/actor.ts";
import type { Mover } from "#values/actor.ts";
import type { AccountId, OrderId, ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";

/** One attempt to place an order at a provider. */
export type Attempt = {
  readonly accountId: AccountId;
  readonly orderId: OrderId;
  readonly number: number;
  readonly providerId: ProviderId;
  readonly providerService: string | undefined;
  readonly requestId: string;
  /** In the provider's currency. */
  readonly expectedCharge: Amount | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date | undefined;
  /** `undefined` while the call is under way, or where its worker is gone. */
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | "by_hand" | undefined;
  readonly concern: Concern | undefined;
  readonly reason: string | undefined;
  readonly providerOrder: string | undefined;
  /** What an unknown outcome turned out to be. */
  readonly settledAs: "accepted" | "refused" | undefined;
  readonly settledBy: string | undefined;
  readonly settledAt: Date | undefined;
  /** Our balance there, as last reported before the attempt, in the provider's currency. */
  readonly balanceBefore: Amount | undefined;
  readonly balanceBeforeAt: Date | undefined;
};

type AttemptRow = {
  account_id: AccountId;
  order_id: OrderId;
  number: number;
  provider_id: ProviderId;
  provider_service: string | null;
  request_id: string;
  expected_charge: string | null;
  started_at: Date;
  ended_at: Date | null;
  outcome: NonNullable<Attempt["outcome"]> | null;
  concern: Concern | null;
  reason: string | null;
  provider_order: string | null;
  settled_as: "accepted" | "refused" | null;
  settled_by: string | null;
  settled_at: Date | null;
  balance_before: string | null;
  balance_before_at: Date | null;
};

const columns = `account_id, order_id, number, provider_id, provider_service, request_id,
          expected_charge, started_at, ended_at, outcome, concern, reason, provider_order,
          settled_as, settled_by, settled_at, balance_before, balance_before_at`;

function attemptFromRow(row: AttemptRow): Attempt {
  return {
    accountId: row.account_id,
    orderId: row.order_id,
    number: row.number,
    providerId: row.provider_id,
    providerService: row.provider_service ?? undefined,
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
    balanceBefore: row.balance_before === null ? undefined : amountFromDecimal(row.balance_before),
    balanceBeforeAt: row.balance_before_at ?? undefined,
  };
}

const listAttemptsSql = statement<AttemptRow>(
  "orders.listAttempts",
  `select ${columns}
     from attempts
    where account_id = $1::bigint and order_id = any ($2::bigint[])
    order by number`,
);

/** Every attempt for an order, or for several orders of one account, first attempts first. */
export async function listAttempts(
  db: Queryable,
  accountId: AccountId,
  ...orderIds: readonly OrderId[]
): Promise<Attempt[]> {
  return (await listAttemptsSql.all(db, accountId, orderIds)).map(attemptFromRow);
}

const listLastAttemptsSql = statement<AttemptRow>(
  "orders.listLastAttempts",
  `select a.*
     from unnest($1::bigint[], $2::bigint[]) as i (account_id, order_id)
    cross join lateral (
      select ${columns}
        from attempts
       where order_id = i.order_id and account_id = i.account_id
       order by number desc
       limit 1) a`,
);

/** The last attempt of each of these orders. Orders without an attempt are left out. */
export async function listLastAttempts(
  db: Queryable,
  orders: readonly { readonly accountId: AccountId; readonly orderId: OrderId }[],
): Promise<Attempt[]> {
  const rows = await listLastAttemptsSql.all(
    db,
    arrayText(orders.map((order) => order.accountId)),
    arrayText(orders.map((order) => order.orderId)),
  );
  return rows.map(attemptFromRow);
}

const endSql = statement<{ started_at: Date }>(
  "orders.endAttempt",
  `update attempts
      set ended_at = panel_now(), outcome = $4::text, concern = $5::text, reason = $6::text,
          provider_order = $7::text,
          number_reuse = case when $7::text is not null then
            (select count(*)
               from attempts own
              where own.provider_id = attempts.provider_id and own.provider_order = $7::text
                and own.order_id = $2::bigint and own.number <> $3::integer) end,
          balance_before = case when $9::timestamptz < started_at then $8::numeric end,
          balance_before_at = case when $9::timestamptz < started_at then $9::timestamptz end
    where account_id = $1::bigint and order_id = $2::bigint and number = $3::integer
      and outcome is null
   returning started_at`,
);

/** How an attempt ended, as it is recorded. */
export type AttemptEnd = {
  readonly outcome: NonNullable<Attempt["outcome"]>;
  readonly concern?: Concern | undefined;
  readonly reason?: string | undefined;
  readonly providerOrder?: string | undefined;
  /** Our balance there as last reported. If left out, the balance before the attempt is kept. */
  readonly balance?: Amount | undefined;
  readonly balanceAt?: Date | undefined;
};

/** Ends an attempt of a locked order. Returns when it began; `undefined` if it had ended before. */
export async function endAttempt(
  tx: Tx,
  attempt: Pick<Attempt, "accountId" | "orderId" | "number">,
  end: AttemptEnd,
): Promise<Date | undefined> {
  const { balance } = end;
  const ended = await endSql.maybe(
    tx,
    attempt.accountId,
    attempt.orderId,
    attempt.number,
    end.outcome,
    end.concern,
    end.reason,
    end.providerOrder,
    balance === undefined ? null : decimalFromAmount(balance),
    end.balanceAt,
  );
  return ended?.started_at;
}

const settleSql = statement(
  "orders.settleAttempt",
  `update attempts
      set settled_as = $4::text, settled_by = $5::text, settled_at = panel_now(),
          provider_order = coalesce($6::text, provider_order),
          number_reuse = case when $6::text is null then number_reuse else
            (select count(*)
               from attempts others
              where others.provider_id = attempts.provider_id
                and others.provider_order = $6::text
                and (others.order_id, others.number) <> ($2::bigint, $3::integer)
                and ($7::boolean or others.order_id = $2::bigint)) end
    where account_id = $1::bigint and order_id = $2::bigint and number = $3::integer
      and outcome = 'unknown' and settled_as is null`,
);

/**
 * Records what an attempt of unknown outcome turned out to be. False where that was recorded
 * before. `isReused`: staff know that the provider gave the number to another order before.
 */
export async function settleAttempt(
  tx: Tx,
  attempt: Pick<Attempt, "accountId" | "orderId" | "number">,
  settling: {
    as: "accepted" | "refused";
    by: Mover;
    providerOrder?: string;
    isReused?: boolean;
  },
): Promise<boolean> {
  const { accountId, orderId, number } = attempt;
  const { as, by, providerOrder, isReused = false } = settling;
  const values = [accountId, orderId, number, as, moverName(by), providerOrder, isReused] as const;
  return (await settleSql.run(tx, ...values)) === 1;
}

const findHolderSql = statement<{ order_id: OrderId }>(
  "orders.findHolderOfProviderOrder",
  `select order_id
     from (select order_id, number_reuse
             from attempts
            where provider_id = $1::bigint and provider_order = $2::text
           union all
           select order_id, 0
             from mirrored_posts
            where provider_id = $1::bigint and provider_order = $2::text) held
    where order_id <> $3::bigint
    order by number_reuse desc nulls last
    limit 1`,
);

/** The other order of ours that carries a provider's number, if any. The last one of several. */
export async function findHolder(
  db: Queryable,
  providerId: ProviderId,
  providerOrder: string,
  orderId: OrderId,
): Promise<OrderId | undefined> {
  return (await findHolderSql.maybe(db, providerId, providerOrder, orderId))?.order_id;
}

const linkUnderWaySql = statement<{ is_under_way: boolean }>(
  "orders.isLinkUnderWay",
  `select exists (select
                    from attempts a
                    join orders o on o.account_id = a.account_id and o.id = a.order_id
                   where a.provider_id = $1::bigint and a.outcome is null and o.link = $2::text)
            as is_under_way`,
);

/** True while an order for this link is being sent to a provider. */
export async function isLinkUnderWay(
  db: Queryable,
  providerId: ProviderId,
  link: string,
): Promise<boolean> {
  return (await linkUnderWaySql.one(db, providerId, link)).is_under_way;
}

const linkWaitSql = statement<{ seconds: number | null }>(
  "orders.findLinkWait",
  `select extract(epoch from panel_now() - min(started_at))::float8 as seconds
     from attempts
    where account_id = $1::bigint and order_id = $2::bigint and concern = 'link'`,
);

/** For how many seconds the order has been waiting for its link to become free. */
export async function findLinkWait(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<number> {
  return (await linkWaitSql.one(db, accountId, orderId)).seconds ?? 0;
}

const listRefusedSql = statement<{ provider_id: ProviderId; provider_service: string | null }>(
  "orders.listRefusedSources",
  `select distinct provider_id, provider_service
     from attempts
    where account_id = $1::bigint and order_id = $2::bigint
      and (outcome = 'refused' and concern in ('service', 'order')
           or settled_as = 'refused' and settled_by <> $3::text)
      and started_at > coalesce((select max(closed_at)
                                   from desk_entries
                                  where account_id = $1::bigint and order_id = $2::bigint
                                    and reason = 'failed'), '-infinity')`,
);

/** The panel as the actor that settles something without a person. */
export const byItself = systemActor("send-orders");

/** The sources that refused the order since staff last took it off the desk as failed. */
export async function listRefusedSources(
  db: Queryable,
  accountId: AccountId,
  orderId: OrderId,
): Promise<{ providerId: ProviderId; providerService: string | undefined }[]> {
  const rows = await listRefusedSql.all(db, accountId, orderId, moverName(byItself));
  return rows.map((row) => ({
    providerId: row.provider_id,
    providerService: row.provider_service ?? undefined,
  }));
}
