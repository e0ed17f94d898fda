import type { CancelRow, RefillRow } from "#orders/requests.sql.ts";
import type { ProviderId } from "#values/ids.ts";
import type { Sight } from "#views/sight.ts";
import { wireWord } from "#views/spelling.ts";

/** What refills and cancels share, as staff see them. `lead` holds the columns before it. */
export function requestRecord<Lead extends object, More extends object>(
  lead: Lead,
  request: RefillRow | CancelRow,
  more: More,
  sight: Sight,
) {
  return {
    ...lead,
    order: request.order_id,
    customer: request.account_id,
    status: wireWord(request.status),
    note: request.note,
    ...(sight.provider && { provider: request.provider_id, answer: request.answer }),
    reason: request.reason,
    asked_by: request.asked_by,
    ...more,
    due: request.due_at,
    deadline: request.deadline_at,
    created: request.created_at,
    updated: request.updated_at,
  };
}

/** The alias of the provider that carries it out; null where staff do. */
export function aliasOf(
  { provider_id: id }: RefillRow | CancelRow,
  aliases: ReadonlyMap<ProviderId, string>,
): string | null {
  return id === null ? null : (aliases.get(id) ?? null);
}
