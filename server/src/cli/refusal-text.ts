import type { ImportServicesRefusal } from "#catalog/import-services.ts";
import type { ServiceListRefusal } from "#catalog/read-service-list.ts";
import type { ChangeServiceRefusal } from "#catalog/change-service.ts";
import type { SetCustomRateRefusal } from "#catalog/set-custom-rate.ts";
import type { ChangeCustomerRefusal } from "#customers/change-customer.ts";
import type { ChangeKeyRefusal } from "#customers/change-key.ts";
import type { ChangeSettingRefusal } from "#customers/change-setting.ts";
import type { CreateCustomerRefusal } from "#customers/create-customer.ts";
import type { PostRefusal } from "#ledger/post.ts";
import type { MoveOrderRefusal } from "#orders/move-order.ts";
import type { SettleCancelRefusal } from "#orders/settle-cancel.ts";
import type { SettleRefillRefusal } from "#orders/settle-refill.ts";
import type { AddProviderRefusal } from "#providers/add-provider.ts";
import { formatAmount } from "#values/money.ts";

/** What only the command line refuses. */
type DeskRefusal =
  | { readonly code: "email_unknown"; readonly email: string }
  | { readonly code: "provider_unknown"; readonly name: string }
  | { readonly code: "file_unreadable"; readonly file: string; readonly problem: string };

export type CommandRefusal =
  | DeskRefusal
  | CreateCustomerRefusal
  | ChangeCustomerRefusal
  | ChangeKeyRefusal
  | ChangeSettingRefusal
  | ChangeServiceRefusal
  | SetCustomRateRefusal
  | ServiceListRefusal
  | ImportServicesRefusal
  | PostRefusal
  | MoveOrderRefusal
  | SettleCancelRefusal
  | SettleRefillRefusal
  | AddProviderRefusal;

/** One sentence for each refusal; programs compare the codes, so that these may change. */
export function refusalText(refusal: CommandRefusal): string {
  switch (refusal.code) {
    case "email_unknown":
      return `No customer has the address ${refusal.email}.`;
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
      return `No provider is named ${refusal.name}. Add it first: provider add --name … .`;
    case "provider_taken":
      return `A provider named ${refusal.name} exists already.`;
    case "provider_name_invalid":
      return "The provider's name must have 1 to 100 characters.";
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
      return (
        `The reference ${refusal.idempotencyKey} was used for another movement of this customer. ` +
        "Nothing was booked."
      );
    case "refill_unknown":
      return "There is no such refill.";
    case "cancel_unknown":
      return "There is no such cancel request.";
    case "cancel_settled":
      return "The cancel request is settled already.";
    case "order_unknown":
      return "There is no such order.";
    case "transition_illegal":
      return `From ${inWords(refusal.from)} it cannot become ${inWords(refusal.to)}.`;
    case "partial_needs_remains":
      return `Partial needs --remains between 1 and ${refusal.quantity}.`;
    case "file_unreadable":
      return `${refusal.file} cannot be read: ${refusal.problem}.`;
    default:
      return catalogText(refusal);
  }
}

type CatalogRefusal = Extract<
  CommandRefusal,
  ChangeServiceRefusal | SetCustomRateRefusal | ServiceListRefusal | ImportServicesRefusal
>;

function catalogText(
  refusal: Exclude<CatalogRefusal, { code: "customer_unknown" | "provider_name_invalid" }>,
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
    case "provider_service_taken":
      return `Another service is sold from the provider's service ${refusal.providerService} already.`;
    case "custom_rate_unknown":
      return "The customer has no rate of their own for this service.";
    case "markup_invalid":
      return "The mark-up must be between 0 and 100000 per cent.";
    case "nothing_importable":
      return "No row of the list can be sold safely. Nothing was changed.";
    case "list_empty_file":
      return "The file is empty: the provider answered nothing.";
    case "list_empty":
      return "The list holds no services. Nothing was changed.";
    case "list_html":
      return "The file holds a web page and no service list: the provider answered in HTML.";
    case "list_not_json":
      return `The file is not JSON: ${refusal.problem}`;
    case "list_error":
      return `The file holds an error in place of a service list: ${refusal.said}`;
    case "list_not_a_list":
      return "The file holds JSON, but no list of services.";
  }
}

function inWords(status: string): string {
  return status.replaceAll("_", " ");
}
