import type { WireFields } from "./order-fields.ts";

/** One HTTP request, and what came of it; never thrown, except by the caller's own signal. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Headers;
      readonly text: string;
    }
  /** It cannot have reached the panel. `isLasting`: it will not by itself, such as a wrong name. */
  | {
      readonly kind: "not_sent";
      readonly reason: string;
      readonly isLasting: boolean;
      readonly cause: unknown;
    }
  | { readonly kind: "lost"; readonly reason: string; readonly cause: unknown };

export type Sender = (request: {
  readonly fields: WireFields;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}) => Promise<Outcome>;

const formType = "application/x-www-form-urlencoded;charset=UTF-8";
// Far longer than the longest price list ever seen.
const bytesMax = 64 * 1024 * 1024;

/** Sends a form to the panel. `timeoutMs` is for all of it, from the first byte to the last. */
export function openSender(url: string, fetchIt: typeof globalThis.fetch): Sender {
  return async ({ fields, headers = {}, timeoutMs, signal }) => {
    const timer = startTimer(timeoutMs, signal);
    try {
      const response = await fetchIt(url, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": formType, ...headers },
        body: new URLSearchParams(fields).toString(),
        // Another address would be given the key, and the POST would become a GET.
        redirect: "manual",
        signal: timer.signal,
      });
      const text = await readText(response);
      if (response.type === "opaqueredirect") {
        return { kind: "answered", status: 302, headers: response.headers, text: "" };
      }
      return { kind: "answered", status: response.status, headers: response.headers, text };
    } catch (cause) {
      if (timer.isOver()) {
        return { kind: "lost", reason: `no answer within ${timeoutMs} ms`, cause };
      }
      return failureOf(cause);
    } finally {
      timer.stop();
    }
  };
}

type Timer = { readonly signal: AbortSignal; isOver(): boolean; stop(): void };

function startTimer(timeoutMs: number, outer: AbortSignal | undefined): Timer {
  const controller = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort();
  }, timeoutMs);
  const abort = () => controller.abort(outer?.reason);
  if (outer?.aborted === true) abort();
  outer?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    isOver: () => isOver,
    stop: () => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", abort);
    },
  };
}

async function readText(response: Response): Promise<string> {
  // Some runtimes have no streams: there the answer is read as a whole.
  const body: ReadableStream<Uint8Array> | null | undefined = response.body;
  if (!body) return response.text();
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return pieces.join("") + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw new Error(`the answer is longer than ${bytesMax} bytes`);
    }
    pieces.push(decoder.decode(value, { stream: true }));
  }
}

/** Codes of Node and of Bun for a connection that was never made, and whether waiting may help. */
const connectCodes: ReadonlyMap<string, "passing" | "lasting"> = new Map([
  ["ECONNREFUSED", "passing"],
  ["ENOTFOUND", "passing"],
  ["EAI_AGAIN", "passing"],
  ["UND_ERR_CONNECT_TIMEOUT", "passing"],
  ["ConnectionRefused", "passing"],
  ["FailedToOpenSocket", "passing"],
  ["CERT_HAS_EXPIRED", "lasting"],
  ["CERT_NOT_YET_VALID", "lasting"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "lasting"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "lasting"],
  ["UNABLE_TO_GET_ISSUER_CERT", "lasting"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "lasting"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "lasting"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "lasting"],
]);

/** Deno has no codes. Both sentences come from opening a connection, never from an open one. */
const connectSentences = /tcp connect error|dns error/i;

const depthMax = 6;

/**
 * Sorts what `fetch` threw. Only what is known to come before the first byte counts as not sent; a
 * browser says nothing of the kind, so that everything is lost there.
 */
function failureOf(cause: unknown): Outcome {
  const reason = reasonOf(cause);
  const fault = connectFault(cause, 0);
  if (fault === undefined) return { kind: "lost", reason, cause };
  return { kind: "not_sent", reason, isLasting: fault === "lasting", cause };
}

function connectFault(error: unknown, depth: number): "passing" | "lasting" | undefined {
  if (!(error instanceof Error) || depth > depthMax) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // An open connection can end with some of these codes too: then it was not connecting.
  const syscall = "syscall" in error ? error.syscall : undefined;
  const isConnecting = syscall === undefined || syscall === "connect" || syscall === "getaddrinfo";
  const known = isConnecting ? connectCodes.get(code) : undefined;
  if (known !== undefined) return known;
  if (connectSentences.test(error.message)) return "passing";
  return connectFault(error.cause, depth + 1);
}

/** `fetch failed` says nothing; what caused it does. */
function reasonOf(error: unknown): string {
  let deepest = error;
  for (let depth = 0; depth < depthMax && deepest instanceof Error; depth++) {
    if (!(deepest.cause instanceof Error)) break;
    deepest = deepest.cause;
  }
  if (!(deepest instanceof Error)) return "the connection failed";
  const code = "code" in deepest && typeof deepest.code === "string" ? deepest.code : "";
  return deepest.message || code || "the connection failed";
}
