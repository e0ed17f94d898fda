import type { IncomingMessage } from "node:http";
import type { ApiKey } from "#customers/api-key.ts";
import { BatchFull } from "#database/micro-batch.ts";
import type { BodyOrigin } from "#http/body-room.ts";
import { addressGroup } from "#http/client-address.ts";
import { refusedWith } from "./answer.ts";
import { readApiKey } from "./command.ts";
import { readFields } from "./fields.ts";
import type { ResellerRefusal } from "./refusal.ts";
import type { ResellerDesk } from "./reseller-desk.ts";
import type { Visit } from "./visit.ts";
import { write } from "./write-answer.ts";

/**
 * The key as it is now. A stranger's from an address that sent too many wrong ones is looked for
 * among all keys that this process knows of, so that it costs no query.
 */
export async function findStrangersKey(
  desk: ResellerDesk,
  { request, response }: Visit,
  keyText: string,
): Promise<ApiKey | undefined> {
  const { keys, admission } = desk;
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

/** A wrong key counts against its address; once too many, that is what is said, and late. */
export async function refuseStranger(desk: ResellerDesk, visit: Visit): Promise<void> {
  const { addressOf, connections, strangers, settings } = desk.admission;
  const address = addressOf(visit.request);
  const refusal = countRefused(desk, address, { code: "key_unknown" });
  if (refusal.code !== "rate_limited") return write(visit, refusedWith(refusal));
  const group = addressGroup(address);
  const { address_requests_max: requestsMax, requests_max } = settings();
  if (!strangers.enter(group, 0, { requestsMax, totalMax: requests_max / 2 })) {
    connections.endWith(visit.request, visit.response);
    return write(visit, refusedWith(refusal));
  }
  await refuseLate(desk, visit, group, refusal).finally(() => strangers.leave(group, 0));
}

/** The first refusals of a second are told at once, the others after a while. */
export async function refuseLate(
  desk: ResellerDesk,
  visit: Visit,
  subject: string | number,
  refusal: ResellerRefusal,
): Promise<void> {
  if (!desk.admission.limits.isFewRefused(subject)) await waitToRefuse(desk, visit);
  write(visit, refusedWith(refusal));
}

/** Where even that would be too much, the connection ends with the refusal. */
export async function waitToRefuse(
  desk: ResellerDesk,
  { request, response }: Visit,
): Promise<void> {
  const late = desk.admission.lateAnswers.wait();
  if (late === undefined) desk.admission.connections.endWith(request, response);
  else await late;
}

/** True where the key may be known without the body, and stands for nothing at that address. */
export function mayBeStranger({ admission }: ResellerDesk, request: IncomingMessage): boolean {
  return (
    request.url?.includes("?") === true && admission.limits.isBlocked(admission.addressOf(request))
  );
}

/** True where the query string has a key, and it is nobody's: the body is not read then. */
export async function isStrangerUnread(
  desk: ResellerDesk,
  request: IncomingMessage,
): Promise<boolean> {
  const fields = await readFields(request, Buffer.alloc(0));
  const keyText = fields.ok ? readApiKey(fields.value) : undefined;
  if (keyText === undefined || desk.keys.isKnown(keyText)) return false;
  return !(await desk.keys.isKnownByNow(keyText));
}

export function originOf(desk: ResellerDesk, request: IncomingMessage): BodyOrigin {
  const address = desk.admission.addressOf(request);
  return {
    addressGroup: addressGroup(address),
    isBlocked: desk.admission.limits.isBlocked(address),
  };
}

/** Counts a refusal against the address; once too many, that is what is said. */
export function countRefused(
  desk: ResellerDesk,
  address: string,
  refusal: ResellerRefusal,
): ResellerRefusal {
  const retryAfterSeconds = desk.admission.limits.countFailedKey(address);
  return retryAfterSeconds > 0 ? { code: "rate_limited", retryAfterSeconds } : refusal;
}
