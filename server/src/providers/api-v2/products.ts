import { ok, refused } from "#values/result.ts";
import type { ProviderConnector } from "#providers/connector.ts";
import { ask } from "./ask.ts";
import { failureOf, idParameters, inBatches, statesOf } from "./ask-batches.ts";
import { meansUnknownOrder } from "#providers/api-v2/answers/read-concern.ts";
import { readNumberedId } from "#providers/api-v2/answers/read-id.ts";
import { field, isObject } from "#providers/api-v2/answers/read-json.ts";
import type { Json } from "#providers/api-v2/answers/read-json.ts";
import { readOrderId } from "#providers/api-v2/answers/read-order.ts";
import { readItems, readProductStates } from "#providers/api-v2/answers/read-product-order.ts";
import { readProducts } from "#providers/api-v2/answers/read-products.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";
import type { ApiV2Settings } from "#providers/api-v2/answers/settings.ts";

type Products = NonNullable<ProviderConnector["products"]>;

const listBytesMax = 64 * 1024 * 1024;
// 10,000 lines of 4000 characters, and what surrounds them.
const resultBytesMax = 64 * 1024 * 1024;

/**
 * Digital goods as 1DG documents them: `products`, `add_product_order`, `product_order_status`, and
 * `result_product` where a provider has it. A number may also come as a text. Neither a buyer's
 * answer nor the goods are logged or quoted.
 */
export const apiV2Products: Products = {
  listProducts,
  placeProductOrder,
  mayRepeat: (settings) => apiV2Settings(settings).honours_request_id,
  productOrderStates,
  listItems,
};

async function listProducts(
  call: Parameters<Products["listProducts"]>[0],
): ReturnType<Products["listProducts"]> {
  const asked = await ask(call, { action: "products", bytesMax: listBytesMax });
  if (asked.kind !== "answered") return refused(failureOf(asked));
  const list = readProducts(asked.json);
  if (list !== undefined) return ok(list);
  return refused({ kind: "unknown", reason: "the answer is no list of products" });
}

async function placeProductOrder(
  order: Parameters<Products["placeProductOrder"]>[0],
  call: Parameters<Products["placeProductOrder"]>[1],
): ReturnType<Products["placeProductOrder"]> {
  const settings = apiV2Settings(call.settings, "add_product_order");
  const asked = await ask(call, {
    action: "add_product_order",
    parameters: {
      product: order.providerProduct,
      quantity: String(order.quantity),
      ...(order.answer !== undefined && { require: order.answer }),
      ...(settings.honours_request_id && { request_id: order.requestId }),
    },
    isBareFailure: true,
    isSecret: true,
    secretParameters: ["require"],
  });
  switch (asked.kind) {
    case "not_sent":
    case "unknown":
      return asked;
    case "refused": {
      const { reason, json } = asked;
      // A provider that says both may have made the order; and the order that used the request id
      // may be ours.
      const isDoubtful =
        readNumber(json, settings) !== undefined || /\brequest_id\b.{0,20}\bused\b/i.test(reason);
      if (isDoubtful) return { kind: "unknown", reason };
      const concern = meansProduct.test(reason) ? "service" : asked.concern;
      return { kind: "refused", reason, concern };
    }
    case "answered": {
      const providerOrder = readNumber(asked.json, settings);
      if (providerOrder !== undefined) return { kind: "accepted", providerOrder };
      return { kind: "unknown", reason: "the answer holds neither an order nor an error" };
    }
  }
}

/**
 * Refusals that are about the product and would be taken for others: a panel that has no keys left
 * does not mean our key.
 */
const meansProduct = new RegExp(
  [
    "out[ _]of[ _]stock|sold[ _]out|in stock|(?:no|not enough|insufficient|low) (?:stock|inventory|items?)",
    "(?:no|not enough) (?:more )?(?:keys?|codes?|accounts?|licen[cs]es?) (?:left|available|in)",
    "(?:keys?|codes?|accounts?|licen[cs]es?) (?:are|is) (?:not|no longer|un)\\s?available",
    "product.{0,20}\\b(?:id|not|does|is|temporarily|inactive|disabled|unavailable)",
    "(?:incorrect|invalid|unknown|disabled|inactive)[ _]product",
  ].join("|"),
  "i",
);

function readNumber(json: Json | undefined, settings: ApiV2Settings): string | undefined {
  const own = isObject(json) ? field(json, "product_order") : undefined;
  return readOrderId(json, settings) ?? readNumberedId(own);
}

async function productOrderStates(
  providerOrders: readonly string[],
  call: Parameters<Products["productOrderStates"]>[1],
): ReturnType<Products["productOrderStates"]> {
  const settings = apiV2Settings(call.settings, "product_order_status");
  return inBatches(providerOrders, settings.status_batch, async (ids) => {
    const asked = await ask(call, {
      action: "product_order_status",
      parameters: idParameters("order", ids),
      bytesMax: resultBytesMax,
      isSecret: true,
    });
    return statesOf(asked, ids, {
      read: (json) => readProductStates(json, ids, settings),
      isMissing: meansUnknownOrder,
      isSecret: true,
    });
  });
}

async function listItems(
  providerOrder: string,
  call: Parameters<Products["listItems"]>[1],
): ReturnType<Products["listItems"]> {
  const asked = await ask(call, {
    action: "result_product",
    parameters: { order: providerOrder },
    bytesMax: resultBytesMax,
    isSecret: true,
  });
  // Whatever it refuses here, the order's state has the goods as well.
  if (asked.kind === "refused" && asked.concern !== "limit") return ok(undefined);
  if (asked.kind !== "answered") return refused(failureOf(asked));
  return ok(readItems(asked.json));
}
