// Long because: one sentence for each refusal of every command.
import type { ImportServicesRefusal } from "#catalog/sync/import-services.ts";
import type { ListOrigin, ServiceListRefusal } from "#catalog/sync/read-service-list.ts";
import type { ApplySyncRefusal } from "#catalog/sync/apply-sync.ts";
import type { ScheduleSyncRefusal } from "#catalog/sync/schedule-sync.ts";
import type { SyncProviderRefusal } from "#catalog/sync/sync-provider.ts";
import type { SyncStatus } from "#catalog/sync/sync-runs.sql.ts";
import type { UndoSyncRefusal } from "#catalog/sync/undo-sync.ts";
import type { ChangeServiceRefusal } from "#catalog/change-service.ts";
import type { ChangeSourceRefusal } from "#catalog/change-source.ts";
import type { SetCustomRateRefusal } from "#catalog/set-custom-rate.ts";
import type { ChangeCustomerRefusal } from "#customers/change-customer.ts";
import type { ChangeKeyRefusal } from "#customers/change-key.ts";
import type { RefillTermsProblem } from "#catalog/refill-terms.ts";
import type { ChangeSettingRefusal } from "#catalog/change-setting.ts";
import type { CreateCustomerRefusal } from "#customers/create-customer.ts";
import type { SetOrderRefusal } from "#orders/set-order.ts";
import type { ChangeFeedRefusal } from "#orders/schedules/change-feed.ts";
import type { SettlePostRefusal } from "#orders/schedules/settle-post.ts";
import type {
  AddHoldRuleRefusal,
  RemoveHoldRuleRefusal,
} from "#orders/hold-rules/change-hold-rules.ts";
import type { DecideHeldRefusal } from "#orders/hold-rules/decide-held.ts";
import type { ResendOrderRefusal } from "#orders/dispatch/resend-order.ts";
import type { SettleCancelRefusal } from "#orders/requests/settle-cancel.ts";
import type { SettleOrderRefusal } from "#orders/dispatch/settle-order.ts";
import type { SettleRefillRefusal } from "#orders/requests/settle-refill.ts";
import type { NotOrderable, OrderRefillRefusal } from "#orders/requests/order-refill.ts";
import type { SettleProductOrderRefusal } from "#product-orders/upstream/settle-product-order.ts";
import type { ImportProductsRefusal } from "#products/import/import-products.ts";
import type { BookRefusal } from "#payments/book-by-hand.ts";
import type { AddProviderRefusal } from "#providers/upkeep/add-provider.ts";
import type { ChangeProviderRefusal } from "#providers/upkeep/change-provider.ts";
import type { UrlProblem } from "#providers/upkeep/provider-terms.ts";
import type { FetchBalanceRefusal } from "#providers/upkeep/fetch-balance.ts";
import type { TryProviderRefusal } from "#providers/upkeep/try-provider.ts";
import type { ChangeWebhookRefusal } from "#webhooks/change-webhook.ts";
import { formatAmount } from "#values/money.ts";
import { productText } from "./product-refusal-text.ts";
import type { ProductDeskRefusal } from "./product-refusal-text.ts";
import { productOrderText } from "./product-order-refusal-text.ts";
import type { ProductOrderRefusal } from "./product-order-refusal-text.ts";
import type { PageRefusal } from "#views/list-page.ts";

/** Refusals of the command line alone. */
type DeskRefusal =
  | { readonly code: "email_unknown"; readonly email: string }
  | { readonly code: "provider_unknown"; readonly name: string }
  | (Extract<BookRefusal, { readonly code: "key_used_otherwise" }> & {
      readonly email: string;
      readonly currency: string;
    })
  | { readonly code: "file_unreadable"; readonly file: string; readonly problem: string };

export type CommandRefusal =
  | DeskRefusal
  | { readonly code: "nothing_importable" }
  | CreateCustomerRefusal
  | ChangeCustomerRefusal
  | ChangeKeyRefusal
  | ChangeSettingRefusal
  | ChangeServiceRefusal
  | SetCustomRateRefusal
  | ServiceListRefusal
  | Exclude<ImportServicesRefusal, { code: "nothing_importable" }>
  | SyncProviderRefusal
  | ApplySyncRefusal
  | UndoSyncRefusal
  | ScheduleSyncRefusal
  | Exclude<BookRefusal, { readonly code: "key_used_otherwise" }>
  | SetOrderRefusal
  | ChangeSourceRefusal
  | ChangeFeedRefusal
  | SettlePostRefusal
  | ResendOrderRefusal
  | AddHoldRuleRefusal
  | RemoveHoldRuleRefusal
  | DecideHeldRefusal
  | SettleCancelRefusal
  | SettleOrderRefusal
  | SettleRefillRefusal
  | OrderRefillRefusal
  | ProductOrderRefusal
  | SettleProductOrderRefusal
  | ImportProductsRefusal
  | ProductDeskRefusal
  | AddProviderRefusal
  | ChangeProviderRefusal
  | FetchBalanceRefusal
  | ChangeWebhookRefusal
  | TryProviderRefusal
  | PageRefusal;

