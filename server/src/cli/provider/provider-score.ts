import { readScoreboard, sampleMin } from "#orders/reports/scoreboard.ts";
import type { Score, Spread } from "#orders/reports/scoreboard.ts";
import type { ServiceId } from "#values/ids.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownDuration } from "#cli/kit/duration.ts";
import { optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { countWithin, filledText, id } from "#cli/kit/readers.ts";
import { currencyOf, money, providerOf } from "#cli/kit/shared.ts";

const daysDefault = 30;
const few = "few";

const provider = optional("--provider <name>", "only this provider", filledText);
const service = optional("--service <number>", "only orders of this service", id<ServiceId>);
const days = optional(
  "--days <number>",
  `of the last days (${daysDefault} if left out)`,
  countWithin(1, 36_500),
);

export const providerScore: CliCommand = {
  name: "provider score",
  summary: "Shows how providers and their services did with our orders.",
  details:
    `Shares and times are told from ${sampleMin} orders on; below that they are "${few}". Partial ` +
    "and canceled are shares of what has ended; times count from when the order was handed over.",
  options: [provider, service, days],
  run: async (panel, given) => {
    const open = await panel.open();
    const name = given(provider);
    const found = name === undefined ? undefined : await providerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    const scores = await readScoreboard(open.ctx.db, {
      days: given(days) ?? daysDefault,
      providerId: found?.value.id,
      serviceId: given(service),
    });
    const currency = await currencyOf(open);
    const headers = ["provider", "service", "sent>", "accepted>", "refused>", "unknown>"];
    const more = ["partial>", "canceled>", "start 50/90 %>", "finish 50/90 %>", "refilled>"];
    const text = table(
      [...headers, ...more, `${currency}/h>`, "lasts>"],
      scores.map(scoreRow),
      "Nothing was sent in that time.",
    );
    return answer(
      scores.map((score) => scoreJson(score, currency)),
      text,
    );
  },
};

function scoreRow(score: Score): (string | number | undefined)[] {
  const { counts } = score;
  return [
    score.provider.alias,
    score.providerService ?? "all",
    counts.sent,
    counts.accepted,
    shownShare(score.refusedShare),
    shownShare(score.unknownShare),
    shownShare(score.partialShare),
    shownShare(score.canceledShare),
    shownSpread(score.start),
    shownSpread(score.finish),
    score.refills === undefined ? undefined : shownShare(score.refillShare),
    score.spentPerHour === undefined ? undefined : money(score.spentPerHour),
    score.hoursLeft === undefined ? undefined : shownDuration(score.hoursLeft * 3600),
  ];
}

function scoreJson(score: Score, currency: string): Record<string, unknown> {
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
    start_seconds: spreadJson(score.start),
    finish_seconds: spreadJson(score.finish),
    refills: refills?.refills ?? 0,
    refills_completed: refills?.completed ?? 0,
    refills_failed: refills?.failed ?? 0,
    refilled_share: score.refillShare ?? null,
    refill_seconds_median: score.refillShare === undefined ? null : refills?.refill_median,
    spent_per_hour: score.spentPerHour === undefined ? null : money(score.spentPerHour),
    currency,
    hours_left: score.hoursLeft ?? null,
  };
}

function spreadJson(spread: Spread | undefined): Record<string, number> | null {
  return spread === undefined ? null : { median: spread.median, ninetieth: spread.ninetieth };
}

function shownShare(share: number | undefined): string {
  return share === undefined ? few : `${(share * 100).toFixed(1)} %`;
}

function shownSpread(spread: Spread | undefined): string {
  if (spread === undefined) return few;
  return `${shownDuration(spread.median)} / ${shownDuration(spread.ninetieth)}`;
}
