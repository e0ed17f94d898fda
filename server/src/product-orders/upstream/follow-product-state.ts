import type { ProviderProductState } from "#providers/connector.ts";
import type { ProductType } from "#products/product.ts";
import type { ProductOrder, ProductOrderWait } from "#product-orders/product-orders.sql.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import { splitResult } from "./split-result.ts";

/** What must be looked at before anything is delivered. */
export type SaidGoods = {
  /** The items that the provider has given so far, in its order. */
  readonly items: readonly string[];
  /** How many the buyer must have where it ends this way. `undefined`: as many as there are. */
  readonly expected: number | undefined;
};

type Said = Extract<ProviderProductState, { kind: "state" }>;
type Standing = Pick<ProductOrder, "quantity" | "delivered" | "status">;

/**
 * The goods in a provider's answer. While the order goes on, only a list is believed: where to cut
 * a text of several lines is unknown before its end. What the provider's staff deliver (`service`)
 * is one item, however many lines it has.
 */
export function goodsOf(order: Standing, type: ProductType, said: Said): SaidGoods {
  const { status, result, remains } = said;
  const expected =
    status === "partial"
      ? remains === undefined
        ? undefined
        : Math.max(order.quantity - remains, 0)
      : order.quantity;
  if (result === undefined || status === undefined || status === "canceled") {
    return { items: [], expected };
  }
  const isOver = status === "completed" || status === "partial";
  if (type === "service") {
    const whole = typeof result === "string" ? [result] : result;
    return { items: isOver ? whole : [], expected };
  }
  if (!isOver && typeof result === "string") return { items: [], expected };
  const count = isOver ? (expected ?? linesOf(result)) : order.quantity;
  return { items: splitResult(result, Math.min(count, order.quantity)), expected };
}

function linesOf(result: string | readonly string[]): number {
  if (typeof result !== "string") return result.length;
  return result.split(/\r?\n/).filter((line) => line.trim() !== "").length;
}

/** What is left to do with a provider's answer once its goods were checked. */
export type Following = {
  readonly status: ProductOrderStatus;
  readonly note: string | undefined;
  /** `null`: nothing that was asked of the provider waits any more. */
  readonly waits: { readonly for: ProductOrderWait; readonly note: string } | null;
};

/** What was found in the goods. */
export type Delivery = {
  /** How many items the buyer has, including the new ones. */
  readonly delivered: number;
  /** Lines that were given before: which ones, counted from 1, and to which order. */
  readonly repeated: readonly { readonly line: number; readonly holder: number }[];
};

const noteDefault = "Could not be delivered";

/**
 * Decides where a provider's answer puts an order. Nothing is guessed: a status that is unknown,
 * goes backwards, or does not fit what was delivered leaves the order where it is, for staff to
 * see.
 */
export function followProductState(
  order: Standing,
  said: Said,
  expected: number | undefined,
  { delivered, repeated }: Delivery,
): Following {
  const goesOn = delivered > 0 || order.status === "in_progress" ? "in_progress" : "pending";
  const wait = (reason: ProductOrderWait, note: string): Following => ({
    status: goesOn,
    note: undefined,
    waits: { for: reason, note },
  });
  const stands = wireProductOrderStatus[order.status];
  switch (said.status) {
    case undefined:
      return wait("status_unknown", `The provider says: ${JSON.stringify(said.word)}`);
    case "pending":
      if (goesOn === "pending") return { status: "pending", note: undefined, waits: null };
      return wait("went_back", `It stood at ${stands}; the provider says Pending`);
    case "in_progress":
      if (repeated.length > 0) return wait("repeated", repeatedWords(repeated));
      return { status: "in_progress", note: undefined, waits: null };
    case "canceled":
      if (delivered === 0) {
        return { status: "canceled", note: said.note ?? noteDefault, waits: null };
      }
      return wait("went_back", `${delivered} were delivered; the provider says Canceled`);
    case "completed":
    case "partial": {
      const due = Math.min(expected ?? delivered, order.quantity);
      if (delivered < due || delivered === 0) {
        if (repeated.length > 0) return wait("repeated", repeatedWords(repeated));
        const word = wireProductOrderStatus[said.status];
        const left = said.remains === undefined ? "" : ` with ${said.remains} remaining`;
        const words = `The provider says ${word}${left} and gave ${delivered} of ${order.quantity}`;
        return wait("short", words);
      }
      if (repeated.length > 0) return wait("repeated", repeatedWords(repeated));
      if (delivered === order.quantity)
        return { status: "completed", note: undefined, waits: null };
      return { status: "partial", note: said.note, waits: null };
    }
  }
}

function repeatedWords(repeated: Delivery["repeated"]): string {
  const shown = repeated.slice(0, 5).map(({ line, holder }) => `${line} (order ${holder})`);
  const more = repeated.length > shown.length ? ` and ${repeated.length - shown.length} more` : "";
  return `Lines that were given before were not delivered: ${shown.join(", ")}${more}`;
}