/** One sentence for each refusal. Sentences may change, because programs compare the codes. */
export function refusalText(refusal: CommandRefusal): string {
  switch (refusal.code) {
    case "nothing_importable":
      return "No row of the list can be sold safely. Nothing was changed.";
    case "cursor_invalid":
      return "The cursor is not of this list and sort: begin again without it.";
    case "email_unknown":
      return `No customer has the address ${refusal.email}.`;
    case "webhook_unknown":
      return "There is no such webhook: see panel webhook list.";
    case "webhook_url_invalid":
      return refusal.problem === "no_address"
        ? "Events cannot be sent there: expected a http or https URL without a password in it."
        : "Events cannot be sent there: it is no public address; the setting webhooks_private " +
            "allows private ones.";
    case "webhooks_too_many":
      return `A customer has ${refusal.max} webhooks at most. Remove one first: panel webhook remove.`;
    case "replay_impossible":
      return refusal.from > refusal.to
        ? "There are no events that could be sent again."
        : `Only the events ${refusal.from} to ${refusal.to} are kept.`;
    case "email_invalid":
      return `${JSON.stringify(refusal.email)} is no e-mail address.`;
    case "email_taken":
      return `A customer with the address ${refusal.email} exists already.`;
    case "customer_unknown":
    case "account_unknown":
      return "There is no such customer.";
    case "floor_invalid":
      return "The floor must be zero or below.";
    case "discount_invalid":
      return "The discount must be between 0 and 100 per cent.";
    case "key_unknown":
      return "There is no such API key.";
    case "key_revoked":
      return "The key is revoked, which is for good: make a new one.";
    case "dialect_unknown":
      return `No dialect is named ${refusal.dialect}. Known are: ${refusal.known.join(", ")}.`;
    case "address_invalid":
      return `${refusal.address} is no IP address or network such as 203.0.113.0/24.`;
    case "setting_unknown":
      return `No setting is named ${refusal.key}. Known are: ${refusal.known.join(", ")}.`;
    case "setting_invalid":
      return `${refusal.key} does not take that: ${refusal.expected}.`;
    case "currency_fixed":
      return `Money was moved already, so the currency stays ${refusal.currency}.`;
    case "provider_unknown":
      return `No provider is named ${refusal.name}. Add it first: panel provider add --name … .`;
    case "provider_taken":
      return `A provider named ${refusal.name} exists already.`;
    case "provider_name_invalid":
      return "The provider's name must have 1 to 100 characters.";
    case "provider_name_reserved":
      return (
        `The name ${refusal.name} belongs to the panel: the providers manual and sandbox keep their ` +
        "names, and no other takes them. Staff see the alias, which can be changed: panel provider set " +
        "… --alias … ."
      );
    case "provider_currency_doubtful":
      return (
        `${refusal.name} counts in ${refusal.said}, but is set up in ${refusal.expected}: nothing of ` +
        `it is imported or synced until you say what one ${refusal.said} costs (panel provider set ` +
        `${JSON.stringify(refusal.name)} --currency … --exchange-rate …), or that its prices are in ` +
        `${refusal.expected} all the same (… --currency ${refusal.expected}).`
      );
    case "provider_without_account":
      return `${refusal.name} keeps no balance that could be asked for.`;
    case "provider_calls_nobody":
      return `A provider of the kind ${refusal.connector} is not called: there is nothing to test.`;
    case "provider_unanswered":
      return `It did not answer as it should: ${refusal.failure.reason}.`;
    case "provider_alias_invalid":
      return "The provider's alias must have 1 to 100 characters.";
    case "provider_not_remote":
      return `A provider of the kind ${refusal.connector} is not called: it takes no address and no key.`;
    case "provider_url_missing":
      return `A provider of the kind ${refusal.connector} needs --url, such as https://example.com/api/v2.`;
    case "provider_url_invalid":
      return `The address is not possible: ${urlProblemText(refusal.problem)}.`;
    case "provider_key_missing":
      return "The provider needs a key: give --key, --key-file or --key-stdin.";
    case "provider_key_invalid":
      return "The key must be 1 to 1000 characters without blanks.";
    case "provider_currency_invalid":
      return `${refusal.currency} is no currency: three capital letters, such as USD.`;
    case "provider_exchange_rate_missing":
      return (
        `The panel sells in another currency than ${refusal.currency}: give --exchange-rate, ` +
        `what one ${refusal.currency} costs here.`
      );
    case "provider_setting_invalid":
      return `The setting ${refusal.setting} is not possible: ${refusal.expected}.`;
    case "connector_unknown":
      return `No connector is named ${refusal.connector}. Known are: ${refusal.known.join(", ")}.`;
    case "amount_not_positive":
      return "The amount must not be zero.";
    case "below_floor":
      return (
        "The balance would go below what is allowed: at most " +
        `${formatAmount(refusal.available, 2)} can be taken.`
      );
    case "key_used_otherwise":
      return usedOtherwise(refusal);
    case "reference_empty":
      return "The reference (or the reason for booking again) holds nothing that can be read.";
    case "reference_reserved":
      return `Names that begin as ${refusal.reference} does belong to the panel.`;
    case "reference_unknown":
      return `Nothing is booked as ${refusal.reference}: leave --again out. Nothing was booked.`;
    case "schedule_unknown":
      return `There is no such ${inWords(refusal.kind)} that this panel runs.`;
    case "feed_url_invalid":
      return "The feed needs an http or https address without a password in it.";
    case "post_unknown":
      return `No order ${refusal.providerOrder} of the provider waits there for its quantity.`;
    case "post_quantity_invalid":
      return `The customer has ordered from ${refusal.min} to ${refusal.max} for each post.`;
    case "schedule_upstream":
      return upstreamText(refusal);
    case "schedule_ended":
      return `The ${inWords(refusal.kind)} has ended.`;
    case "refill_unknown":
      return "There is no such refill.";
    case "refill_open":
      return "Its customer has asked for another refill of this order, which is open.";
    case "refill_not_orderable":
      return `The refill cannot be ordered: ${notOrderableText(refusal.why)}.`;
    case "cancel_unknown":
      return "There is no such cancel request.";
    case "cancel_settled":
      return "The cancel request is settled already.";
    case "order_unknown":
      return "There is no such order.";
    case "call_under_way":
      return "A call for it, or for its link, is under way. Its outcome is known within a minute or two: try again then.";
    case "nothing_to_settle":
      return "Its outcome is not unknown: panel order show says what became of it.";
    case "provider_order_invalid":
      return "The provider's number must have 1 to 100 characters.";
    case "provider_order_taken":
      return (
        `Order ${refusal.by} carries the provider's number ${refusal.providerOrder} already. ` +
        "Where the provider gives its numbers again, say --reused."
      );
    case "provider_order_in_use":
      return (
        `Order ${refusal.by} is still followed under the provider's number ` +
        `${refusal.providerOrder}: end that one first.`
      );
    case "provider_without_products":
      return `A provider of the kind ${refusal.connector} has no digital goods to list.`;
    case "products_not_fetched":
      return `The provider's list of products could not be read: ${refusal.reason}.`;
    case "provider_product_order_taken":
      return (
        `Product order ${refusal.by} carries the provider's number ${refusal.providerOrder} ` +
        "already. Where the provider gives its numbers again, say --reused."
      );
    case "provider_product_order_in_use":
      return (
        `Product order ${refusal.by} goes on under the provider's number ` +
        `${refusal.providerOrder}: end that one first.`
      );
    case "resend_ended":
      return `It is ${inWords(refusal.status)}: only a pending order can be sent.`;
    case "resend_unknown":
      return (
        "Nobody knows whether the provider took it, so sending it again could buy it twice. Look " +
        `at the provider, then say: panel order settle ${refusal.id} --accepted NUMBER or --refused.`
      );
    case "resend_taken":
      return refusal.providerOrder === undefined
        ? "It is carried out by hand: move it with panel order set."
        : `The provider has it as ${refusal.providerOrder}. To buy it anew, cancel it there first.`;
    case "resend_in_queue":
      return "It is sent by itself as soon as its provider can take it: see panel provider list.";
    case "order_not_held":
      return "The order does not wait for a review: see panel order held.";
    case "hold_rule_unknown":
      return "There is no such rule: see panel hold list.";
    case "hold_rule_invalid":
      return `The rule is not possible: expected ${refusal.expected}.`;
    case "hold_reason_invalid":
      return "The reason must have 1 to 500 characters.";
    case "resend_held":
      return `It waits for a review: panel order release ${refusal.id}, or panel order refuse ${refusal.id}.`;
    case "resend_nowhere":
      return "No provider of its service is enabled at a cost that leaves the margin.";
    case "source_invalid":
      return "The provider's id of the service must have 1 to 100 characters.";
    case "source_rate_invalid":
      return "The rate of a source must be more than 0; leave it out where it is not known.";
    case "source_taken":
      return "The service is delivered from there already.";
    case "source_unknown":
      return "The service has no such source: see panel source list.";
    case "transition_illegal":
      return `From ${inWords(refusal.from)} it cannot become ${inWords(refusal.to)}.`;
    case "partial_needs_remains":
      return `Partial needs --remains between 1 and ${refusal.quantity}.`;
    case "file_unreadable":
      return `${refusal.file} cannot be read: ${refusal.problem}.`;
    case "product_unknown":
    case "product_name_invalid":
    case "product_category_invalid":
    case "product_category_unknown":
    case "product_category_taken":
    case "product_rate_invalid":
    case "product_bounds_invalid":
    case "product_discount_invalid":
    case "product_terms_invalid":
    case "product_rate_unknown":
    case "question_invalid":
    case "product_without_stock":
    case "stock_empty":
    case "stock_line_invalid":
    case "stock_too_large":
    case "item_unknown":
    case "item_unreadable":
      return productText(refusal);
    case "product_order_unknown":
    case "product_order_ended":
    case "provider_delivers":
    case "outcome_open":
    case "delivery_unfit":
    case "delivery_empty":
    case "items_above_remaining":
    case "items_unfit":
    case "nothing_undelivered":
    case "lines_unfit":
    case "lines_too_many":
    case "line_too_long":
    case "line_known":
    case "claim_unknown":
    case "claim_settled":
    case "claim_items_needed":
    case "claim_lines_needed":
    case "stock_short":
    case "stock_sealed_otherwise":
    case "warranty_none":
    case "warranty_over":
    case "claim_open":
    case "order_not_completed":
    case "field_invalid":
    case "quantity_below_min":
    case "quantity_above_max":
      return productOrderText(refusal);
    default:
      return catalogText(refusal);
  }
}

