import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { customRateFromRow, customRateToRow } from "./custom-rate.ts";
import type { CustomRate, CustomRateRow } from "./custom-rate.ts";

const listCustomRatesSql = statement<CustomRateRow & { service_id: ServiceId }>(
  "catalog.listCustomRates",
  "select service_id, fixed, percent from custom_rates where account_id = $1::bigint",
);

export async function listCustomRates(
  db: Queryable,
  accountId: AccountId,
): Promise<Map<ServiceId, CustomRate>> {
  const rates = new Map<ServiceId, CustomRate>();
  for (const row of await listCustomRatesSql.all(db, accountId)) {
    const rate = customRateFromRow(row);
    if (rate !== undefined) rates.set(row.service_id, rate);
  }
  return rates;
}

const listAllCustomRatesSql = statement<
  CustomRateRow & { account_id: AccountId; service_id: ServiceId }
>(
  "catalog.listAllCustomRates",
  `select account_id, service_id, fixed, percent
     from custom_rates
    where account_id = any ($1::bigint[])
    order by account_id, service_id`,
);

/** Lists the custom rates of several customers. */
export async function listCustomRatesOf(
  db: Queryable,
  accounts: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, ReadonlyMap<ServiceId, CustomRate>>> {
  const found = new Map(accounts.map((id) => [id, new Map<ServiceId, CustomRate>()]));
  for (const row of await listAllCustomRatesSql.all(db, accounts)) {
    const rate = customRateFromRow(row);
    if (rate !== undefined) found.get(row.account_id)?.set(row.service_id, rate);
  }
  return found;
}

const upsertCustomRateSql = statement(
  "catalog.upsertCustomRate",
  `insert into custom_rates (account_id, service_id, fixed, percent)
   values ($1::bigint, $2::bigint, $3::numeric, $4::numeric)
   on conflict (account_id, service_id)
   do update set fixed = excluded.fixed, percent = excluded.percent`,
);
const deleteCustomRateSql = statement(
  "catalog.deleteCustomRate",
  "delete from custom_rates where account_id = $1::bigint and service_id = $2::bigint",
);

/**
 * Sets a customer's custom rate, or with `undefined` removes it. The caller raises the customer's
 * price version.
 */
export async function putCustomRate(
  tx: Tx,
  accountId: AccountId,
  serviceId: ServiceId,
  rate: CustomRate | undefined,
): Promise<void> {
  if (rate === undefined) {
    await deleteCustomRateSql.run(tx, accountId, serviceId);
    return;
  }
  const { fixed, percent } = customRateToRow(rate);
  await upsertCustomRateSql.run(tx, accountId, serviceId, fixed, percent);
}
