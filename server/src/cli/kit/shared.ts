import type { Customer } from "#customers/customer.ts";
import { findCustomerByEmail } from "#customers/customers.sql.ts";
import type { ApiKeyListRow } from "#customers/api-keys.sql.ts";
import { markUpJson } from "#catalog/mark-up.ts";
import { refillTermsJson } from "#catalog/refill-terms.ts";
import type { Service } from "#catalog/service.ts";
import type { PostingRow } from "#ledger/ledger.sql.ts";
import type { Order } from "#orders/orders.sql.ts";
import type { CancelRow, RefillRow } from "#orders/requests.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { readSettings } from "#settings/settings.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { amountFromDecimal, formatAmount, subtract } from "#values/money.ts";
import { wireStatus } from "#values/order-status.ts";
import { refuse } from "./command.ts";
import type { OpenPanel, SaidRefusal } from "./command.ts";
import { optional, required } from "./option.ts";
import type { Option } from "./option.ts";
import { countWithin, filledText } from "./readers.ts";

// What several commands have in common: options, and how things look in JSON. Names there are those
// of API v2 where it has one; amounts are decimal strings, counts and ids are numbers.

const rowsMax = 100_000;

export const customerEmail = required(
  "--email <address>",
  "the customer's e-mail address",
  filledText,
  ["--customer <address>"],
);

/** How many rows to show. */
export function limitOption(rowsDefault: number): Option<number> {
  const { take, ...option } = optional(
    "--limit <number>",
    `how many at most (${rowsDefault} if left out)`,
    countWithin(1, rowsMax),
  );
  return { ...option, take: (typed) => take(typed) ?? rowsDefault };
}

/** The customer with this address, or the refusal to say. */
export async function customerOf(
  { ctx }: OpenPanel,
  email: string,
): Promise<Result<Customer, SaidRefusal>> {
  const customer = await findCustomerByEmail(ctx.db, email.trim());
  return customer === undefined ? refuse({ code: "email_unknown", email }) : ok(customer);
}

/** The provider of this name, or the refusal to say. */
export async function providerOf(
  { ctx }: OpenPanel,
  name: string,
): Promise<Result<Provider, SaidRefusal>> {
  const provider = await findProviderByName(ctx.db, name.trim());
  return provider === undefined ? refuse({ code: "provider_unknown", name }) : ok(provider);
}

export async function currencyOf({ ctx }: OpenPanel): Promise<string> {
  return (await readSettings(ctx.db)).currency;
}

/** An amount of money for people and programs alike. */
export function money(amount: bigint): string {
  return formatAmount(amount, 2);
}

export function customerJson(customer: Customer, currency: string): Record<string, unknown> {
  return {
    customer: customer.accountId,
    email: customer.email,
    balance: money(customer.balance),
    currency,
    floor: money(customer.floor),
    discount_percent: formatAmount(customer.discountPercent, 0),
    status: customer.isActive ? "active" : "suspended",
    created: customer.createdAt,
  };
}

export function postingJson(posting: PostingRow): Record<string, unknown> {
  const amount = amountFromDecimal(posting.amount);
  return {
    posting: posting.seq,
    kind: posting.kind,
    amount: money(posting.direction === 1 ? amount : -amount),
    balance: money(amountFromDecimal(posting.balance_after)),
    order: posting.order_id,
    reference: posting.idempotency_key,
    note: posting.note,
    created: posting.created_at,
  };
}

export function keyJson(key: ApiKeyListRow): Record<string, unknown> {
  return {
    id: key.id,
    customer: key.account_id,
    email: key.email,
    test: key.is_test,
    hint: key.hint,
    name: key.name,
    scopes: key.scopes,
    dialect: key.dialect,
    ip: key.ip_allow,
    rate_limit: key.rate_limit,
    expires: key.expires_at,
    revoked: key.revoked_at,
    last_used: key.last_used_at,
    created: key.created_at,
  };
}

export function serviceJson(
  service: Service,
  providers: ReadonlyMap<number, Provider>,
): Record<string, unknown> {
  return {
    service: service.id,
    name: service.name,
    type: service.type,
    category: service.category,
    rate: money(service.rate),
    min: service.min,
    max: service.max,
    refill: service.refill,
    cancel: service.cancel,
    dripfeed: service.dripfeed,
    runs_upstream: service.runsUpstream,
    description: service.description,
    status: service.isEnabled ? "enabled" : "disabled",
    provider: providers.get(service.providerId)?.name,
    provider_service: service.providerService ?? null,
    provider_rate: service.providerRate === undefined ? null : money(service.providerRate),
    cost: service.cost === undefined ? null : money(service.cost),
    listing: service.listing,
    follows: service.follows,
    markup: service.markUp === undefined ? null : markUpJson(service.markUp),
    margin_percent:
      service.marginPercent === undefined ? null : formatAmount(service.marginPercent, 0),
    below_margin: service.belowMargin ?? null,
    routing: service.routing,
    refill_terms: refillTermsJson(service.refillTerms),
    average_time: service.averageSeconds ?? null,
  };
}

/** `charge` is what the customer pays after refunds, as API v2 shows it. */
export function orderJson(order: Order): Record<string, unknown> {
  return {
    order: order.id,
    customer: order.accountId,
    service: order.serviceId,
    status: wireStatus[order.status],
    charge: money(subtract(order.charge, order.refunded)),
    start_count: order.startCount ?? null,
    remains: order.remains,
    link: order.link,
    quantity: order.quantity,
    runs: order.runs ?? null,
    interval: order.intervalMinutes ?? null,
    parent: order.parentId ?? null,
    run: order.run ?? null,
    fields: order.fields,
    rate: money(order.rate),
    charge_before_refunds: money(order.charge),
    refunded: money(order.refunded),
    cost: order.cost === undefined ? null : money(order.cost),
    booked_cost: money(order.bookedCost),
    profit: money(subtract(subtract(order.charge, order.refunded), order.bookedCost)),
    provider: order.providerId,
    provider_service: order.providerService ?? null,
    provider_order: order.providerOrder ?? null,
    request_id: order.requestId ?? null,
    note: order.note ?? null,
    created: order.createdAt,
    updated: order.updatedAt,
    started: order.startedAt ?? null,
    finished: order.finishedAt ?? null,
  };
}

/** Words of a state as API v2 spells them: `in_progress` is "In progress". */
export function wireWord(status: string): string {
  return (status.charAt(0).toUpperCase() + status.slice(1)).replaceAll("_", " ");
}

export function requestJson(request: RefillRow | CancelRow, name: string): Record<string, unknown> {
  return {
    [name]: request.id,
    order: request.order_id,
    customer: request.account_id,
    status: wireWord(request.status),
    note: request.note,
    provider: request.provider_id,
    answer: request.answer,
    reason: request.reason,
    asked_by: request.asked_by,
    ...("refill_order" in request
      ? { refill_order: request.refill_order, current_count: request.current_count }
      : {}),
    due: request.due_at,
    deadline: request.deadline_at,
    created: request.created_at,
    updated: request.updated_at,
  };
}
