import type { Context } from "#database/context.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";

/** The provider with a name, for edges where people give a name. */
export async function providerNamed(
  ctx: Context,
  actor: Actor,
  name: string,
): Promise<Provider | undefined> {
  authorize(actor, "providers.read");
  return findProviderByName(ctx.db, name.trim());
}
