import { apiKeyScopes } from "#customers/api-key.ts";
import type { ApiKeyScope } from "#customers/api-key.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import type { ServiceType } from "#orders/service-types/service-type.ts";
import { parseId } from "#values/ids.ts";
import { parseMoment } from "#values/moment.ts";
import { parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { parseOrderStatus, wireStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { parseQuantity } from "#values/quantity.ts";
import { isName, isPrintable } from "#values/text.ts";
import { UsageError } from "./option.ts";
import type { Reader } from "./option.ts";

// Readers of values from the command line. Each throws `UsageError` with what it expected.

export function text(typed: string): string {
  if (!isPrintable(typed)) throw new UsageError("holds what is no text, or a control character");
  return typed;
}

export function filledText(typed: string): string {
  if (typed.trim() === "") throw new UsageError("expected some text");
  return text(typed);
}

/**
 * A name that people choose by. It has no invisible characters and none that turn the text
 * direction.
 */
export function nameText(typed: string): string {
  if (!isName(typed)) throw new UsageError("holds a character that nobody sees, or no text");
  return filledText(typed);
}

export function nameOrNone(typed: string): string {
  return typed === "" ? "" : nameText(typed);
}

export function amount(typed: string): Amount {
  const parsed = parseAmount(typed.trim());
  if (parsed === undefined) {
    throw new UsageError("expected an amount such as 12.50, with at most 8 decimals");
  }
  return parsed;
}

export function positiveAmount(typed: string): Amount {
  const parsed = amount(typed);
  if (parsed <= 0n) throw new UsageError("expected an amount of more than 0");
  return parsed;
}

/** Per cent on the scale of `Amount`. A trailing per cent sign is accepted. */
export function percent(typed: string): Amount {
  return amount(typed.trim().replace(/%$/, ""));
}

/** A whole number of zero or more. */
export function count(typed: string): number {
  const parsed = parseQuantity(typed.trim());
  if (parsed === undefined) throw new UsageError("expected a whole number of 0 or more");
  return parsed;
}

/** A whole number that may be negative. */
export function integer(typed: string): number {
  const trimmed = typed.trim();
  const parsed = parseQuantity(trimmed.replace(/^-/, ""));
  if (parsed === undefined) throw new UsageError("expected a whole number");
  return trimmed.startsWith("-") ? 0 - parsed : parsed;
}

/** A whole number within bounds, such as how many rows to show. */
export function countWithin(min: number, max: number): Reader<number> {
  return (typed) => {
    const parsed = parseQuantity(typed.trim());
    if (parsed === undefined || parsed < min || parsed > max) {
      throw new UsageError(`expected a whole number from ${min} to ${max}`);
    }
    return parsed;
  };
}

/** A place in an order; small numbers come first. */
export const placeNumber: Reader<number> = countWithin(0, 1_000_000);

export function id<Id extends number>(typed: string): Id {
  const parsed = parseId<Id>(typed.trim().replace(/^#/, ""));
  if (parsed === undefined) throw new UsageError("expected an id: a whole number of 1 or more");
  return parsed;
}

/** One word of a list, in any letter case, with blanks or hyphens for underscores. */
export function oneOf<Word extends string>(words: readonly Word[]): Reader<Word> {
  return (typed) => {
    const simplified = typed.trim().toLowerCase().replaceAll(/[ -]+/g, "_");
    const found = words.find((word) => word === simplified);
    if (found === undefined) throw new UsageError(`expected one of: ${words.join(", ")}`);
    return found;
  };
}

export function orderStatus(typed: string): OrderStatus {
  // The word's other usual spelling is accepted but never shown.
  const parsed = parseOrderStatus(typed.replace(/^cancelled$/i, "canceled"));
  if (parsed === undefined) {
    throw new UsageError(`expected one of: ${Object.values(wireStatus).join(", ")}`);
  }
  return parsed;
}

/** Several values of a kind, separated by commas. */
export function listOf<Value>(read: Reader<Value>): Reader<readonly Value[]> {
  return (typed) => typed.split(",").map((word) => read(word.trim()));
}

export function serviceType(typed: string): ServiceType {
  const type = findServiceType(typed);
  if (type === undefined) {
    throw new UsageError("expected a service type such as Default, Package or Custom Comments");
  }
  return type;
}

/** `read`, `order` or both. Permission to order includes reading. */
export function scopes(typed: string): readonly ApiKeyScope[] {
  const words = typed.split(/[,\s]+/).filter((word) => word !== "");
  const isKnown = words.every((word) => apiKeyScopes.some((scope) => scope === word));
  if (words.length === 0 || !isKnown) throw new UsageError("expected read, order, or read,order");
  return words.includes("order") ? apiKeyScopes : ["read"];
}

/** Words separated by commas or blanks. Empty text gives none. */
export function wordList(typed: string): readonly string[] {
  return text(typed)
    .split(/[,\s]+/)
    .filter((word) => word !== "");
}

/** A moment such as 2027-01-31 or 2027-01-31T12:00:00Z. Without a zone it is UTC. */
export function moment(typed: string): Date {
  const read = parseMoment(typed.trim());
  if (read === undefined) {
    throw new UsageError("expected a moment such as 2027-01-31 or 2027-01-31T12:00:00Z");
  }
  return read;
}
