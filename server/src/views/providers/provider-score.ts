import type { Context } from "#database/context.ts";
import { readScoreboard } from "#orders/reports/scoreboard.ts";
import type { Score } from "#orders/reports/scoreboard.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { ProviderId, ServiceId } from "#values/ids.ts";
import { sightOf } from "#views/sight.ts";
import type { Sight } from "#views/sight.ts";
import { moneyOrNull } from "#views/spelling.ts";

export type ScoreRecord = ReturnType<typeof scoreRecord>;

/** How providers and their services performed with our orders of the last days. */
export async function viewScores(
  ctx: Context,
  actor: Actor,
  query: {
    readonly days: number;
    readonly providerId?: ProviderId | undefined;
    readonly serviceId?: ServiceId | undefined;
  },
) {
  authorize(actor, "reports.read");
  authorize(actor, "orders.provider");
  const sight = sightOf(actor);
  const { days, providerId, serviceId } = query;
  const scores = await readScoreboard(ctx.db, { days, providerId, serviceId });
  const { currency } = await readSettings(ctx.db);
  return { currency, scores: scores.map((score) => scoreRecord(score, currency, sight)) };
}

/** Shares and times are null where there were too few orders. */
function scoreRecord(score: Score, currency: string, sight: Sight) {
  const { counts, refills } = score;
  return {
    provider: score.provider.id,
    alias: score.provider.alias,
    provider_service: score.providerService ?? null,
    sent: counts.sent,
    accepted: counts.accepted,
    refused: counts.refused,
    not_sent: counts.not_sent,
    unknown: counts.unknown,
    completed: counts.completed,
    partial: counts.partial,
    canceled: counts.canceled,
    refused_share: score.refusedShare ?? null,
    unknown_share: score.unknownShare ?? null,
    partial_share: score.partialShare ?? null,
    canceled_share: score.canceledShare ?? null,
    start_seconds: score.start ?? null,
    finish_seconds: score.finish ?? null,
    refills: refills?.refills ?? 0,
    refills_completed: refills?.completed ?? 0,
    refills_failed: refills?.failed ?? 0,
    refilled_share: score.refillShare ?? null,
    refill_seconds_median: score.refillShare === undefined ? null : refills?.refill_median,
    ...(sight.cost && { spent_per_hour: moneyOrNull(score.spentPerHour) }),
    currency,
    hours_left: score.hoursLeft ?? null,
  };
}