type CatalogRefusal = Extract<
  CommandRefusal,
  | ChangeServiceRefusal
  | SetCustomRateRefusal
  | ServiceListRefusal
  | ImportServicesRefusal
  | SyncProviderRefusal
  | ApplySyncRefusal
  | UndoSyncRefusal
  | ScheduleSyncRefusal
>;

function catalogText(
  refusal: Exclude<
    CatalogRefusal,
    { code: "customer_unknown" | "provider_name_invalid" | "provider_currency_doubtful" }
  >,
): string {
  switch (refusal.code) {
    case "service_unknown":
      return "There is no such service.";
    case "service_name_invalid":
      return "The service's name must have 1 to 1000 characters.";
    case "category_invalid":
      return "The category's name must have 1 to 500 characters.";
    case "rate_invalid":
      return `The rate is not possible: ${refusal.expected}.`;
    case "bounds_invalid":
      return `Min and max are not possible: ${refusal.expected}.`;
    case "list_bounds_invalid":
      return "Bounds for rows that have none are not possible: 1 ≤ min ≤ max ≤ 2^53-1.";
    case "type_word_invalid":
      return `Words for types have at most 100 characters, and there are at most 200 of them: ${refusal.word}`;
    case "custom_rate_unknown":
      return "The customer has no rate of their own for this service.";
    case "markup_invalid":
      return (
        "The mark-up must be between 0 and 100000 per cent, with a fixed part of 0 or more and " +
        "bands for costs above 0."
      );
    case "refill_terms_invalid":
      return `These terms of refills are not possible: ${refillTermsText(refusal.problem)}.`;
    case "markup_missing":
      return "No mark-up is known for this provider yet: give --markup-percent.";
    case "margin_invalid":
      return "The margin must be between 0 and 999 per cent.";
    case "selection_unknown":
      return `The provider does not list: ${refusal.missing.join(", ")}. Nothing was changed.`;
    case "provider_without_list":
      return `A provider of the kind ${refusal.connector} has no list of services to read.`;
    case "list_not_fetched":
      return `The provider's list could not be read: ${refusal.reason}.`;
    case "sync_minutes_invalid":
      return `A sync comes round every ${refusal.min} to ${refusal.max} minutes.`;
    case "run_unknown":
      return "There is no such run: see panel provider sync-log.";
    case "run_over":
      return runOverText[refusal.status];
    case "run_braked":
      return (
        `Nothing was changed, because ${refusal.brakes.join("; ")}. If it is right: ` +
        `${refusal.isWhole ? "" : "--all-but-braked, "}--accept-brakes, or --only some ids.`
      );
    case "run_not_applied":
      return "The run changed nothing that could be taken back.";
    case "changes_unknown":
      return `The run proposes nothing for: ${refusal.providerServices.join(", ")}.`;
    case "plan_stale":
      return "The services were changed since this plan was made. Plan again: panel provider sync.";
    case "list_empty_file":
      return `${origins[refusal.origin]} is empty: the provider answered nothing.`;
    case "list_empty":
      return "The list holds no services. Nothing was changed.";
    case "list_html":
      return `${origins[refusal.origin]} holds a web page and no service list: the provider answered in HTML.`;
    case "list_not_json":
      return `${origins[refusal.origin]} is not JSON: ${refusal.problem}`;
    case "list_error":
      return `${origins[refusal.origin]} holds an error in place of a service list: ${refusal.said}`;
    case "list_not_a_list":
      return `${origins[refusal.origin]} holds JSON, but no list of services.`;
  }
}

