import type { ResellerContext } from "#http/reseller/reseller-context.ts";
import { refuseLate, refuseStranger } from "./strangers.ts";
import type { Visit } from "./visit.ts";

/** A larger body is judged by its key alone before it is parsed. */
export const largeBodyBytes = 64 * 1024;

/**
 * How a large body is refused, because its key is nobody's or has sent too many bytes; `undefined`
 * where it is to be parsed. Parsing it costs more than everything else that is done for a request.
 */
export async function turnAway(
  context: ResellerContext,
  visit: Visit,
  body: Buffer,
): Promise<(() => Promise<void>) | undefined> {
  const { addressOf, limits } = context.admission;
  const keyText = peekKey(body);
  if (keyText === undefined) return undefined;
  const key = context.keys.remembered(keyText);
  if (key !== undefined) {
    const retryAfterSeconds = limits.countBytes(key, body.length);
    if (retryAfterSeconds === 0) return undefined;
    return () => refuseLate(context, visit, key.id, { code: "rate_limited", retryAfterSeconds });
  }
  if (context.keys.isKnown(keyText)) return undefined;
  const isBlocked = limits.isBlocked(addressOf(visit.request));
  const isSomebodys = isBlocked
    ? await context.keys.isKnownByNow(keyText)
    : (await context.keys.read(keyText)) !== undefined;
  return isSomebodys ? undefined : () => refuseStranger(context, visit);
}

const keyBytesMax = 256;

/** The key as it stands in a form or in JSON; `undefined` where it does not stand there plainly. */
function peekKey(body: Buffer): string | undefined {
  return keyOfForm(body) ?? keyOfJson(body);
}

function keyOfForm(body: Buffer): string | undefined {
  const at = body.lastIndexOf("&key=");
  const start = at === -1 ? (body.indexOf("key=") === 0 ? 4 : -1) : at + 5;
  if (start === -1) return undefined;
  const text = body.toString("latin1", start, start + keyBytesMax + 1);
  return /^([0-9A-Za-z_.-]+)(?=&|$)/.exec(text)?.[1];
}

function keyOfJson(body: Buffer): string | undefined {
  const at = body.lastIndexOf('"key"');
  if (at === -1) return undefined;
  const text = body.toString("latin1", at, at + keyBytesMax + 16);
  return /^"key"\s*:\s*"([0-9A-Za-z_.-]+)"/.exec(text)?.[1];
}
