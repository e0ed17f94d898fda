import type { Service } from "#catalog/service.ts";
import type { FiguresRow } from "#orders/reports/service-figures.sql.ts";
import { shownDuration } from "#cli/kit/duration.ts";
import { table } from "#cli/kit/output.ts";

type Figures = ReadonlyMap<Service["id"], FiguresRow & { readonly measured_at: Date }>;

const few = "not enough data";

/** Services with what was measured of them, for people. */
export function figuresTable(services: readonly Service[], figures: Figures): string {
  const rows = services.map((service) => {
    const seen = figures.get(service.id);
    return [
      service.id,
      service.name,
      seen?.ended ?? 0,
      shownTime(seen?.finish_median),
      shownTime(seen?.finish_95),
      shownTime(seen?.start_median),
      shownShare(seen?.partial_share),
      shownShare(seen?.refill_share),
    ];
  });
  const headers = ["id>", "name", "ended>", "average time", "95 % within", "starts after"];
  return table([...headers, "partial", "refilled"], rows, "No services.");
}

/** The same for programs; null where nobody knows. */
export function figuresJson(id: Service["id"], figures: Figures): Record<string, unknown> | null {
  const seen = figures.get(id);
  if (seen === undefined) return null;
  return {
    measured: seen.measured_at,
    ended: seen.ended,
    completed: seen.completed,
    average_seconds: seen.finish_median,
    seconds_95: seen.finish_95,
    start_seconds: seen.start_median,
    partial_share: seen.partial_share,
    refill_share: seen.refill_share,
  };
}

function shownTime(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? few : shownDuration(seconds);
}

function shownShare(share: number | null | undefined): string {
  return share === null || share === undefined ? few : `${(share * 100).toFixed(1)} %`;
}
