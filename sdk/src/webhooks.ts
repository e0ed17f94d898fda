import { WebhookError } from "./errors.ts";
import { isRecord, pick, textOf } from "./json.ts";

/** Headers in any of the forms that runtimes have for them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export type WebhookOptions = {
  /** How far the time of the request may be from now, in either direction; 300 if left out. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970, for tests. */
  readonly now?: () => number;
};

/** An event that the panel has signed. */
export type WebhookEvent = {
  /** The same at each delivery of this event, so that you can handle it only once. */
  readonly id: string;
  /** When this delivery was sent. */
  readonly sentAt: Date;
  /** Such as `order.updated`. */
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly at: string | null;
  readonly data: Readonly<Record<string, unknown>>;
};

const toleranceSecondsDefault = 300;
const signaturesMax = 20;

/**
 * Checks a request of a panel against the Standard Webhooks specification and gives back its
 * event; throws a WebhookError otherwise. `secrets` begin with `whsec_`; with several any may
 * have signed, so that a new one can be introduced before the old one ends. `body` must be the
 * bytes as they arrived: JSON that was parsed and written again has another signature.
 *
 * Signatures are compared by `crypto.subtle`, in constant time. The same event may come again,
 * also within the tolerance: remember `id`.
 */
export async function verifyWebhook(
  secrets: string | readonly string[],
  headers: WebhookHeaders,
  body: string | Uint8Array | ArrayBuffer,
  { toleranceSeconds = toleranceSecondsDefault, now = Date.now }: WebhookOptions = {},
): Promise<WebhookEvent> {
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature");
  const sentAt = readTimestamp(timestamp, toleranceSeconds, now());

  const bytes = bytesOf(body);
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  if (!(await isSigned(secretsOf(secrets), signatures, signed))) {
    throw new WebhookError("no signature of this webhook is right", "signature_wrong");
  }
  return { id, sentAt, ...readEvent(bytes) };
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = isHeaders(headers)
    ? headers.get(name)
    : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [only, ...others] = values;
  if (typeof only !== "string" || only === "" || others.length > 0) {
    throw new WebhookError(`the webhook has not one header ${name}`, "header_missing");
  }
  return only;
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return "get" in headers && typeof headers.get === "function";
}

function readTimestamp(text: string, toleranceSeconds: number, nowMs: number): Date {
  const seconds = Number(text);
  if (!/^\d{1,12}$/.test(text) || !Number.isSafeInteger(seconds)) {
    throw new WebhookError("the time of the webhook is unreadable", "timestamp_invalid");
  }
  const nowSeconds = Math.floor(nowMs / 1000);
  if (seconds < nowSeconds - toleranceSeconds) {
    throw new WebhookError("the webhook is too old", "too_old");
  }
  if (seconds > nowSeconds + toleranceSeconds) {
    throw new WebhookError("the webhook comes from the future", "too_new");
  }
  return new Date(seconds * 1000);
}

// A secret that cannot be read is a mistake of this program, not of the sender.
function secretsOf(secrets: string | readonly string[]): readonly Uint8Array<ArrayBuffer>[] {
  const list = typeof secrets === "string" ? [secrets] : secrets;
  return list.map((secret) => {
    const bytes = base64Bytes(secret.trim().replace(/^whsec_/, ""));
    if (bytes === undefined || bytes.length === 0) {
      throw new TypeError("a webhook secret is whsec_ and then base64");
    }
    return bytes;
  });
}

async function isSigned(
  secrets: readonly Uint8Array<ArrayBuffer>[],
  signatures: string,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const candidates = signatures
    .split(" ")
    .slice(0, signaturesMax)
    .flatMap((signature) => {
      const [version, ...rest] = signature.split(",");
      const bytes = version === "v1" ? base64Bytes(rest.join(",")) : undefined;
      return bytes === undefined ? [] : [bytes];
    });
  let isRight = false;
  for (const secret of secrets) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["verify"]);
    for (const candidate of candidates) {
      if (await crypto.subtle.verify("HMAC", key, candidate, signed)) isRight = true;
    }
  }
  return isRight;
}

function base64Bytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(text);
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function bytesOf(body: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  return body instanceof ArrayBuffer ? new Uint8Array(body) : body;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first, 0);
  joined.set(second, first.length);
  return joined;
}

function readEvent(bytes: Uint8Array): Pick<WebhookEvent, "type" | "at" | "data"> {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    event = undefined;
  }
  if (!isRecord(event)) {
    throw new WebhookError("the webhook is signed and is no JSON object", "body_unreadable");
  }
  const data = pick(event, "data");
  return {
    type: textOf(pick(event, "type")) ?? "",
    at: textOf(pick(event, "timestamp")) ?? null,
    data: isRecord(data) ? data : {},
  };
}
