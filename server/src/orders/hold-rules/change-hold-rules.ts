import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import { audit } from "#audit/audit.sql.ts";
import { findService } from "#catalog/catalog.sql.ts";
import { actorName } from "#values/actor.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { HoldRuleId } from "#values/ids.ts";
import { zero } from "#values/money.ts";
import { settingsOf } from "./condition-json.ts";
import { deleteHoldRule, insertHoldRule } from "./hold-rules.sql.ts";
import { normalHost } from "#values/normal-link.ts";
import { normalPattern } from "./rule.ts";
import type { HoldCondition, HoldRule } from "./rule.ts";

const reasonLengthMax = 500;
const minutesMax = 366 * 24 * 60;

export type AddHoldRuleRefusal =
  | { readonly code: "service_unknown" }
  | { readonly code: "hold_reason_invalid" }
  | { readonly code: "hold_rule_invalid"; readonly expected: string };

export type RemoveHoldRuleRefusal = { readonly code: "hold_rule_unknown" };

/**
 * Adds a rule, its patterns normalised as links are. It is in force everywhere within two seconds.
 */
export async function addHoldRule(
  ctx: Context,
  actor: Actor,
  rule: Omit<HoldRule, "id" | "createdAt" | "createdBy">,
): Promise<Result<HoldRule["condition"] & { readonly id: HoldRuleId }, AddHoldRuleRefusal>> {
  authorize(actor, "holds.write");
  return inTransaction(ctx, async (tx) => {
    const reason = rule.reason.trim();
    if (reason === "" || reason.length > reasonLengthMax) {
      return refused({ code: "hold_reason_invalid" });
    }
    const condition = normalCondition(rule.condition);
    if (!condition.ok) return condition;
    const { serviceId } = rule;
    if (serviceId !== undefined && (await findService(tx, serviceId)) === undefined) {
      return refused({ code: "service_unknown" });
    }
    const stored = { ...rule, reason, condition: condition.value, createdBy: actorName(actor) };
    const id = await insertHoldRule(tx, stored);
    await audit(tx, {
      actor,
      action: "hold.add",
      subject: `hold:${id}`,
      after: auditedRule(stored),
      reason,
    });
    return ok({ ...condition.value, id });
  });
}

/** Removes a rule. Orders that it holds stay held until somebody decides. */
export async function removeHoldRule(
  ctx: Context,
  actor: Actor,
  id: HoldRuleId,
): Promise<Result<HoldRule, RemoveHoldRuleRefusal>> {
  authorize(actor, "holds.write");
  return inTransaction(ctx, async (tx) => {
    const rule = await deleteHoldRule(tx, id);
    if (rule === undefined) return refused({ code: "hold_rule_unknown" });
    await audit(tx, {
      actor,
      action: "hold.remove",
      subject: `hold:${id}`,
      before: auditedRule(rule),
    });
    return ok(rule);
  });
}

function normalCondition(condition: HoldCondition): Result<HoldCondition, AddHoldRuleRefusal> {
  const invalid = (expected: string) => refused({ code: "hold_rule_invalid" as const, expected });
  switch (condition.kind) {
    case "deny_link": {
      const pattern = normalPattern(condition.match, condition.pattern);
      if (pattern === undefined) {
        return invalid("a host as example.com, a path as example.com/p/*, or a word");
      }
      return ok({ ...condition, pattern });
    }
    case "allow_host": {
      const hosts = condition.hosts.map(normalHost).filter((host) => host !== undefined);
      if (hosts.length === 0 || hosts.length < condition.hosts.length) {
        return invalid("hosts as example.com");
      }
      return ok({ kind: "allow_host", hosts });
    }
    case "same_link":
      if (condition.minutes < 1 || condition.minutes > minutesMax) {
        return invalid(`1 to ${minutesMax} minutes`);
      }
      return ok(condition);
    case "first_deposit":
      if (condition.hours < 1 || condition.above < zero) return invalid("an hour or more");
      return ok(condition);
    case "velocity":
      if (condition.orders === undefined && condition.spend === undefined) {
        return invalid("a number of orders, an amount, or both");
      }
      return ok(condition);
  }
}

function auditedRule(
  rule: Pick<HoldRule, "condition" | "decision" | "serviceId" | "reason" | "expiresAt">,
): Readonly<Record<string, unknown>> {
  return {
    kind: rule.condition.kind,
    ...settingsOf(rule.condition),
    decision: rule.decision,
    service: rule.serviceId,
    reason: rule.reason,
    expires: rule.expiresAt,
  };
}
