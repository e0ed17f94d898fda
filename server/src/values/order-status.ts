/**
 * The states of an order. Outside the panel only these six words exist; `wireStatus` spells them.
 */
export type OrderStatus =
  | "pending"
  | "processing"
  | "in_progress"
  | "completed"
  | "partial"
  | "canceled";

/** Exact spelling on the wire, as every deployed panel and client knows it. */
export const wireStatus: Readonly<Record<OrderStatus, string>> = {
  pending: "Pending",
  processing: "Processing",
  in_progress: "In progress",
  completed: "Completed",
  partial: "Partial",
  canceled: "Canceled",
};

/**
 * Which states may follow each state. After Completed an operator may still grant Partial or
 * Canceled (a refund); money never flows back to the panel, so nothing leads out of Canceled.
 */
export const orderTransitions: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  pending: ["processing", "in_progress", "completed", "partial", "canceled"],
  processing: ["pending", "in_progress", "completed", "partial", "canceled"],
  in_progress: ["processing", "completed", "partial", "canceled"],
  completed: ["partial", "canceled"],
  partial: ["canceled"],
  canceled: [],
};

/** True where providers no longer move the order. */
export function isFinal(status: OrderStatus): boolean {
  return status === "completed" || status === "partial" || status === "canceled";
}

/** Reads a state as people and providers write it (any letter case, blank or underscore). */
export function parseOrderStatus(text: string): OrderStatus | undefined {
  const word = text.trim().toLowerCase().replaceAll(/[ -]/g, "_");
  return Object.hasOwn(wireStatus, word) ? (word as OrderStatus) : undefined;
}

/** A state as the database wrote it; anything else is a bug. */
export function orderStatusFromDatabase(text: string): OrderStatus {
  if (!Object.hasOwn(wireStatus, text)) throw new RangeError(`${text} is no state of an order`);
  return text as OrderStatus;
}