const origins: Readonly<Record<ListOrigin, string>> = {
  file: "The file",
  answer: "The provider's answer",
};

const runOverText: Readonly<Record<SyncStatus, string>> = {
  planned: "The run is planned.",
  stopped: "The run is stopped.",
  applied: "The run was applied already.",
  undone: "The run was undone. Plan again: panel provider sync.",
  replaced: "A later run of this provider took its place: see panel provider sync-log.",
  failed: "The run failed: there is no plan to apply.",
};

/** What staff can do about a drip-feed or subscription that its provider runs. */
function upstreamText({
  kind,
  change,
}: Extract<CommandRefusal, { readonly code: "schedule_upstream" }>): string {
  const noun = inWords(kind);
  if (change !== "cancel") {
    return (
      `The provider runs this ${noun}, and panels have no word for pausing one at another: ask the ` +
      "provider. What it then says is shown here by itself."
    );
  }
  return (
    `The provider runs this ${noun}: its customer cancels it with action=cancel, which is passed on, ` +
    "or you ask the provider. It ends here when the provider says so."
  );
}

function inWords(status: string): string {
  return status.replaceAll("_", " ");
}

function usedOtherwise(refusal: Extract<CommandRefusal, { code: "key_used_otherwise" }>): string {
  const { booking, email, currency } = refusal;
  const change = `${formatAmount(booking.change, 2)} ${currency}`;
  const day = booking.at.toISOString().slice(0, 10);
  return (
    `The reference ${booking.reference} stands for another booking: ${booking.kind} of ${change} for ` +
    `${email} on ${day} (posting ${booking.seq} there). Nothing was booked. If this is another ` +
    "payment, give it its own reference; to book under this one all the same, say --again and why."
  );
}

