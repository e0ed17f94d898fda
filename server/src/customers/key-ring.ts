import { LRUCache } from "lru-cache";
import type { Context } from "#database/context.ts";
import type { ApiKeyId } from "#values/ids.ts";
import { hashApiKey } from "./api-key.ts";
import type { ApiKey } from "./api-key.ts";
import { findApiKey, touchApiKeys } from "./api-keys.sql.ts";

const keysMax = 50_000;
const keyLengthMax = 256;
const touchEveryMs = 60_000;

/** The API keys that this process has seen alive. */
export type KeyRing = {
  /** The key as remembered, or read once. Whoever acts on it must check it in the same statement. */
  find(keyText: string): Promise<ApiKey | undefined>;
  /** The same without waiting, where the key is remembered. */
  remembered(keyText: string): ApiKey | undefined;
  /** The key, read again unless that was done within the last `withinMs`. */
  findFresh(keyText: string, withinMs: number): Promise<ApiKey | undefined>;
  /** Stops the notes of when keys were used, after a last one. */
  close(): Promise<void>;
};

type Remembered = { readonly key: ApiKey; readonly readAt: number };

export function openKeyRing(ctx: Context): KeyRing {
  const keys = new LRUCache<string, Remembered>({ max: keysMax });
  const used = new Set<ApiKeyId>();

  const read = async (keyHash: string) => {
    const key = await findApiKey(ctx.db, keyHash);
    if (key === undefined) {
      keys.delete(keyHash);
      return undefined;
    }
    keys.set(keyHash, { key, readAt: ctx.clock.now() });
    used.add(key.id);
    return key;
  };

  const touch = async () => {
    if (used.size === 0) return;
    const ids = [...used];
    used.clear();
    await touchApiKeys(ctx.db, ids);
  };
  const timer = setInterval(() => {
    touch().catch((error: unknown) => ctx.log.warn({ error }, "use of keys not noted"));
  }, touchEveryMs);
  timer.unref();

  const remembered = (keyText: string) => {
    if (keyText.length > keyLengthMax) return undefined;
    const known = keys.get(hashApiKey(keyText));
    if (known !== undefined) used.add(known.key.id);
    return known;
  };

  return {
    remembered: (keyText) => remembered(keyText)?.key,
    find: async (keyText) => {
      if (keyText.length > keyLengthMax) return undefined;
      return remembered(keyText)?.key ?? read(hashApiKey(keyText));
    },
    findFresh: async (keyText, withinMs) => {
      if (keyText.length > keyLengthMax) return undefined;
      const known = remembered(keyText);
      const isFresh = known !== undefined && ctx.clock.now() - known.readAt <= withinMs;
      return isFresh ? known.key : read(hashApiKey(keyText));
    },
    close: async () => {
      clearInterval(timer);
      await touch();
    },
  };
}
