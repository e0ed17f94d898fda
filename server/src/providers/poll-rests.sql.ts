import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";

/** How polling a provider for the states of orders goes; sending to it is a separate matter. */
export type PollRest = {
  /** Polls in a row that brought no answer. */
  readonly failures: number;
  /** True until it is time to ask again. */
  readonly isResting: boolean;
  /** What was wrong at the last failure. */
  readonly problem: string | undefined;
};

/** After this many polls in a row without an answer, staff are told. */
const failuresSeen = 3;

/** What staff should know about the polls; `undefined` as long as they go well. */
export function troubleWithAnswers({ failures, problem }: PollRest): string | undefined {
  if (failures < failuresSeen) return undefined;
  return `${failures} questions in a row brought no answer: ${problem ?? "unknown"}`;
}

type PollRestRow = { failures: number; is_resting: boolean; problem: string | null };

const findSql = statement<PollRestRow>(
  "providers.findPollRest",
  `select poll_failures as failures, poll_problem as problem,
          coalesce(poll_rest_until > panel_now(), false) as is_resting
     from provider_states
    where provider_id = $1::bigint`,
);

export async function findPollRest(db: Queryable, id: ProviderId): Promise<PollRest> {
  const row = await findSql.one(db, id);
  return { failures: row.failures, isResting: row.is_resting, problem: row.problem ?? undefined };
}

// From the fifth failure on: 10 seconds, then twice as long each time, up to 15 minutes.
const countFailureSql = statement<{ failures: number }>(
  "providers.countPollFailure",
  `update provider_states
      set poll_failures = poll_failures + 1,
          poll_problem = $2::text,
          poll_rest_until = case
            when poll_failures >= 4
            then panel_now() + least(10 * 2.0 ^ least(poll_failures - 4, 10), 900)
                               * interval '1 second'
          end
    where provider_id = $1::bigint
    returning poll_failures as failures`,
);

/**
 * Counts one more poll without an answer; returns how many there are in a row now. From five on the
 * provider rests.
 */
export async function countPollFailure(
  db: Queryable,
  id: ProviderId,
  problem: string,
): Promise<number> {
  return (await countFailureSql.one(db, id, problem)).failures;
}

const clearSql = statement(
  "providers.clearPollFailures",
  `update provider_states
      set poll_failures = 0, poll_rest_until = null, poll_problem = null
    where provider_id = $1::bigint and poll_failures > 0`,
);

/** Records that it answered: polling goes on as usual. */
export async function clearPollFailures(db: Queryable, id: ProviderId): Promise<void> {
  await clearSql.run(db, id);
}
