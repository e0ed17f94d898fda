import type { Context } from "#database/context.ts";
import { countOpenDeskEntries } from "#orders/desk.sql.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { formatAmount } from "#values/money.ts";
import { fine, warn } from "./check.ts";
import type { Finding } from "./check.ts";

/** Whether orders wait because a provider is held, and where our balance runs low. */
export async function checkProviders(ctx: Context): Promise<Finding> {
  const name = "providers";
  const enabled = (await listProviders(ctx.db)).filter(({ isEnabled }) => isEnabled);
  const troubles = await Promise.all(enabled.map((provider) => troubleOf(ctx, provider)));
  const said = troubles.filter((trouble) => trouble !== undefined);
  if (said.length === 0) return fine(name, `${enabled.length} enabled, none held`);
  return warn(name, said.join("; "), "See: panel provider list, panel provider log.");
}

async function troubleOf(ctx: Context, provider: Provider): Promise<string | undefined> {
  const { hold, balance } = await findProviderState(ctx.db, provider.id);
  if (hold !== undefined) return `${provider.alias} is held (${hold.kind}): ${hold.reason}`;
  const { lowBalance } = provider;
  if (balance === undefined || lowBalance === undefined || balance >= lowBalance) return undefined;
  const mark = formatAmount(lowBalance, 2);
  return `${provider.alias} has ${formatAmount(balance, 2)} left, below the mark of ${mark}`;
}

/** Whether orders wait for a decision of staff. */
export async function checkDesk(ctx: Context): Promise<Finding> {
  const waiting = await countOpenDeskEntries(ctx.db);
  if (waiting.length === 0) return fine("desk", "nothing waits for a decision");
  const counts = waiting.map(({ reason, entries }) => `${entries} ${reason.replaceAll("_", " ")}`);
  return warn("desk", `Orders wait: ${counts.join(", ")}`, "See: panel order desk.");
}
