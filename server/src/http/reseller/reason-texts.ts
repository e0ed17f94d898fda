import type { CancelReason, CancelRow, RefillReason, RefillRow } from "#orders/requests.sql.ts";

/** Why a request was not granted, as its customer is told: never whom we buy from. */
const texts: Readonly<Record<RefillReason | CancelReason, string>> = {
  provider_refused: "It is not possible for this order",
  deadline: "It could not be done in time",
  order_completed: "Order already completed",
  staff: "It was declined by support",
};

/** The reason of a rejected request; `undefined` for every other. */
export function reasonText(
  status: RefillRow["status"] | CancelRow["status"],
  reason: RefillReason | CancelReason | null,
): string | undefined {
  return status === "rejected" && reason !== null ? texts[reason] : undefined;
}
