import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { inTransaction } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { findStream, follow, unfollow } from "#events/streams.sql.ts";
import { isPublicHost, parseUrl } from "#outgoing/send-request.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId, WebhookId } from "#values/ids.ts";
import { setPosition, wakeWebhook } from "./positions.sql.ts";
import { positionNow } from "./read-changes.ts";
import { newSecret, sealSecret } from "./secret.ts";
import {
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  lockWebhook,
  nextWebhookId,
  rotateSecret,
  updateWebhook,
} from "./webhooks.sql.ts";
import type { Webhook } from "./webhooks.sql.ts";
import type { EventKind } from "./event-kinds.ts";

/** What is left out stays as it is. */
export type WebhookChange = {
  readonly url?: string | undefined;
  /** Which events are sent; empty: all. */
  readonly kinds?: readonly EventKind[] | undefined;
  readonly isEnabled?: boolean | undefined;
};

export type ChangeWebhookRefusal =
  | { readonly code: "webhook_unknown" }
  | { readonly code: "webhook_url_invalid"; readonly problem: "no_address" | "not_public" }
  | { readonly code: "webhooks_too_many"; readonly max: number }
  | { readonly code: "replay_impossible"; readonly from: number; readonly to: number };

const perCustomerMax = 20;
const urlLengthMax = 2000;

/** Adds an endpoint, which is sent everything from now on. The secret is never shown again. */
export async function addWebhook(
  ctx: Context,
  actor: Actor,
  accountId: AccountId,
  { url, kinds = [] }: { readonly url: string; readonly kinds?: readonly EventKind[] | undefined },
): Promise<Result<{ id: WebhookId; secret: string }, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    const problem = await problemOf(tx, url);
    if (problem !== undefined) return refused({ code: "webhook_url_invalid", problem });
    // Locks the account, so that the limit holds when two are added at once.
    await follow(tx, accountId);
    const others = await listWebhooks(tx, perCustomerMax, accountId);
    if (others.length >= perCustomerMax) {
      return refused({ code: "webhooks_too_many", max: perCustomerMax });
    }
    const id = await nextWebhookId(tx);
    const secret = newSecret();
    const sealedSecret = sealSecret(secrets, id, secret);
    await insertWebhook(tx, { id, accountId, url: url.trim(), sealedSecret, kinds });
    const stream = await findStream(tx, accountId, 1);
    if (stream === undefined) throw new Error(`account ${accountId} is not followed`);
    await setPosition(tx, id, positionNow(stream));
    const after = { customer: accountId, url: url.trim(), kinds };
    await audit(tx, { actor, action: "webhook.add", subject: `webhook:${id}`, after });
    return ok({ id, secret });
  });
}

/** Changes an endpoint. When it is switched on, it is tried at once, from where it had stopped. */
export async function changeWebhook(
  ctx: Context,
  actor: Actor,
  id: WebhookId,
  change: WebhookChange,
): Promise<Result<Webhook, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  return inTransaction(ctx, async (tx) => {
    const before = await lockWebhook(tx, id);
    if (before === undefined) return refused({ code: "webhook_unknown" });
    const problem = change.url === undefined ? undefined : await problemOf(tx, change.url);
    if (problem !== undefined) return refused({ code: "webhook_url_invalid", problem });
    const after: Webhook = {
      ...before,
      url: change.url?.trim() ?? before.url,
      kinds: change.kinds ?? before.kinds,
      isEnabled: change.isEnabled ?? before.isEnabled,
      offReason: change.isEnabled === undefined ? before.offReason : undefined,
    };
    await updateWebhook(tx, after);
    if (after.isEnabled) await wakeWebhook(tx, id);
    await audit(tx, {
      actor,
      action: "webhook.set",
      subject: `webhook:${id}`,
      before: audited(before),
      after: audited(after),
    });
    return ok(after);
  });
}

/** Removes an endpoint with the log of its deliveries. */
export async function removeWebhook(
  ctx: Context,
  actor: Actor,
  id: WebhookId,
): Promise<Result<Webhook, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  return inTransaction(ctx, async (tx) => {
    const before = await lockWebhook(tx, id);
    if (before === undefined) return refused({ code: "webhook_unknown" });
    await deleteWebhook(tx, id);
    if ((await listWebhooks(tx, 1, before.accountId)).length === 0) {
      await unfollow(tx, before.accountId, (await readSettings(tx)).event_days);
    }
    const subject = `webhook:${id}`;
    await audit(tx, { actor, action: "webhook.remove", subject, before: audited(before) });
    return ok(before);
  });
}

/** Makes a new secret; for one day the previous one signs as well. */
export async function rotateWebhook(
  ctx: Context,
  actor: Actor,
  id: WebhookId,
): Promise<Result<{ secret: string }, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  const secrets = await ctx.secrets();
  return inTransaction(ctx, async (tx) => {
    if ((await lockWebhook(tx, id)) === undefined) return refused({ code: "webhook_unknown" });
    const secret = newSecret();
    await rotateSecret(tx, id, sealSecret(secrets, id, secret));
    await audit(tx, { actor, action: "webhook.rotate", subject: `webhook:${id}` });
    return ok({ secret });
  });
}

/** Sends everything again from the customer's own event `from` on, under the same ids as before. */
export async function replayWebhook(
  ctx: Context,
  actor: Actor,
  id: WebhookId,
  from: number,
): Promise<Result<{ events: number }, ChangeWebhookRefusal>> {
  authorize(actor, "webhooks.write");
  return inTransaction(ctx, async (tx) => {
    const webhook = await lockWebhook(tx, id);
    if (webhook === undefined) return refused({ code: "webhook_unknown" });
    const stream = await findStream(tx, webhook.accountId, 1);
    const first = (stream?.baseSeq ?? 0) + 1;
    const last = stream?.lastSeq ?? 0;
    if (stream === undefined || from < first || from > last) {
      return refused({ code: "replay_impossible", from: first, to: last });
    }
    await setPosition(tx, id, { ...positionNow(stream), seq: from - 1 });
    const subject = `webhook:${id}`;
    await audit(tx, { actor, action: "webhook.replay", subject, after: { from } });
    return ok({ events: last - from + 1 });
  });
}

/**
 * Names are checked when they are resolved, at every delivery; an IP address is checked here too.
 */
async function problemOf(tx: Tx, text: string): Promise<"no_address" | "not_public" | undefined> {
  const url = parseUrl(text.trim());
  if (url === undefined || text.length > urlLengthMax) {
    return "no_address";
  }
  const mayBePrivate = (await readSettings(tx)).webhooks_private === "yes";
  return mayBePrivate || isPublicHost(url) ? undefined : "not_public";
}

function audited({ url, kinds, isEnabled }: Webhook): Readonly<Record<string, unknown>> {
  return { url, kinds, isEnabled };
}
