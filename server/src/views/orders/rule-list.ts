import type { Context } from "#database/context.ts";
import { listHoldRules } from "#orders/hold-rules/hold-rules.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ruleRecord } from "./rule-record.ts";

/**
 * The rules that refuse or hold new orders. `condition` is what a rule looks at, as the domain has
 * it.
 */
export async function viewRules(
  ctx: Context,
  actor: Actor,
  /** Expired ones too. */
  query: { readonly withExpired: boolean },
) {
  authorize(actor, "holds.read");
  return (await listHoldRules(ctx.db, query.withExpired)).map((rule) => ({
    id: rule.id,
    ...ruleRecord(rule),
    created: rule.createdAt,
    condition: rule.condition,
  }));
}
