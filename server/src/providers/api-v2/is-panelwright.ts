import { sendRequest } from "#outgoing/send-request.ts";
import type { ProviderCall } from "#providers/connector.ts";
import { isObject, readJson } from "#providers/api-v2/answers/read-json.ts";

/** True where the provider runs this software, which its API document tells. No key is sent. */
export async function isPanelwright(call: ProviderCall): Promise<boolean> {
  await call.awaitSlot();
  const reply = await sendRequest({
    method: "GET",
    url: new URL("/openapi.json", call.baseUrl).href,
    timeoutMs: call.timeoutMs,
    isPrivate: call.isPrivate,
  });
  if (reply.kind !== "answered" || reply.status !== 200) return false;
  const json = readJson(reply.text);
  return isObject(json) && "x-error-texts" in json && "x-actions" in json;
}
