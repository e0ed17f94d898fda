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
  /** The key as it was read last. Whoever acts on it must check it in the same statement. */
  remembered(keyText: string): ApiKey | undefined;
  /** The key as it stands now; remembered from then on. */
  read(keyText: string): Promise<ApiKey | undefined>;
  /** Stops the notes of when keys were used, after a last one. */
  close(): Promise<void>;
};

export function openKeyRing(ctx: Context): KeyRing {
  const keys = new LRUCache<string, ApiKey>({ max: keysMax });
  const used = new Set<ApiKeyId>();

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

  return {
    remembered: (keyText) => {
      if (keyText.length > keyLengthMax) return undefined;
      const key = keys.get(hashApiKey(keyText));
      if (key !== undefined) used.add(key.id);
      return key;
    },
    read: async (keyText) => {
      if (keyText.length > keyLengthMax) return undefined;
      const keyHash = hashApiKey(keyText);
      const key = await findApiKey(ctx.db, keyHash);
      if (key === undefined) {
        keys.delete(keyHash);
        return undefined;
      }
      keys.set(keyHash, key);
      used.add(key.id);
      return key;
    },
    close: async () => {
      clearInterval(timer);
      await touch();
    },
  };
}
