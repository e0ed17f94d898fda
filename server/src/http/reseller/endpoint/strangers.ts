import type { IncomingMessage } from "node:http";
import type { ApiKey } from "#customers/api-key.ts";
import { BatchFull } from "#database/micro-batch.ts";
import type { BodyOrigin } from "#http/guard/body-room.ts";
import { addressGroup } from "#http/guard/client-address.ts";
import { refusedWith } from "#http/reseller/answer.ts";
import { readApiKey } from "./read-command.ts";
import { readFields } from "#http/reseller/request/fields.ts";
import type { ResellerRefusal } from "#http/reseller/refusals/refusal.ts";
import type { ResellerContext } from "#http/reseller/reseller-context.ts";
import type { Visit } from "./visit.ts";
import { write } from "./write-answer.ts";

/**
 * The key as it is now. A stranger's key, from an address that sent too many wrong ones, is first
 * looked up among all keys that this process knows of, so that it costs no query.
 */
export async function findStrangersKey(
  context: ResellerContext,
  { request, response }: Visit,
  keyText: string,
): Promise<ApiKey | undefined> {
  const { keys, admission } = context;
  if (keyText === "") return undefined;
  if (keys.isKnown(keyText)) return keys.read(keyText);
  const address = admission.addressOf(request);
  const group = addressGroup(address);
  const { address_requests_max: requestsMax, requests_max } = admission.settings();
  if (!admission.strangers.enter(group, 0, { requestsMax, totalMax: requests_max / 2 })) {
    admission.connections.endWith(request, response);
    throw new BatchFull();
  }
  try {
    if (admission.limits.isBlocked(address) && !(await keys.isKnownByNow(keyText))) {
      return undefined;
    }
    return await keys.read(keyText);
  } finally {
    admission.strangers.leave(group, 0);
  }
}

/**
 * Counts a wrong key against its address; after too many, the refusal says that instead, and late.
 */
export async function refuseStranger(context: ResellerContext, visit: Visit): Promise<void> {
  const { addressOf, connections, strangers, settings } = context.admission;
  const address = addressOf(visit.request);
  const refusal = countRefused(context, address, { code: "key_unknown" });
  if (refusal.code !== "rate_limited") return write(visit, refusedWith(refusal));
  const group = addressGroup(address);
  const { address_requests_max: requestsMax, requests_max } = settings();
  if (!strangers.enter(group, 0, { requestsMax, totalMax: requests_max / 2 })) {
    connections.endWith(visit.request, visit.response);
    return write(visit, refusedWith(refusal));
  }
  await refuseLate(context, visit, group, refusal).finally(() => strangers.leave(group, 0));
}

/** Sends the first refusals of a second at once, the others after a while. */
export async function refuseLate(
  context: ResellerContext,
  visit: Visit,
  subject: string | number,
  refusal: ResellerRefusal,
): Promise<void> {
  if (!context.admission.limits.isFewRefused(subject)) await waitToRefuse(context, visit);
  write(visit, refusedWith(refusal));
}

/** Waits before a refusal. Where too many wait already, the connection ends with the refusal. */
export async function waitToRefuse(
  context: ResellerContext,
  { request, response }: Visit,
): Promise<void> {
  const late = context.admission.lateAnswers.wait();
  if (late === undefined) context.admission.connections.endWith(request, response);
  else await late;
}

/** True where the key may be in the query string, and the address has sent too many wrong keys. */
export function mayBeStranger({ admission }: ResellerContext, request: IncomingMessage): boolean {
  return (
    request.url?.includes("?") === true && admission.limits.isBlocked(admission.addressOf(request))
  );
}

/** True where the query string has a key, and it is nobody's: then the body is not read. */
export async function isStrangerUnread(
  context: ResellerContext,
  request: IncomingMessage,
): Promise<boolean> {
  const fields = await readFields(request, Buffer.alloc(0));
  const keyText = fields.ok ? readApiKey(fields.value) : undefined;
  if (keyText === undefined || context.keys.isKnown(keyText)) return false;
  return !(await context.keys.isKnownByNow(keyText));
}

export function originOf(context: ResellerContext, request: IncomingMessage): BodyOrigin {
  const address = context.admission.addressOf(request);
  return {
    addressGroup: addressGroup(address),
    isBlocked: context.admission.limits.isBlocked(address),
  };
}

/** Counts a refusal against the address; after too many, the refusal says that instead. */
export function countRefused(
  context: ResellerContext,
  address: string,
  refusal: ResellerRefusal,
): ResellerRefusal {
  const retryAfterSeconds = context.admission.limits.countFailedKey(address);
  return retryAfterSeconds > 0 ? { code: "rate_limited", retryAfterSeconds } : refusal;
}
