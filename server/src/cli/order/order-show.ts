import { findHolder } from "#customers/sandbox-account.sql.ts";
import { listPostingsOfOrder } from "#ledger/ledger.sql.ts";
import { listAttempts } from "#orders/dispatch/attempts.sql.ts";
import type { Attempt } from "#orders/dispatch/attempts.sql.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import type { DeskEntryRow } from "#orders/desk.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { findFeed } from "#orders/schedules/feed-state.sql.ts";
import { feedFields } from "#orders/schedules/tell-subscription.ts";
import { listProviderCalls } from "#providers/provider-calls.sql.ts";
import type { ProviderCallRow } from "#providers/provider-calls.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { orderId } from "#cli/kit/order-id.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { money, orderJson, postingJson } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

const callsMax = 50;

type Json = Readonly<Record<string, unknown>>;

export const orderShow: CliCommand = {
  name: "order show",
  summary: "Shows an order: its postings, what was tried with providers, and what is due for it.",
  options: [orderId],
  positions: [orderId],
  run: async (panel, given) => {
    const { ctx } = await panel.open();
    const order = await findOrder(ctx.db, given(orderId));
    if (order === undefined) return refuse({ code: "order_unknown" });
    const { accountId, id } = order;
    const customer = await findHolder(ctx.db, accountId);
    const aliases = new Map((await listProviders(ctx.db)).map((each) => [each.id, each.alias]));
    const aliasOf = (providerId: Attempt["providerId"]) => aliases.get(providerId) ?? "-";
    const postings = (await listPostingsOfOrder(ctx.db, accountId, id)).map(postingJson);
    const attempts = (await listAttempts(ctx.db, accountId, id)).map((attempt) =>
      attemptJson(attempt, aliasOf(attempt.providerId)),
    );
    const entries = (await listDeskEntriesOfOrder(ctx.db, accountId, id)).map(entryJson);
    const calls = (await listProviderCalls(ctx.db, { orderId: id, limit: callsMax }))
      .toReversed()
      .map((call) => callJson(call, aliasOf(call.providerId)));
    const due = await findTask(ctx.db, accountId, id);
    const { hold } = await findProviderState(ctx.db, order.providerId);
    const task = due && {
      kind: due.kind,
      due: due.due_at,
      attempts: due.attempts,
      claimed: due.is_claimed,
      held: due.kind === "send" && hold !== undefined ? `${hold.kind}: ${hold.reason}` : null,
    };
    const feed = await findFeed(ctx.db, { accountId, orderId: id });
    const json = {
      ...orderJson(order),
      ...feedFields(feed),
      provider_alias: aliasOf(order.providerId),
      email: customer?.email ?? null,
      test: customer?.isTest === true,
    };
    return answer(
      { ...json, postings, attempts, desk: entries, calls, task: task ?? null },
      [
        fieldLines(json),
        part("postings", ["kind", "amount>", "balance>", "note"], postings),
        part("attempts", ["number>", "provider", "started", "outcome", "reason"], attempts),
        part("desk", ["reason", "opened", "closed_by", "decision"], entries),
        ...entries
          .filter((entry) => entry["closed"] === null)
          .map((entry) => `On the desk: ${shownValue(entry["facts"] ?? "")}`),
        part("calls", ["at", "provider", "action", "outcome", "answer"], calls),
        task === undefined ? "Nothing is due for it." : `due\n${fieldLines(task)}`,
      ].join("\n\n"),
    );
  },
};

function attemptJson(attempt: Attempt, provider: string): Json {
  const { expectedCharge, settledAs, settledBy } = attempt;
  return {
    number: attempt.number,
    provider,
    provider_service: attempt.providerService ?? null,
    request_id: attempt.requestId,
    expected_charge: expectedCharge === undefined ? null : money(expectedCharge),
    started: attempt.startedAt,
    ended: attempt.endedAt ?? null,
    outcome: attempt.outcome ?? "under way",
    concern: attempt.concern ?? null,
    reason: attempt.reason ?? null,
    provider_order: attempt.providerOrder ?? null,
    settled_as: settledAs ?? null,
    settled_by: settledBy ?? null,
    settled: attempt.settledAt ?? null,
  };
}

function entryJson(entry: DeskEntryRow): Json {
  return {
    reason: entry.reason,
    facts: entry.note,
    opened: entry.opened_at,
    closed: entry.closed_at,
    closed_by: entry.closed_by,
    decision: entry.decision,
  };
}

function callJson(call: ProviderCallRow, provider: string): Json {
  return {
    at: call.startedAt,
    provider,
    action: call.action,
    milliseconds: call.durationMs,
    http_status: call.httpStatus ?? null,
    outcome: call.outcome,
    request: call.request,
    answer: call.answer ?? null,
  };
}

/** A heading and a table of these fields; where there is nothing, that. */
function part(heading: string, headers: readonly string[], rows: readonly Json[]): string {
  const cells = rows.map((row) =>
    headers.map((header) => shownCell(row[header.replace(/>$/, "")])),
  );
  return `${heading}\n${table(headers, cells, "none")}`;
}

function shownCell(value: unknown): string {
  if (value instanceof Date) return shownTime(value) ?? "";
  return value === null || value === undefined ? "" : shownValue(value);
}

function fieldLines(record: Json): string {
  return Object.entries(record)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.padEnd(22)} ${inOneLine(shownValue(value))}`)
    .join("\n");
}

function shownValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
