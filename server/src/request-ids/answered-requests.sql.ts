import { statement } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { RepeatableRequest } from "./request-id.ts";

/** What was done under a request id, by subject. */
export type StoredAnswers = Readonly<Record<string, unknown>>;

// Rewrites an existing row unchanged, which locks it, and reads its present content.
const lockSql = statement<{ is_same: boolean; answers: StoredAnswers }>(
  "requestIds.lock",
  `insert into answered_requests as r (account_id, action, request_id, request_hash, answers)
   values ($1::bigint, $2::text, $3::text, $4::uuid, '{}')
       on conflict (account_id, action, request_id) do update set answers = r.answers
   returning r.request_hash = $4::uuid as is_same, r.answers`,
);

/**
 * Locks a request until the transaction ends, and returns what was done for it before; `undefined`
 * where the id was used for another request. Comes before every other lock.
 */
export async function lockAnswers(
  tx: Tx,
  { accountId, action, requestId, requestHash }: RepeatableRequest,
): Promise<StoredAnswers | undefined> {
  const row = await lockSql.one(tx, accountId, action, requestId, requestHash);
  return row.is_same ? row.answers : undefined;
}

const storeSql = statement(
  "requestIds.store",
  `update answered_requests
      set answers = answers || $4::jsonb
    where account_id = $1::bigint and action = $2::text and request_id = $3::text`,
);
const forgetSql = statement(
  "requestIds.forget",
  `delete from answered_requests
    where account_id = $1::bigint and action = $2::text and request_id = $3::text
      and answers = '{}'`,
);

/** Adds what was done for a locked request. A request for which nothing was done is forgotten. */
export async function storeAnswers(
  tx: Tx,
  { accountId, action, requestId }: RepeatableRequest,
  answers: StoredAnswers,
): Promise<void> {
  const key = [accountId, action, requestId];
  if (Object.keys(answers).length === 0) await forgetSql.run(tx, ...key);
  else await storeSql.run(tx, ...key, JSON.stringify(answers));
}
