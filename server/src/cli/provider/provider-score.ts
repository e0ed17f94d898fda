import { sampleMin } from "#orders/reports/scoreboard.ts";
import type { ServiceId } from "#values/ids.ts";
import { viewScores } from "#views/providers/provider-score.ts";
import type { ScoreRecord } from "#views/providers/provider-score.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { shownDuration } from "#cli/kit/duration.ts";
import { optional } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { countWithin, filledText, id } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

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
    const { currency, scores } = await viewScores(open.ctx, open.actor, {
      days: given(days) ?? daysDefault,
      providerId: found?.value.id,
      serviceId: given(service),
    });
    const headers = ["provider", "service", "sent>", "accepted>", "refused>", "unknown>"];
    const more = ["partial>", "canceled>", "start 50/90 %>", "finish 50/90 %>", "refilled>"];
    const text = table(
      [...headers, ...more, `${currency}/h>`, "lasts>"],
      scores.map(scoreRow),
      "Nothing was sent in that time.",
    );
    return answer(scores, text);
  },
};

function scoreRow(score: ScoreRecord): (string | number | undefined)[] {
  return [
    score.alias,
    score.provider_service ?? "all",
    score.sent,
    score.accepted,
    shownShare(score.refused_share),
    shownShare(score.unknown_share),
    shownShare(score.partial_share),
    shownShare(score.canceled_share),
    shownSpread(score.start_seconds),
    shownSpread(score.finish_seconds),
    score.refills === 0 ? undefined : shownShare(score.refilled_share),
    score.spent_per_hour ?? undefined,
    score.hours_left === null ? undefined : shownDuration(score.hours_left * 3600),
  ];
}

function shownShare(share: number | null): string {
  return share === null ? few : `${(share * 100).toFixed(1)} %`;
}

function shownSpread(spread: ScoreRecord["start_seconds"]): string {
  if (spread === null) return few;
  return `${shownDuration(spread.median)} / ${shownDuration(spread.ninetieth)}`;
}
