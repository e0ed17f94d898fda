import {
  NoAnswerError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
  UnreadableError,
} from "./errors.ts";
import type { Circumstances, PanelError } from "./errors.ts";
import { idOf, isRecord, parseAnswer, pick, textOf } from "./json.ts";
import type { WireFields } from "./order-fields.ts";
import { isAborted, pause } from "./pause.ts";
import { Unexpected } from "./read-answers.ts";
import { readRefusal, refusalText } from "./refusals.ts";
import type { Outcome, Sender } from "./send-request.ts";

/** Options of one call. */
export type CallOptions = {
  /** Ends the call; the panel may still carry out what was under way. */
  readonly signal?: AbortSignal | undefined;
  /** For each request of the call, from its first byte to the last of the answer. */
  readonly timeoutMs?: number | undefined;
};

/** Options of a call that asks for something to be done. */
export type ActOptions = CallOptions & {
  /** Your own id for the call: a panel that honours it does nothing twice on a repeat. */
  readonly requestId?: string | undefined;
};

/**
 * One request of API v2 and how to read its answer. `effect` says what repeating it would do:
 * nothing (`none`), or what nobody wants twice (`act`, `order`), unless the panel knows it by its
 * `requestId`.
 */
export type Question<Value> = {
  readonly action: string;
  readonly fields: WireFields;
  readonly headers?: Readonly<Record<string, string>>;
  readonly effect: "none" | "act" | "order";
  readonly requestId?: string;
  /** Throws `Unexpected` for something that is not an answer. */
  read(answer: unknown, headers: Headers, status: number): Value;
};

export type PanelCaller = <Value>(
  question: Question<Value>,
  options: CallOptions,
) => Promise<Value>;

export type CallerParts = {
  readonly key: string;
  readonly send: Sender;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
  /** Whether the panel honours `request_id` for an action; `undefined`: not known at the moment. */
  honoursRequestId(action: string): Promise<boolean | undefined>;
};

/** What one request came to. `done`: the call is over with this. */
type Verdict<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "done"; readonly error: PanelError }
  /** Nothing was done: any call may be sent again. */
  | { readonly kind: "undone"; readonly error: PanelError; readonly waitMs: number }
  /** It is not known what was done. */
  | { readonly kind: "unclear"; readonly error: PanelError; readonly isPassing: boolean };

const waitMsMax = 10_000;
// A panel that asks for a longer pause is reported to the caller, not waited for.
const retryAfterMsMax = 60_000;

/** Sends questions, and sends again those that may be repeated: see `repeatable`. */
export function openCaller(parts: CallerParts): PanelCaller {
  return async (question, options) => {
    const { signal } = options;
    const timeoutMs = options.timeoutMs ?? parts.timeoutMs;
    const fields = { ...question.fields, key: parts.key, action: question.action };
    let doubt: PanelError | undefined;
    for (let attempts = 1; ; attempts++) {
      const verdict = await ask(parts, question, { fields, timeoutMs, signal, attempts });
      if (verdict.kind === "value") return verdict.value;
      const { error } = verdict;
      // A later "no" says nothing about an earlier request that may still be on its way.
      if (verdict.kind === "unclear" && question.effect !== "none") doubt ??= error;
      const waitMs = waitMsBefore(verdict, parts.backoffMs, attempts);
      const isAgain =
        attempts <= parts.retries &&
        waitMs <= retryAfterMsMax &&
        !isAborted(signal) &&
        (await repeatable(parts, question, verdict, doubt));
      if (isAgain) await pause(waitMs, signal);
      if (isAgain && !isAborted(signal)) continue;
      if (doubt !== undefined) throw unknownOutcome(question, doubt, error);
      throw verdict.kind !== "done" && isAborted(signal) ? signal?.reason : error;
    }
  };
}

async function ask<Value>(
  parts: CallerParts,
  question: Question<Value>,
  request: {
    readonly fields: WireFields;
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
    readonly attempts: number;
  },
): Promise<Verdict<Value>> {
  const { fields, timeoutMs, signal, attempts } = request;
  signal?.throwIfAborted();
  const headers = question.headers ?? {};
  const outcome = await parts.send({ fields, headers, timeoutMs, signal });
  const { action } = question;
  switch (outcome.kind) {
    case "not_sent": {
      const message = `${action}: the panel was not reached: ${outcome.reason}`;
      const error = new NotSentError(message, { action, attempts, cause: outcome.cause });
      return outcome.isLasting ? { kind: "done", error } : { kind: "undone", error, waitMs: 0 };
    }
    case "lost": {
      const message = `${action}: no answer: ${outcome.reason}`;
      const error = new NoAnswerError(message, { action, attempts, cause: outcome.cause });
      return { kind: "unclear", error, isPassing: true };
    }
    case "answered":
      return judge(question, outcome, attempts, parts.key);
  }
}

