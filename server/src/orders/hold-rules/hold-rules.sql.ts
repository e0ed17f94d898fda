import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { Tx } from "#database/transaction.ts";
import type { HoldRuleId, ServiceId } from "#values/ids.ts";
import { readCondition, settingsOf } from "./condition-json.ts";
import type { HoldCondition, HoldDecision, HoldRule } from "./rule.ts";

type HoldRuleRow = {
  id: HoldRuleId;
  kind: HoldCondition["kind"];
  decision: HoldDecision;
  service_id: ServiceId | null;
  settings: Record<string, unknown>;
  reason: string;
  expires_at: Date | null;
  created_at: Date;
  created_by: string;
};

function ruleFromRow(row: HoldRuleRow): HoldRule {
  return {
    id: row.id,
    decision: row.decision,
    serviceId: row.service_id ?? undefined,
    reason: row.reason,
    expiresAt: row.expires_at ?? undefined,
    createdAt: row.created_at,
    createdBy: row.created_by,
    condition: readCondition(row.kind, row.settings),
  };
}

const ruleColumns = `id, kind, decision, service_id, settings, reason, expires_at, created_at,
          created_by`;

const listHoldRulesSql = statement<HoldRuleRow>(
  "orders.listHoldRules",
  `select ${ruleColumns}
     from hold_rules
    where $1::boolean or expires_at is null or expires_at > panel_now()
    order by id
    limit 10000`,
);

/** The rules in force; with `isAll` the expired ones too. */
export async function listHoldRules(db: Queryable, isAll = false): Promise<HoldRule[]> {
  return (await listHoldRulesSql.all(db, isAll)).map(ruleFromRow);
}

const findStateSql = statement<{ version: number; live: number }>(
  "orders.findHoldRulesState",
  `select s.version,
          (select count(*) from hold_rules r
            where r.expires_at is null or r.expires_at > panel_now()) as live
     from hold_rules_state s`,
);

/**
 * Differs whenever the rules in force differ: a change raises the version, an expiry lowers the
 * count.
 */
export async function findHoldRulesState(db: Queryable): Promise<string> {
  const { version, live } = await findStateSql.one(db);
  return `${version}.${live}`;
}

const raiseVersionSql = statement(
  "orders.raiseHoldRulesVersion",
  "update hold_rules_state set version = version + 1",
);
const insertHoldRuleSql = statement<{ id: HoldRuleId }>(
  "orders.insertHoldRule",
  `insert into hold_rules (kind, decision, service_id, settings, reason, expires_at, created_by)
   values ($1::text, $2::text, $3::bigint, $4::jsonb, $5::text, $6::timestamptz, $7::text)
   returning id`,
);

/** Adds a rule. Every process applies it within a second or two of the commit. */
export async function insertHoldRule(
  tx: Tx,
  rule: Omit<HoldRule, "id" | "createdAt">,
): Promise<HoldRuleId> {
  await raiseVersionSql.run(tx);
  const row = await insertHoldRuleSql.one(
    tx,
    rule.condition.kind,
    rule.decision,
    rule.serviceId,
    JSON.stringify(settingsOf(rule.condition)),
    rule.reason,
    rule.expiresAt,
    rule.createdBy,
  );
  return row.id;
}

const deleteHoldRuleSql = statement<HoldRuleRow>(
  "orders.deleteHoldRule",
  `delete from hold_rules where id = $1::bigint returning ${ruleColumns}`,
);

/** Deletes a rule and returns it. `undefined` where there was none. */
export async function deleteHoldRule(tx: Tx, id: HoldRuleId): Promise<HoldRule | undefined> {
  await raiseVersionSql.run(tx);
  const row = await deleteHoldRuleSql.maybe(tx, id);
  return row && ruleFromRow(row);
}
