import type { ProviderCall } from "#providers/connector.ts";
import type { Concern } from "#providers/outcome.ts";
import { sendRequest } from "#outgoing/send-request.ts";
import type { Reply } from "#outgoing/send-request.ts";
import type { OrderId } from "#values/ids.ts";
import { hideGoods } from "./hide-goods.ts";
import { maskSecrets, secretsOf } from "./secrets.ts";
import { readConcern } from "#providers/api-v2/answers/read-concern.ts";
import { readError } from "#providers/api-v2/answers/read-error.ts";
import { readJson } from "#providers/api-v2/answers/read-json.ts";
import type { Json } from "#providers/api-v2/answers/read-json.ts";
import { cut, singleSpaced } from "#values/text.ts";
import { buildRequest } from "./build-request.ts";

/** One question to a provider. */
export type Question = {
  /** By its common name. */
  readonly action: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly orderId?: OrderId;
  readonly bytesMax?: number;
  /** True where a word such as `fail` in place of a status is an error by itself. */
  readonly isBareFailure?: boolean;
  /**
   * True: the answer may hold goods. They are not logged for staff, and the answer is never quoted.
   */
  readonly isSecret?: boolean;
  /** Names of parameters that hold a buyer's secret: masked in the log and in every reason. */
  readonly secretParameters?: readonly string[];
};

/**
 * The result of a question. `refused` is an error that the provider stated, `answered` any other
 * JSON with a good status. `json` in a refusal lets the caller look for a contradiction.
 */
export type Asked =
  | { readonly kind: "answered"; readonly json: Json; readonly text: string }
  | {
      readonly kind: "refused";
      readonly reason: string;
      readonly concern: Concern;
      readonly json: Json | undefined;
    }
  | {
      readonly kind: "not_sent";
      readonly reason: string;
      readonly retryAfterSeconds?: number;
    }
  /** `unread`: the answer came whole and with a good status, but is not JSON. */
  | { readonly kind: "unknown"; readonly reason: string; readonly unread?: string };

/** Waits for its slot, asks once, and logs the call. Never throws, never repeats. */
export async function ask(call: ProviderCall, question: Question): Promise<Asked> {
  await call.awaitSlot();
  const request = buildRequest(call, question);
  const startedMs = performance.now();
  const reply = await sendRequest({
    ...request.sent,
    timeoutMs: call.timeoutMs,
    isPrivate: call.isPrivate,
    isAlone: !namesWhatItIsAbout(question),
    ...(question.bytesMax === undefined ? {} : { bytesMax: question.bytesMax }),
  });
  // Masked before anything is read from it, so that nothing said about it later can hold a key.
  const masked = maskReply(reply, secretsOf(call));
  const asked = withoutSecrets(judge(masked, question), question);
  const durationMs = Math.round(performance.now() - startedMs);
  call.record({
    action: question.action,
    orderId: question.orderId,
    durationMs,
    httpStatus: "status" in masked ? masked.status : undefined,
    request: request.shown,
    answer: masked.kind === "answered" ? shown(masked.text, question) : `(${reasonOf(asked)})`,
    outcome: asked.kind,
  });
  return asked;
}

const namedActions: ReadonlySet<string> = new Set(["services", "products", "balance", "orders"]);
const namedLists = ["orders", "refills", "cancels"];

/**
 * True where the answer says itself what it is about: a list by ids, or what is the same for every
 * question. The answer to `add` or to `status` of one order could belong to any other.
 */
function namesWhatItIsAbout({ action, parameters = {} }: Question): boolean {
  return namedActions.has(action) || namedLists.some((name) => name in parameters);
}

function maskReply(reply: Reply, secrets: readonly string[]): Reply {
  switch (reply.kind) {
    case "answered":
      return { ...reply, text: maskSecrets(reply.text, secrets) };
    case "redirected":
      return { ...reply, location: maskSecrets(reply.location, secrets) };
    case "not_sent":
    case "unknown":
      return reply;
  }
}

/** Masks secrets in a reason: a provider may repeat in an error what it was sent. */
function withoutSecrets(asked: Asked, question: Question): Asked {
  if (!("reason" in asked)) return asked;
  const reason = masksSecrets(asked.reason, question);
  if (!("unread" in asked) || asked.unread === undefined) return { ...asked, reason };
  return { ...asked, reason, unread: masksSecrets(asked.unread, question) };
}

function masksSecrets(text: string, { parameters, secretParameters = [] }: Question): string {
  return maskSecrets(
    text,
    secretParameters.map((name) => parameters?.[name] ?? ""),
  );
}

/** An answer as staff may see it. */
function shown(text: string, question: Question): string {
  return question.isSecret === true ? masksSecrets(hideGoods(text), question) : text;
}

function reasonOf(asked: Asked): string {
  return "reason" in asked ? asked.reason : "";
}

const tooEarly: ReadonlySet<number> = new Set([408, 425]);

function judge(reply: Reply, question: Question): Asked {
  switch (reply.kind) {
    case "not_sent":
    case "unknown":
      return reply;
    case "redirected":
      return redirected(reply);
    case "answered":
      return judgeAnswer(reply, question);
  }
}

/** 302 and 303 are also sent by servers that have done what was asked. */
function redirected({ status, location }: Extract<Reply, { kind: "redirected" }>): Asked {
  const reason = `it redirects to ${location} (HTTP ${status}): set that as the address`;
  if (status === 302 || status === 303) return { kind: "unknown", reason };
  return { kind: "refused", reason, concern: "provider", json: undefined };
}

function judgeAnswer(reply: Extract<Reply, { kind: "answered" }>, question: Question): Asked {
  const { status, text, retryAfterSeconds, challengedBy } = reply;
  const said = question.isSecret === true ? "not shown, because it may hold goods" : excerpt(text);
  if (challengedBy !== undefined) return challenged(challengedBy, status);
  if (status === 429) {
    const reason = `too many requests (HTTP 429): ${said}`;
    return {
      kind: "not_sent",
      reason,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  }
  const json = readJson(text);
  const error =
    json === undefined
      ? undefined
      : readError(json, {
          isBareFailure: question.isBareFailure ?? false,
          httpStatus: status,
        });
  const isServersFault = status >= 500 || tooEarly.has(status);
  if (error !== undefined && !isServersFault) {
    return { kind: "refused", reason: error, concern: readConcern(error, status), json };
  }
  if (status < 200 || status > 299) {
    return { kind: "unknown", reason: `HTTP ${status}: ${error ?? said}` };
  }
  if (json === undefined) {
    return {
      kind: "unknown",
      reason: unreadable(text, said),
      unread: said === "" ? "empty" : said,
    };
  }
  return { kind: "answered", json, text };
}

/** The page's maker says that it is sent instead of passing the request on. */
function challenged(by: string, status: number): Asked {
  const reason =
    `${by} stopped the request before the provider and asks for a browser (HTTP ${status}): ` +
    "the provider has to let this machine through";
  return { kind: "not_sent", reason };
}

function unreadable(text: string, said: string): string {
  if (text.trim() === "") return "the answer is empty";
  if (/^\s*</.test(text)) return `the answer is a web page: ${said}`;
  return `the answer is no JSON: ${said}`;
}

const excerptLength = 200;

/** The beginning of an answer on one line, for a reason. */
export function excerpt(text: string): string {
  const line = singleSpaced(cut(text, 4 * excerptLength).replaceAll(/<[^>]*>/g, " "));
  return line.length > excerptLength ? `${cut(line, excerptLength)}…` : line;
}
