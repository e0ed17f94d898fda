import { amountFromDecimal, decimalFromAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { linkMatches } from "./rule.ts";
import type { HoldCondition } from "./rule.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a condition stores beside its kind. Amounts are decimals. */
export function settingsOf(condition: HoldCondition): Json {
  switch (condition.kind) {
    case "deny_link":
      return { match: condition.match, pattern: condition.pattern };
    case "allow_host":
      return { hosts: condition.hosts };
    case "same_link":
      return { minutes: condition.minutes };
    case "first_deposit":
      return { hours: condition.hours, above: decimalFromAmount(condition.above) };
    case "velocity":
      return {
        orders: condition.orders ?? null,
        spend: condition.spend === undefined ? null : decimalFromAmount(condition.spend),
      };
  }
}

/** Reads what `settingsOf` wrote. Throws where it is something else. */
export function readCondition(kind: HoldCondition["kind"], settings: Json): HoldCondition {
  switch (kind) {
    case "deny_link": {
      const match = linkMatches.find((each) => each === settings["match"]);
      if (match === undefined) throw new Error("a rule matches links in an unknown way");
      return { kind, match, pattern: text(settings["pattern"]) };
    }
    case "allow_host": {
      const { hosts } = settings;
      return { kind, hosts: Array.isArray(hosts) ? hosts.map(text) : [] };
    }
    case "same_link":
      return { kind, minutes: number(settings["minutes"]) };
    case "first_deposit":
      return { kind, hours: number(settings["hours"]), above: amount(settings["above"]) };
    case "velocity": {
      const { orders, spend } = settings;
      return {
        kind,
        orders: orders === null ? undefined : number(orders),
        spend: spend === null ? undefined : amount(spend),
      };
    }
  }
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("a rule's setting is no text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new Error("a rule's setting is no number");
  return value;
}

function amount(value: unknown): Amount {
  return amountFromDecimal(text(value));
}
