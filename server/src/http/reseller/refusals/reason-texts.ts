import type { CancelReason, CancelRow, RefillReason, RefillRow } from "#orders/requests.sql.ts";

/** Why a request was not granted, in words for its customer: they never say whom we buy from. */
const texts: Readonly<Record<RefillReason | CancelReason, string>> = {
  provider_refused: "It is not possible for this order",
  deadline: "It could not be done in time",
  order_completed: "Order already completed",
  staff: "It was declined by support",
};

/** The reason for a rejected request; `undefined` for any other. */
export function reasonText(
  status: RefillRow["status"] | CancelRow["status"],
  reason: RefillReason | CancelReason | null,
): string | undefined {
  return status === "rejected" && reason !== null ? texts[reason] : undefined;
}
