import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { FoundOrder, ProviderCall } from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { ask, excerpt } from "./ask.ts";
import { readSum, valueOf } from "#providers/api-v2/answers/read-amount.ts";
import { isObject, textOf } from "#providers/api-v2/answers/read-json.ts";
import type { JsonObject } from "#providers/api-v2/answers/read-json.ts";
import { readNumberedId } from "#providers/api-v2/answers/read-id.ts";
import { readList } from "#providers/api-v2/answers/read-list.ts";
import { named } from "#providers/api-v2/answers/read-order.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";
import type { ApiV2Settings } from "#providers/api-v2/answers/settings.ts";

const limit = "10";

/**
 * Finds the order that was placed under a request id (`action=orders&request_id=…`). Returns
 * `undefined` only where the answer proves that there is none: a list that holds other orders was
 * not looked up by our id.
 */
export async function findByRequestId(
  requestId: string,
  call: ProviderCall,
): Promise<Result<FoundOrder | undefined, ProviderFailure>> {
  const settings = apiV2Settings(call.settings, "orders");
  const parameters = { request_id: requestId, limit };
  const asked = await ask(call, { action: "orders", parameters, isBareFailure: true });
  if (asked.kind === "refused") {
    return refused({ kind: "refused", reason: asked.reason, concern: asked.concern });
  }
  if (asked.kind !== "answered") return refused(asked);
  const rows = readList(asked.json, ["orders"]);
  if (rows === undefined)
    return unproven(`the answer is no list of orders: ${excerpt(asked.text)}`);
  if (rows.length === 0) return ok(undefined);
  const ours = rows.filter(isObject).filter((row) => requestIdOf(row, settings) === requestId);
  const [row] = ours;
  if (row === undefined) return unproven("it does not look orders up by their request_id");
  if (ours.length > 1) return unproven(`it lists ${ours.length} orders under one request_id`);
  const providerOrder = readNumberedId(named(row, "order", settings, ["order_id", "id"]));
  if (providerOrder === undefined) return unproven("it lists our order without a number");
  return ok({
    providerOrder,
    charge: valueOf(readSum(named(row, "charge", settings), settings.decimal_mark)),
  });
}

function requestIdOf(row: JsonObject, settings: ApiV2Settings): string | undefined {
  return textOf(named(row, "request_id", settings));
}

function unproven(reason: string): Result<never, ProviderFailure> {
  return refused({ kind: "unknown", reason });
}
