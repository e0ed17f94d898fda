import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";

const leaseProbeSql = statement(
  "providers.leaseProbe",
  `update provider_states
      set probe_at = panel_now() + interval '1 second' * greatest($2::double precision,
            least($3::double precision, extract(epoch from panel_now() - held_at)::float8))
    where provider_id = $1::bigint and hold_kind is not null and probe_at <= panel_now()`,
);

/**
 * Takes the probe that asks whether a hold can end; returns false where another process has it. The
 * next probe comes after as long again as the hold has lasted, within these bounds.
 */
export async function leaseProbe(
  db: Queryable,
  id: ProviderId,
  seconds: { min: number; max: number },
): Promise<boolean> {
  return (await leaseProbeSql.run(db, id, seconds.min, seconds.max)) === 1;
}

const listDueSql = statement<{ provider_id: ProviderId }>(
  "providers.listDueProbes",
  `select provider_id
     from provider_states
    where hold_kind is not null and probe_at <= panel_now()`,
);

/** Lists the held providers whose probe is due. */
export async function listDueProbes(db: Queryable): Promise<readonly ProviderId[]> {
  return (await listDueSql.all(db)).map((row) => row.provider_id);
}
