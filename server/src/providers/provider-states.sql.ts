import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";
import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { ProviderBalance } from "./connector.ts";

/**
 * Why nothing new is sent to a provider: it refused our key, our balance there is used up, it wants
 * fewer requests, it does not answer, or an operator decided so.
 */
export type HoldKind = "key" | "funds" | "limit" | "silent" | "operator";

/** How we stand with a provider at the moment. */
export type ProviderState = {
  readonly hold:
    | {
        readonly kind: HoldKind;
        readonly reason: string;
        readonly since: Date;
        /** `undefined`: only an operator ends the hold. */
        readonly probeAt: Date | undefined;
        /** True where it is time to ask whether the hold can end. */
        readonly isProbeDue: boolean;
      }
    | undefined;
  /** Calls in a row that brought no readable answer. */
  readonly failures: number;
  /** As the provider last said, in its currency. */
  readonly balance: Amount | undefined;
  readonly balanceCurrency: string | undefined;
  readonly balanceAt: Date | undefined;
  /** What it called its currency when an operator last decided what it counts in. */
  readonly acceptedCurrency: string | undefined;
};

type StateRow = {
  hold_kind: HoldKind | null;
  hold_reason: string | null;
  held_at: Date | null;
  probe_at: Date | null;
  is_probe_due: boolean;
  failures: number;
  balance: string | null;
  balance_currency: string | null;
  balance_at: Date | null;
  accepted_currency: string | null;
};

const findStateSql = statement<StateRow>(
  "providers.findState",
  `select hold_kind, hold_reason, held_at, probe_at,
          coalesce(probe_at <= panel_now(), false) as is_probe_due, failures, balance,
          balance_currency, balance_at, accepted_currency
     from provider_states
    where provider_id = $1::bigint`,
);

export async function findProviderState(db: Queryable, id: ProviderId): Promise<ProviderState> {
  const row = await findStateSql.one(db, id);
  return {
    hold:
      row.hold_kind === null || row.held_at === null
        ? undefined
        : {
            kind: row.hold_kind,
            reason: row.hold_reason ?? "",
            since: row.held_at,
            probeAt: row.probe_at ?? undefined,
            isProbeDue: row.is_probe_due,
          },
    failures: row.failures,
    balance: row.balance === null ? undefined : amountFromDecimal(row.balance),
    balanceCurrency: row.balance_currency ?? undefined,
    balanceAt: row.balance_at ?? undefined,
    acceptedCurrency: row.accepted_currency ?? undefined,
  };
}

const holdSql = statement(
  "providers.hold",
  `update provider_states
      set hold_kind = $2::text, hold_reason = $3::text,
          held_at = coalesce(held_at, panel_now()),
          probe_at = panel_now() + $4::double precision * interval '1 second'
    where provider_id = $1::bigint
      and (hold_kind is distinct from 'operator' or $2::text = 'operator')`,
);

/**
 * Stops sending to a provider. After `probeSeconds` it is asked whether the hold can end; without
 * `probeSeconds`, only an operator ends it. An operator's hold stays, whatever else happens.
 */
export async function holdProvider(
  db: Queryable,
  id: ProviderId,
  hold: { kind: HoldKind; reason: string; probeSeconds: number | undefined },
): Promise<void> {
  await holdSql.run(db, id, hold.kind, hold.reason, hold.probeSeconds);
}

const releaseSql = statement(
  "providers.release",
  `update provider_states
      set hold_kind = null, hold_reason = null, held_at = null, probe_at = null, failures = 0
    where provider_id = $1::bigint
      and (hold_kind is distinct from 'operator' or $2::boolean)`,
);

/** Ends a hold; an operator's hold ends only by an operator. */
export async function releaseProvider(
  db: Queryable,
  id: ProviderId,
  isByOperator = false,
): Promise<boolean> {
  return (await releaseSql.run(db, id, isByOperator)) === 1;
}

const countFailureSql = statement<{ failures: number }>(
  "providers.countFailure",
  `update provider_states
      set failures = failures + 1
    where provider_id = $1::bigint
    returning failures`,
);
const clearFailuresSql = statement(
  "providers.clearFailures",
  "update provider_states set failures = 0 where provider_id = $1::bigint and failures > 0",
);

/** Counts one more call without a readable answer; returns how many there are in a row now. */
export async function countFailure(db: Queryable, id: ProviderId): Promise<number> {
  return (await countFailureSql.one(db, id)).failures;
}

export async function clearFailures(db: Queryable, id: ProviderId): Promise<void> {
  await clearFailuresSql.run(db, id);
}

const setBalanceSql = statement(
  "providers.setBalance",
  `update provider_states
      set balance = $2::numeric, balance_currency = coalesce($3::text, balance_currency),
          balance_at = panel_now()
    where provider_id = $1::bigint`,
);

/**
 * Stores what the provider said of our balance there; if it named no currency, the stored one
 * stays.
 */
export async function setProviderBalance(
  db: Queryable,
  id: ProviderId,
  said: ProviderBalance,
): Promise<void> {
  await setBalanceSql.run(db, id, decimalFromAmount(said.balance), said.currency);
}

const acceptCurrencySql = statement(
  "providers.acceptCurrency",
  `update provider_states
      set accepted_currency = balance_currency
    where provider_id = $1::bigint`,
);

/** Accepts what the provider last called its currency: from now on it is expected. */
export async function acceptCurrency(db: Queryable, id: ProviderId): Promise<void> {
  await acceptCurrencySql.run(db, id);
}
