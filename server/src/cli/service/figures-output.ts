import { shownDuration } from "#cli/kit/duration.ts";
import { table } from "#cli/kit/output.ts";
import type { ServiceListRow } from "#views/catalog/service-list.ts";

const few = "not enough data";

/** Services with their measured figures, for people. */
export function figuresTable(services: readonly ServiceListRow[]): string {
  const rows = services.map(({ service, name, figures: seen }) => [
    service,
    name,
    seen?.ended ?? 0,
    shownTime(seen?.average_seconds),
    shownTime(seen?.seconds_95),
    shownTime(seen?.start_seconds),
    shownShare(seen?.partial_share),
    shownShare(seen?.refill_share),
  ]);
  const headers = ["id>", "name", "ended>", "average time", "95 % within", "starts after"];
  return table([...headers, "partial", "refilled"], rows, "No services.");
}

function shownTime(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined ? few : shownDuration(seconds);
}

function shownShare(share: number | null | undefined): string {
  return share === null || share === undefined ? few : `${(share * 100).toFixed(1)} %`;
}
