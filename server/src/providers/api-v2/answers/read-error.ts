import { cut, inOneLine } from "#values/text.ts";
import { field, isList, isObject, textOf } from "./read-json.ts";
import type { Json, JsonObject } from "./read-json.ts";

const wrappers = ["data", "result", "response"] as const;
const messages = ["message", "msg", "error_message", "errorMessage", "description", "detail"];
const nothing: ReadonlySet<string> = new Set(["", "0", "false", "null", "none", "no"]);
const failures: ReadonlySet<string> = new Set(["error", "fail", "failed", "failure", "false"]);
const stateNames = ["charge", "remains", "start_count", "start_counter"];

/** How much of an error is kept. */
const lengthMax = 500;

/**
 * Returns the error that an answer states, in any of its deployed shapes; `undefined` where it
 * states none. `isBareFailure`: a word such as `fail` as a status is an error by itself; without
 * it, the word may be the state of an order.
 */
export function readError(
  json: Json,
  { isBareFailure, httpStatus }: { readonly isBareFailure: boolean; readonly httpStatus: number },
): string | undefined {
  const answer = onlyOf(json);
  if (!isObject(answer)) return undefined;
  const said = errorIn(answer);
  if (said !== undefined) return cut(said, lengthMax);

  const message = messageIn(answer);
  if (httpStatus >= 400 && message !== undefined) return cut(message, lengthMax);
  if (!saysFailure(answer)) return undefined;
  if (message !== undefined) return cut(message, lengthMax);
  return isBareFailure ? cut(JSON.stringify(answer), lengthMax) : undefined;
}

/** Unwraps a list of one entry. */
function onlyOf(json: Json | undefined): Json | undefined {
  return isList(json) && json.length === 1 ? json[0] : json;
}

function errorIn(answer: JsonObject): string | undefined {
  for (const name of ["error", "errors"]) {
    const said = errorText(field(answer, name));
    if (said === undefined) continue;
    // `"error": true` and codes leave the message to another field.
    return /^(?:true|1|\d+)$/.test(said) ? (messageIn(answer) ?? `error ${said}`) : said;
  }
  for (const name of wrappers) {
    const inner = onlyOf(field(answer, name));
    if (isObject(inner)) {
      const said = errorText(field(inner, "error") ?? field(inner, "errors"));
      if (said !== undefined) return said;
    }
  }
  return undefined;
}

/** The words of an `error`, which is a text, a flag, a list, or an object around one of them. */
export function errorText(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (value === true) return "true";
  if (typeof value === "string") {
    // Shown to staff, in lists and terminals: one line, without anything that moves a cursor.
    const text = inOneLine(textOf(value) ?? "");
    return nothing.has(text.toLowerCase()) ? undefined : text;
  }
  if (isList(value)) {
    const texts = value.map(errorText).filter((text) => text !== undefined);
    return texts.length === 0 ? undefined : texts.join("; ");
  }
  if (!isObject(value)) return undefined;
  const named =
    errorText(field(value, "error")) ?? messageIn(value) ?? textOf(field(value, "text"));
  if (named !== undefined) return named;
  const texts = Object.values(value)
    .map(errorText)
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("; ");
}

function messageIn(answer: JsonObject): string | undefined {
  for (const name of messages) {
    const text = errorText(field(answer, name));
    if (text !== undefined && text !== "true") return text;
  }
  for (const name of wrappers) {
    const inner = field(answer, name);
    if (isObject(inner)) {
      const text = textOf(field(inner, "message"));
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function saysFailure(answer: JsonObject): boolean {
  if (stateNames.some((name) => field(answer, name) !== undefined)) return false;
  return ["status", "success", "result"].some((name) => {
    const value = field(answer, name);
    if (value === false) return true;
    return typeof value === "string" && failures.has(value.trim().toLowerCase());
  });
}
