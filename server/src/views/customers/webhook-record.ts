import type { Progress } from "#webhooks/positions.sql.ts";
import type { Webhook } from "#webhooks/webhooks.sql.ts";

/** A webhook as staff see it, with how far its deliveries have come, where known. */
export function webhookRecord(webhook: Webhook, progress?: Progress) {
  return {
    webhook: webhook.id,
    customer: webhook.accountId,
    url: webhook.url,
    events: webhook.kinds.length === 0 ? ("all" as const) : webhook.kinds,
    status: webhook.isEnabled ? "enabled" : "disabled",
    off_reason: webhook.offReason ?? null,
    previous_secret_until: webhook.previousUntil ?? null,
    last_event: progress?.seq ?? null,
    failures: progress?.failures ?? null,
    failing_since: progress?.failingSince ?? null,
    next_try: progress === undefined || progress.failures === 0 ? null : progress.dueAt,
    created: webhook.createdAt,
  };
}
