import type { Context } from "#database/context.ts";
import { callLog } from "./call-log.ts";
import type { ProviderCall } from "./connector.ts";
import { countLiveWorkers } from "./live-workers.ts";
import type { Provider } from "./providers.sql.ts";
import { awaitSlot } from "./request-pacing.ts";

/** The purpose that a provider's key is sealed for. */
export function keyPurpose(provider: Pick<Provider, "id">): string {
  return `provider:${provider.id}:key`;
}

/**
 * Prepares calls to a provider: its opened key, its pacing and its log. Throws where the key cannot
 * be opened with this panel's encryption key. Use the result for one round of work, not longer: the
 * provider may be changed in the meantime.
 */
export async function openCall(ctx: Context, provider: Provider): Promise<ProviderCall> {
  let key = "";
  if (provider.sealedKey !== undefined) {
    const opened = (await ctx.secrets()).open(keyPurpose(provider), provider.sealedKey);
    if (opened === undefined) throw new Error(`the key of provider ${provider.id} does not open`);
    key = opened;
  }
  const requestsPerSecond = provider.requestsPerSecond / (await countLiveWorkers(ctx));
  const log = callLog(ctx);
  return {
    settings: provider.settings,
    baseUrl: provider.baseUrl ?? "",
    key,
    timeoutMs: provider.timeoutMs,
    isPrivate: provider.isPrivate,
    now: ctx.clock.now(),
    awaitSlot: () => awaitSlot(provider.id, requestsPerSecond),
    record: (note) => log.add(provider.id, note),
  };
}
