import type { ProviderConnector } from "#providers/connector.ts";
import { apiV2 } from "./api-v2.ts";
import { manual } from "./manual.ts";
import { sandbox } from "./sandbox.ts";

/** Every kind of provider that the panel can buy from. */
export const connectors = {
  "api-v2": apiV2,
  manual,
  sandbox,
} satisfies Record<string, ProviderConnector>;

const byName = new Map<string, ProviderConnector>(Object.entries(connectors));

/** Returns the connector of that name; `undefined` for one that this program does not have. */
export function findConnector(name: string): ProviderConnector | undefined {
  return byName.get(name);
}
