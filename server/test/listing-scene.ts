import { addProvider } from "#providers/upkeep/add-provider.ts";
import type { ProviderTerms } from "#providers/upkeep/provider-terms.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { tester } from "./actors.ts";
import { must } from "./panel.ts";
import type { TestPanel } from "./panel.ts";
import { scriptedProvider } from "./scripted-provider.ts";

/** One row of a provider's list. */
export type ListRow = Readonly<Record<string, unknown>>;

/** A service as providers list it. By default at 1, from 10 to 100. */
export function listRow(service: number, change: ListRow = {}): ListRow {
  return {
    service,
    name: `Service ${service}`,
    type: "Default",
    category: "A",
    rate: "1",
    min: 10,
    max: 100,
    ...change,
  };
}

/** A provider's answers: its list of services or products, as JSON or text, and its balance. */
type Listing = { readonly list: unknown; readonly balance?: unknown };

/** Providers over real HTTP that list what the test says, each identified by its key. */
export function listingScene(panel: Pick<TestPanel, "ctx">) {
  const server = scriptedProvider();
  const listings = new Map<string, Listing>();
  server.answers(({ key = "", action = "" }) => {
    const listing = listings.get(key);
    if (listing === undefined) return { json: { error: "Invalid API key" } };
    const isList = ["services", "products"].includes(action);
    const said = isList ? listing.list : (listing.balance ?? { error: "Incorrect request" });
    return typeof said === "string" ? { text: said } : { json: said };
  });

  const says = ({ name }: Pick<Provider, "name">, listing: Listing): void => {
    listings.set(name, listing);
  };
  return {
    /** Sets what it answers from now on. */
    says,
    /** Adds a separate provider, from which nothing is sold yet. */
    add: async (listing: Listing, terms: ProviderTerms = {}): Promise<Provider> => {
      const name = `provider-${listings.size + 1}`;
      says({ name }, listing);
      must(
        await addProvider(panel.ctx, tester, {
          connector: "api-v2",
          baseUrl: server.url,
          key: name,
          isPrivate: true,
          requestsPerSecond: 1000,
          ...terms,
          name,
        }),
      );
      const provider = await findProviderByName(panel.ctx.db, name);
      if (provider === undefined) throw new Error("no provider was made");
      return provider;
    },
  };
}