function notOrderableText(why: NotOrderable): string {
  switch (why.kind) {
    case "delivered":
      return `order ${why.order} delivers it`;
    case "not_waiting":
      return "it does not wait for staff";
    case "service_unsaid":
      return "its service names none to order at: give --service";
    case "service_unfit":
      return `service ${why.serviceId} is not on sale, or needs more than a link and a quantity`;
  }
}

function urlProblemText(problem: UrlProblem): string {
  switch (problem.kind) {
    case "unreadable":
      return "expected an http or https address without a name and password";
    case "has_query":
      return "expected an address without ? and #";
    case "not_public":
      return `${problem.host} is not a public address; say --private for a provider in your own network`;
  }
}

function refillTermsText(problem: RefillTermsProblem): string {
  switch (problem.what) {
    case "days_out_of_bounds":
      return `the days must be between 0 and ${problem.max}`;
    case "hours_out_of_bounds":
      return `the hours must be between 0 and ${problem.max}`;
    case "over_before_begun":
      return `the ${problem.days} days are over before the ${problem.afterHours} hours are`;
    case "drop_too_small":
      return "the smallest drop must be at least 1";
    case "share_out_of_bounds":
      return "a share must be between 1 and 100 per cent";
    case "service_unsaid":
      return "say of which service the order is";
    case "service_unfit":
      return `another service than ${problem.serviceId} must do it`;
  }
}
