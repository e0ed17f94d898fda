import type { Context } from "#database/context.ts";
import { findConnector } from "#providers/connectors/index.ts";
import { openCall } from "#providers/open-call.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { ListTerms } from "#catalog/list-terms.ts";
import { readServiceList } from "./read-service-list.ts";
import type { ServiceList, ServiceListRefusal } from "./read-service-list.ts";

/** The wire name of a service type as a provider spells it; `undefined` for one that we do not have. */
export type FindTypeName = (name: string) => string | undefined;

export type FetchListRefusal =
  | { readonly code: "provider_without_list"; readonly connector: string }
  | { readonly code: "list_not_fetched"; readonly reason: string }
  | ServiceListRefusal;

/** Asks a provider for its services. One foreign call: outside every transaction. */
export async function fetchList(
  ctx: Context,
  provider: Provider,
  findTypeName: FindTypeName,
  terms: ListTerms,
): Promise<Result<ServiceList, FetchListRefusal>> {
  const { connector } = provider;
  const catalog = findConnector(connector)?.catalog;
  if (catalog === undefined) return refused({ code: "provider_without_list", connector });
  const answered = await catalog.listServices(await openCall(ctx, provider));
  if (!answered.ok) {
    return refused({ code: "list_not_fetched", reason: answered.refusal.reason });
  }
  return readServiceList(answered.value, findTypeName, { terms, origin: "answer" });
}
