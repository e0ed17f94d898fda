import { parseId } from "#values/ids.ts";
import type { ProductId } from "#values/ids.ts";
import { isRequestId } from "#request-ids/request-id.ts";
import { parseAmount, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { parseQuantity } from "#values/quantity.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";

/** What a buyer sent, as it was sent; `undefined` for what was left out. */
export type ProductOrderInput = {
  readonly product: string | undefined;
  readonly quantity: string | undefined;
  /** The answer to the product's question. Several lines are one text. */
  readonly require?: string | undefined;
  readonly requestId?: string | undefined;
  readonly maxCharge?: string | undefined;
};

/** Why a product order is not taken. Codes are stable. Nothing was charged. */
export type PlaceProductOrderRefusal =
  | { readonly code: "product_unknown"; readonly field: string }
  | { readonly code: "quantity_required"; readonly field: string }
  | { readonly code: "quantity_invalid"; readonly field: string }
  | { readonly code: "quantity_below_min"; readonly field: string; readonly min: number }
  | { readonly code: "quantity_above_max"; readonly field: string; readonly max: number }
  | { readonly code: "field_required"; readonly field: string }
  | { readonly code: "field_invalid"; readonly field: string; readonly expected: string }
  | { readonly code: "out_of_stock" }
  /** The encryption key is missing, or a line of the stock is damaged. */
  | { readonly code: "delivery_unavailable" }
  | { readonly code: "charge_too_high"; readonly field: string }
  | { readonly code: "insufficient_funds" }
  | { readonly code: "max_charge_invalid"; readonly field: string }
  | { readonly code: "price_above_max_charge"; readonly field: string; readonly charge: Amount }
  | { readonly code: "request_id_invalid"; readonly field: string }
  | { readonly code: "request_id_used"; readonly field: string }
  | { readonly code: "key_dead" }
  | { readonly code: "customer_inactive" };

/** A request that could be read. Whether it can be met is another question. */
export type ProductOrderRequest = {
  readonly productId: ProductId;
  readonly quantity: number;
  /** Trimmed. Lines end with a line feed. */
  readonly answer: string | undefined;
  readonly requestId: string | undefined;
  readonly maxCharge: Amount | undefined;
};

/**
 * Reads what does not depend on the product. The quantity is never guessed: as with `add`, a client
 * that forgot it is told before money moves.
 */
export function readProductOrder(
  input: ProductOrderInput,
): Result<ProductOrderRequest, PlaceProductOrderRefusal> {
  const requestId = input.requestId?.trim();
  if (requestId !== undefined && !isRequestId(requestId)) {
    return refused({ code: "request_id_invalid", field: "requestId" });
  }
  const maxCharge = input.maxCharge === undefined ? undefined : parseAmount(input.maxCharge.trim());
  if (input.maxCharge !== undefined && (maxCharge === undefined || maxCharge < zero)) {
    return refused({ code: "max_charge_invalid", field: "maxCharge" });
  }
  const productId = parseId<ProductId>(input.product?.trim() ?? "");
  if (productId === undefined) return refused({ code: "product_unknown", field: "product" });
  if (input.quantity === undefined || input.quantity.trim() === "") {
    return refused({ code: "quantity_required", field: "quantity" });
  }
  const quantity = parseQuantity(input.quantity.trim());
  if (quantity === undefined) return refused({ code: "quantity_invalid", field: "quantity" });
  const answer = input.require?.replaceAll("\r\n", "\n").trim();
  return ok({
    productId,
    quantity,
    answer: answer === "" ? undefined : answer,
    requestId,
    maxCharge,
  });
}
