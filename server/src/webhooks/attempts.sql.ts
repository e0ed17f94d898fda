import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { WebhookId } from "#values/ids.ts";

/** One try to deliver an event. */
export type WebhookAttempt = {
  readonly webhookId: WebhookId;
  /** The id by which the receiver knows the event. */
  readonly eventId: string;
  readonly kind: string;
  readonly durationMs: number;
  /** `undefined` where no answer came. */
  readonly httpStatus: number | undefined;
  /** The beginning of the answer, or why there was none. */
  readonly answer: string;
  readonly isTaken: boolean;
};

const insertSql = statement(
  "webhooks.insertAttempt",
  `insert into webhook_attempts (endpoint_id, webhook_id, kind, duration_ms, http_status, answer,
                                 is_taken)
   select w.id, $2::text, $3::text, $4::integer, $5::integer, $6::text, $7::boolean
     from webhook_endpoints w
    where w.id = $1::bigint`,
);

/** Stores an attempt; does nothing where the endpoint was removed in the meantime. */
export async function insertWebhookAttempt(
  db: Queryable,
  { webhookId, eventId, kind, durationMs, httpStatus, answer, isTaken }: WebhookAttempt,
): Promise<void> {
  await insertSql.run(db, webhookId, eventId, kind, durationMs, httpStatus, answer, isTaken);
}

const listSql = statement<{
  id: number;
  endpoint_id: WebhookId;
  webhook_id: string;
  kind: string;
  at: Date;
  duration_ms: number;
  http_status: number | null;
  answer: string;
  is_taken: boolean;
}>(
  "webhooks.listAttempts",
  `select id, endpoint_id, webhook_id, kind, at, duration_ms, http_status, answer, is_taken
     from webhook_attempts
    where endpoint_id = $1::bigint
    order by id desc
    limit $2::integer`,
);

/** Lists attempts, newest first. */
export async function listWebhookAttempts(
  db: Queryable,
  id: WebhookId,
  limit: number,
): Promise<(WebhookAttempt & { readonly id: number; readonly at: Date })[]> {
  return (await listSql.all(db, id, limit)).map((row) => ({
    id: row.id,
    webhookId: row.endpoint_id,
    eventId: row.webhook_id,
    kind: row.kind,
    at: row.at,
    durationMs: row.duration_ms,
    httpStatus: row.http_status ?? undefined,
    answer: row.answer,
    isTaken: row.is_taken,
  }));
}

const deleteOldSql = statement(
  "webhooks.deleteOldAttempts",
  `delete from webhook_attempts
    where id in (select id
                   from webhook_attempts
                  where at < panel_now() - $1::integer * interval '1 day'
                  order by id
                  limit $2::integer)`,
);

/** Deletes at most `limit` attempts that are older; returns how many. */
export function deleteOldAttempts(db: Queryable, days: number, limit: number): Promise<number> {
  return deleteOldSql.run(db, days, limit);
}
