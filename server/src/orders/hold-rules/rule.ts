import type { HoldRuleId, ServiceId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { addressesIn, normalHost, normalLink } from "#values/normal-link.ts";
import type { NormalLink } from "#values/normal-link.ts";

/**
 * `refuse` rejects an order at once. `hold` takes the order and its money, but leaves it for a
 * review.
 */
export const holdDecisions = ["refuse", "hold"] as const;
export type HoldDecision = (typeof holdDecisions)[number];

/**
 * How a pattern is compared with a link: `host` is that host alone, `suffix` the host and all below
 * it, `path` host and path with `*` for anything, `word` a text anywhere in the link.
 */
export const linkMatches = ["host", "suffix", "path", "word"] as const;
export type LinkMatch = (typeof linkMatches)[number];

/** What a rule looks at. */
export type HoldCondition =
  | { readonly kind: "deny_link"; readonly match: LinkMatch; readonly pattern: string }
  /** The link must be at one of these hosts, or below them. */
  | { readonly kind: "allow_host"; readonly hosts: readonly string[] }
  /** One order of a customer for a link at a time, for so many minutes at most. */
  | { readonly kind: "same_link"; readonly minutes: number }
  /** An order above this charge by a customer whose first deposit is more recent than that. */
  | { readonly kind: "first_deposit"; readonly hours: number; readonly above: Amount }
  /** More orders, or more spent, by a customer within an hour. */
  | {
      readonly kind: "velocity";
      readonly orders: number | undefined;
      readonly spend: Amount | undefined;
    };

export type HoldRule = {
  readonly id: HoldRuleId;
  readonly decision: HoldDecision;
  /** `undefined`: orders of every service. */
  readonly serviceId: ServiceId | undefined;
  /** For staff only. */
  readonly reason: string;
  readonly expiresAt: Date | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly condition: HoldCondition;
};

/** The rules sorted by what they look at. Compiled once per change. */
export type CompiledRules = {
  readonly count: number;
  /**
   * The rules that match a link, or an address in one of the texts beside it. Refusing rules come
   * before holding ones.
   */
  readonly onLink: (
    serviceId: ServiceId,
    link: string,
    texts?: readonly string[],
  ) => HoldRule | undefined;
  /** The service's own rule, or that of all services. */
  readonly sameLink: (serviceId: ServiceId) => RuleOf<"same_link"> | undefined;
  readonly firstDeposit: readonly RuleOf<"first_deposit">[];
  readonly velocity: readonly RuleOf<"velocity">[];
};

export type RuleOf<Kind extends HoldCondition["kind"]> = HoldRule & {
  readonly condition: Extract<HoldCondition, { readonly kind: Kind }>;
};

/** Sorts the rules so that judging an order touches only those that may concern it. */
export function compileRules(rules: readonly HoldRule[]): CompiledRules {
  const strictFirst = rules.toSorted(
    (a, b) => Number(a.decision === "hold") - Number(b.decision === "hold") || a.id - b.id,
  );
  const links = strictFirst.flatMap((rule) => {
    const stands = linkTest(rule.condition);
    return stands === undefined ? [] : [{ rule, stands }];
  });
  const sameLink = strictFirst.filter((rule) => isOf(rule, "same_link"));
  return {
    count: rules.length,
    onLink: (serviceId, link, texts = []) => {
      if (links.length === 0) return undefined;
      const normal = normalLink(link);
      const beside = [link, ...texts].flatMap(addressesIn);
      return links.find(({ rule, stands }) => concerns(rule, serviceId) && stands(normal, beside))
        ?.rule;
    },
    sameLink: (serviceId) =>
      sameLink.find((rule) => rule.serviceId === serviceId) ??
      sameLink.find((rule) => rule.serviceId === undefined),
    firstDeposit: strictFirst.filter((rule) => isOf(rule, "first_deposit")),
    velocity: strictFirst.filter((rule) => isOf(rule, "velocity")),
  };
}

/** True where the rule is about this service, or about all. */
export function concerns(rule: HoldRule, serviceId: ServiceId): boolean {
  return rule.serviceId === undefined || rule.serviceId === serviceId;
}

/** Why an order waits for a review. For staff only. */
export function heldBy(rules: readonly HoldRule[]): string {
  return rules.map(({ id, reason }) => `rule ${id}: ${reason}`).join("; ");
}

/** A pattern as it is stored. `undefined` where it can match nothing. */
export function normalPattern(match: LinkMatch, pattern: string): string | undefined {
  switch (match) {
    case "host":
    case "suffix":
      return normalHost(pattern);
    case "path": {
      const plain = pattern.trim().replace(/^https?:\/\//i, "");
      const slash = plain.indexOf("/");
      const host = slash === -1 ? undefined : normalHost(plain.slice(0, slash));
      if (host === undefined) return undefined;
      return `${host}${plain.slice(slash).toLowerCase().replace(/\/+$/, "")}`;
    }
    case "word": {
      const word = pattern.trim().normalize("NFKC").toLowerCase();
      return word === "" ? undefined : word;
    }
  }
}

function isOf<Kind extends HoldCondition["kind"]>(
  rule: HoldRule,
  kind: Kind,
): rule is RuleOf<Kind> {
  return rule.condition.kind === kind;
}

/** Tests a link and the addresses in it or beside it. */
type LinkTest = (link: NormalLink, addresses: readonly NormalLink[]) => boolean;

/** The test of a condition. `undefined` for rules that do not look at links alone. */
function linkTest(condition: HoldCondition): LinkTest | undefined {
  switch (condition.kind) {
    case "deny_link": {
      const isDenied = denyTest(condition.match, condition.pattern);
      return (link, addresses) => isDenied(link) || addresses.some(isDenied);
    }
    case "allow_host": {
      const { hosts } = condition;
      return (link) => !hosts.some((host) => link.hosts.some((name) => isBelow(name, host)));
    }
    case "same_link":
    case "first_deposit":
    case "velocity":
      return undefined;
  }
}

function denyTest(match: LinkMatch, pattern: string): (link: NormalLink) => boolean {
  switch (match) {
    case "host":
      return (link) => link.hosts.includes(pattern);
    case "suffix":
      return (link) => link.hosts.some((host) => isBelow(host, pattern));
    case "path": {
      const parts = pattern.split("*");
      return (link) => link.places.some((place) => isLike(place, parts));
    }
    case "word":
      return (link) => link.text.includes(pattern);
  }
}

/** True where the text consists of the parts in this order, with anything between them. */
function isLike(text: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function isBelow(host: string, suffix: string): boolean {
  return host === suffix || host.endsWith(`.${suffix}`);
}
