import type { Context } from "#database/context.ts";
import { findStream } from "#events/streams.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { jittered, steppedBackOff } from "#values/back-off.ts";
import { insertWebhookAttempt } from "./attempts.sql.ts";
import { mergeStreams } from "./merge-streams.ts";
import type { Told } from "./merge-streams.ts";
import { postEvent } from "./post-event.ts";
import type { Delivery, Receiver } from "./post-event.ts";
import { advance, failWebhook, releaseWebhook, setPosition } from "./positions.sql.ts";
import type { Progress } from "./positions.sql.ts";
import { followNow, positionNow } from "./read-changes.ts";
import { openWebhookSecrets } from "./secret.ts";
import type { ShownEvent } from "./show-event.ts";
import { tellerFor } from "./teller.ts";
import { findWebhook, switchOffWebhook } from "./webhooks.sql.ts";
import type { Webhook } from "./webhooks.sql.ts";

export type DeliveryTerms = {
  /** For one event, from the start to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Longer than `timeoutMs`: if a lease ends during a call, the event is sent twice. */
  readonly leaseSeconds: number;
  /** After this long other endpoints have their turn. */
  readonly roundMsMax: number;
};

const pageLength = 50;
const jitterPercent = { more: 20 };
const hour = 3600;
const pausesSeconds = [5, 30, 120, 600, hour, 3 * hour, 6 * hour, 12 * hour, 24 * hour] as const;
/** The longest pause an endpoint may ask for. */
const askedSecondsMax = 24 * hour;

type Turn = {
  readonly webhook: Webhook;
  readonly receiver: Receiver;
  readonly lease: string;
  readonly failures: number;
  readonly terms: DeliveryTerms;
};

/**
 * Sends a leased endpoint its events, one after the other: the next leaves once the previous one
 * was accepted. The position moves after each, so a crash repeats at most one event.
 */
export async function deliverToWebhook(
  ctx: Context,
  progress: Progress,
  lease: string,
  { terms, signal }: { readonly terms: DeliveryTerms; readonly signal: AbortSignal },
): Promise<void> {
  const webhook = await findWebhook(ctx.db, progress.webhookId);
  if (webhook === undefined) return;
  const settings = await readSettings(ctx.db);
  const stream = await findStream(ctx.db, webhook.accountId, settings.event_days);
  if (stream?.epoch !== progress.epoch) return beginNow(ctx, webhook);
  const turn: Turn = {
    webhook,
    receiver: {
      url: webhook.url,
      secrets: openWebhookSecrets(await ctx.secrets(), webhook),
      isPrivate: settings.webhooks_private === "yes",
      timeoutMs: terms.timeoutMs,
      isTest: stream.isTest,
    },
    lease,
    failures: progress.failures,
    terms,
  };
  const teller = await tellerFor(ctx, webhook.accountId, settings.currency);
  const endsAt = performance.now() + terms.roundMsMax;
  let position = { epoch: progress.epoch, seq: progress.seq, catalogSeq: progress.catalogSeq };
  for (;;) {
    const page = await mergeStreams(ctx, teller, position, pageLength);
    if (page.kind === "gone") return beginNow(ctx, webhook);
    for (const told of page.told) {
      if (signal.aborted || performance.now() > endsAt) break;
      if (!(await deliverOne(ctx, turn, told))) return;
      position = told.position;
    }
    const isLast = page.told.length === 0 || !page.hasMore;
    if (isLast || signal.aborted || performance.now() > endsAt) break;
  }
  await releaseWebhook(ctx.db, webhook.id, lease);
}

/**
 * Returns false where nothing more is to be sent now: the delivery failed, or the lease was lost.
 */
async function deliverOne(ctx: Context, turn: Turn, told: Told): Promise<boolean> {
  const { webhook, receiver, lease, terms } = turn;
  const { shown, position } = told;
  if (shown !== undefined && isWanted(webhook, shown)) {
    const delivery = await postAndKeep(ctx, receiver, webhook, { ...shown, id: told.id });
    if (!delivery.isTaken) {
      await noteFailure(ctx, turn, delivery);
      return false;
    }
  }
  const { leaseSeconds } = terms;
  return advance(ctx.db, webhook.id, lease, { ...position, leaseSeconds });
}

function isWanted({ kinds }: Webhook, { event }: ShownEvent): boolean {
  return kinds.length === 0 || kinds.includes(event);
}

/** Sends one event and stores the answer. */
export async function postAndKeep(
  ctx: Context,
  receiver: Receiver,
  { id }: Webhook,
  event: ShownEvent & { readonly id: string },
): Promise<Delivery> {
  const startedAt = performance.now();
  const delivery = await postEvent(receiver, event, ctx.clock.now());
  await insertWebhookAttempt(ctx.db, {
    webhookId: id,
    eventId: event.id,
    kind: event.event,
    durationMs: Math.round(performance.now() - startedAt),
    httpStatus: delivery.httpStatus,
    answer: delivery.answer,
    isTaken: delivery.isTaken,
  });
  return delivery;
}

async function noteFailure(ctx: Context, turn: Turn, delivery: Delivery): Promise<void> {
  const { webhook, lease, failures } = turn;
  const askedFor = Math.min(delivery.retryAfterSeconds ?? 0, askedSecondsMax);
  const pause = Math.max(steppedBackOff(failures + 1, pausesSeconds), askedFor);
  const isOver = await failWebhook(ctx.db, webhook.id, lease, jittered(pause, jitterPercent));
  if (isOver === undefined) return;
  if (delivery.isGone) await switchOffWebhook(ctx.db, webhook.id, "it answered 410, Gone");
  else if (isOver) {
    await switchOffWebhook(ctx.db, webhook.id, `it failed for three days: ${delivery.answer}`);
  } else return;
  ctx.log.warn({ webhookId: webhook.id }, "webhook switched off");
}

/** Moves the endpoint to the present: the events it has missed are no longer kept. */
async function beginNow(ctx: Context, webhook: Webhook): Promise<void> {
  await setPosition(ctx.db, webhook.id, positionNow(await followNow(ctx, webhook.accountId)));
  ctx.log.warn({ webhookId: webhook.id }, "webhook's next events are no longer kept: begins now");
}
