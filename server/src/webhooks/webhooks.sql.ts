import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { AccountId, WebhookId } from "#values/ids.ts";

/** An address that a customer's events are sent to. */
export type Webhook = {
  readonly id: WebhookId;
  readonly accountId: AccountId;
  readonly url: string;
  /** Which events are sent; empty: all. */
  readonly kinds: readonly string[];
  readonly isEnabled: boolean;
  /** Why it was switched off, where it was not by hand. */
  readonly offReason: string | undefined;
  /** Sealed for the purpose `webhook:<id>`. */
  readonly sealedSecret: string;
  /** The previous secret, while it still signs as well. */
  readonly sealedPrevious: string | undefined;
  readonly previousUntil: Date | undefined;
  readonly createdAt: Date;
};

type WebhookRow = {
  id: WebhookId;
  account_id: AccountId;
  url: string;
  kinds: string[];
  is_enabled: boolean;
  off_reason: string | null;
  sealed_secret: string;
  sealed_previous: string | null;
  previous_until: Date | null;
  created_at: Date;
};

const columns = `id, account_id, url, kinds, is_enabled, off_reason, sealed_secret, created_at,
          case when previous_until > panel_now() then sealed_previous end as sealed_previous,
          case when previous_until > panel_now() then previous_until end as previous_until`;

function fromRow(row: WebhookRow): Webhook {
  return {
    id: row.id,
    accountId: row.account_id,
    url: row.url,
    kinds: row.kinds,
    isEnabled: row.is_enabled,
    offReason: row.off_reason ?? undefined,
    sealedSecret: row.sealed_secret,
    sealedPrevious: row.sealed_previous ?? undefined,
    previousUntil: row.previous_until ?? undefined,
    createdAt: row.created_at,
  };
}

const nextIdSql = statement<{ id: WebhookId }>(
  "webhooks.nextId",
  "select nextval(pg_get_serial_sequence('webhook_endpoints', 'id')) as id",
);

/** Reserves the next endpoint's id: its secret is sealed for that id before it is stored. */
export async function nextWebhookId(tx: Tx): Promise<WebhookId> {
  return (await nextIdSql.one(tx)).id;
}

const insertSql = statement(
  "webhooks.insertWebhook",
  `insert into webhook_endpoints (id, account_id, url, sealed_secret, kinds)
   values ($1::bigint, $2::bigint, $3::text, $4::text, $5::text[])`,
);

export async function insertWebhook(
  tx: Tx,
  webhook: Pick<Webhook, "id" | "accountId" | "url" | "sealedSecret" | "kinds">,
): Promise<void> {
  const { id, accountId, url, sealedSecret, kinds } = webhook;
  await insertSql.run(tx, id, accountId, url, sealedSecret, kinds);
}

const findSql = statement<WebhookRow>(
  "webhooks.findWebhook",
  `select ${columns} from webhook_endpoints where id = $1::bigint`,
);
const lockSql = statement<WebhookRow>(
  "webhooks.lockWebhook",
  `select ${columns} from webhook_endpoints where id = $1::bigint for update`,
);
const listSql = statement<WebhookRow>(
  "webhooks.listWebhooks",
  `select ${columns}
     from webhook_endpoints
    where $1::bigint is null or account_id = $1::bigint
    order by id
    limit $2::integer`,
);

export async function findWebhook(db: Queryable, id: WebhookId): Promise<Webhook | undefined> {
  const row = await findSql.maybe(db, id);
  return row && fromRow(row);
}

export async function lockWebhook(tx: Tx, id: WebhookId): Promise<Webhook | undefined> {
  const row = await lockSql.maybe(tx, id);
  return row && fromRow(row);
}

/** Lists endpoints in the order of their ids; only one customer's where one is named. */
export async function listWebhooks(
  db: Queryable,
  limit: number,
  accountId?: AccountId,
): Promise<Webhook[]> {
  return (await listSql.all(db, accountId, limit)).map(fromRow);
}

const updateSql = statement(
  "webhooks.updateWebhook",
  `update webhook_endpoints
      set url = $2::text, kinds = $3::text[], is_enabled = $4::boolean, off_reason = $5::text,
          updated_at = panel_now()
    where id = $1::bigint`,
);

export async function updateWebhook(
  tx: Tx,
  { id, url, kinds, isEnabled, offReason }: Webhook,
): Promise<void> {
  await updateSql.run(tx, id, url, kinds, isEnabled, offReason);
}

const rotateSql = statement(
  "webhooks.rotateSecret",
  `update webhook_endpoints
      set sealed_previous = sealed_secret, sealed_secret = $2::text,
          previous_until = panel_now() + interval '1 day', updated_at = panel_now()
    where id = $1::bigint`,
);

/** Stores a new secret; the previous one signs as well for a day. */
export async function rotateSecret(tx: Tx, id: WebhookId, sealedSecret: string): Promise<void> {
  await rotateSql.run(tx, id, sealedSecret);
}

const deleteSql = statement(
  "webhooks.deleteWebhook",
  "delete from webhook_endpoints where id = $1::bigint",
);

/** Deletes the endpoint with its position and the log of its deliveries. */
export async function deleteWebhook(tx: Tx, id: WebhookId): Promise<void> {
  await deleteSql.run(tx, id);
}

const switchOffSql = statement(
  "webhooks.switchOff",
  `update webhook_endpoints
      set is_enabled = false, off_reason = $2::text, updated_at = panel_now()
    where id = $1::bigint and is_enabled`,
);

/** Switches the endpoint off: nothing is sent to it until somebody switches it on. */
export async function switchOffWebhook(
  db: Queryable,
  id: WebhookId,
  reason: string,
): Promise<void> {
  await switchOffSql.run(db, id, reason);
}
