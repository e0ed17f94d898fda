/** Where a product order stands, in the database's words. */
export const productOrderStatuses = [
  "pending",
  "in_progress",
  "completed",
  "partial",
  "canceled",
] as const;
export type ProductOrderStatus = (typeof productOrderStatuses)[number];

/** The words of the wire (1DG's page: Pending, In progress, Completed, Partial, Canceled). */
export const wireProductOrderStatus: Readonly<Record<ProductOrderStatus, string>> = {
  pending: "Pending",
  in_progress: "In progress",
  completed: "Completed",
  partial: "Partial",
  canceled: "Canceled",
};

/** True where nothing more is delivered or refunded, except through a claim. */
export function isProductOrderFinal(status: ProductOrderStatus): boolean {
  return status === "completed" || status === "partial" || status === "canceled";
}