/** What an answer means. The order of the checks matters: the surest come first. */
function judge<Value>(
  question: Question<Value>,
  { status, headers, text }: Extract<Outcome, { kind: "answered" }>,
  attempts: number,
  key: string,
): Verdict<Value> {
  const { action, effect } = question;
  const circumstances: Circumstances = { action, attempts, status };
  const unreadable = (why: string, isPassing = false): Verdict<Value> => {
    const excerpt = masked(text.slice(0, 1000), key).trim().slice(0, 200);
    const message = `${action}: ${why} (HTTP ${status})${excerpt === "" ? "" : `: ${excerpt}`}`;
    return { kind: "unclear", error: new UnreadableError(message, circumstances), isPassing };
  };

  if (status >= 300 && status < 400 && status !== 304) {
    return redirected(circumstances, headers.get("location"));
  }
  const answer = parseAnswer(text);
  const sent = { code: headers.get("x-error-code") ?? undefined, field: fieldIn(headers) };
  const said = refusalText(answer) ?? (status >= 400 ? messageOf(answer) : undefined);
  const sentence = said === undefined ? undefined : masked(said, key);
  const retryAfterSeconds = retryAfterIn(headers);
  const waitMs = 1000 * (retryAfterSeconds ?? 0);
  if (status === 429) {
    const refusal = readRefusal(sentence ?? "Too many requests", { ...sent });
    const limited = { ...refusal, kind: "limit", retryAfterSeconds } as const;
    return { kind: "undone", error: new RefusedError(limited, circumstances), waitMs };
  }
  if (status === 503 && sent.code === "unavailable") {
    const message = `${action}: ${sentence ?? "the panel is busy"}`;
    return { kind: "undone", error: new NotSentError(message, circumstances), waitMs };
  }
  if (status >= 500) {
    const words = sentence === undefined ? "" : `: ${sentence}`;
    const message = `${action}: the panel answered HTTP ${status}${words}`;
    const error = new NoAnswerError(message, circumstances);
    return { kind: "unclear", error, isPassing: true };
  }
  const isOrderInDoubt = effect === "order" && hasOrder(answer);
  if (sentence !== undefined && !isOrderInDoubt) {
    const refusal = { ...readRefusal(sentence, sent), retryAfterSeconds };
    const error = new RefusedError(refusal, circumstances);
    return refusal.kind === "limit" ? { kind: "undone", error, waitMs } : { kind: "done", error };
  }
  if (answer === undefined && status !== 304) {
    return unreadable(text.trim() === "" ? "an empty answer" : "the answer is no JSON", true);
  }
  if (status >= 400) return unreadable("the answer is no refusal that anybody knows");
  try {
    return { kind: "value", value: question.read(answer, headers, status) };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    return unreadable(error.message);
  }
}

/** What some frameworks say with a status of failure and no `error` beside it. */
function messageOf(answer: unknown): string | undefined {
  return isRecord(answer) ? textOf(pick(answer, "message", "msg", "detail")) : undefined;
}

// Panels that give back what they were sent must not put the key into somebody's log.
function masked(text: string, key: string): string {
  return key.length < 8 ? text : text.split(key).join("***");
}

/** An `error` beside the id of an order that was placed is a remark. */
function hasOrder(answer: unknown): boolean {
  return isRecord(answer) && idOf(pick(answer, "order")) !== undefined;
}

/**
 * A moved address has done nothing. `302` and `303` may follow something that was done, and the key
 * is never sent to another address.
 */
function redirected<Value>(circumstances: Circumstances, location: string | null): Verdict<Value> {
  const { action, status } = circumstances;
  const target = location === null ? "another address" : location.slice(0, 200);
  const message = `${action}: the panel redirects to ${target}: set its own address as the url`;
  if (status === 301 || status === 307 || status === 308) {
    return { kind: "done", error: new NotSentError(message, circumstances) };
  }
  const error = new UnreadableError(message, circumstances);
  return { kind: "unclear", error, isPassing: false };
}

/**
 * Whether a question may be sent again: always if nothing was done; if that is not known, only when
 * it changes nothing, or when the panel recognises it by its id.
 */
async function repeatable<Value>(
  parts: CallerParts,
  question: Question<Value>,
  verdict: Exclude<Verdict<Value>, { kind: "value" }>,
  doubt: PanelError | undefined,
): Promise<boolean> {
  if (verdict.kind === "done") return false;
  if (question.effect === "none") return verdict.kind === "undone" || verdict.isPassing;
  if (doubt === undefined) return true;
  if (question.requestId === undefined) return false;
  return (await parts.honoursRequestId(question.action)) === true;
}

function unknownOutcome<Value>(
  { action, requestId }: Question<Value>,
  doubt: PanelError,
  last: PanelError,
): OutcomeUnknownError {
  const message = `${action}: nobody knows whether it was done: ${doubt.message}`;
  const { attempts, status } = last;
  return new OutcomeUnknownError(message, requestId, { action, attempts, status, cause: last });
}

function fieldIn(headers: Headers): string | undefined {
  return headers.get("x-error-field") ?? undefined;
}

/** Seconds from `Retry-After`, which is a number of them or a date; the panel's clock counts. */
function retryAfterIn(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const seconds = Math.ceil((Date.parse(text) - Date.parse(headers.get("date") ?? "")) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

/**
 * What the panel asks for, and at least twice as long each time; never the same for two programs.
 */
function waitMsBefore<Value>(
  verdict: Exclude<Verdict<Value>, { kind: "value" }>,
  backoffMs: number,
  attempts: number,
): number {
  const longest = Math.min(backoffMs * 2 ** (attempts - 1), waitMsMax);
  const [random = 0] = globalThis.crypto?.getRandomValues(new Uint8Array(1)) ?? [];
  const pauseMs = longest / 2 + (longest / 2) * (random / 255);
  return Math.max(verdict.kind === "undone" ? verdict.waitMs : 0, pauseMs);
}
