import { LRUCache } from "lru-cache";
import type { Context } from "#database/context.ts";
import { microBatch } from "#database/micro-batch.ts";
import type { ApiKeyId } from "#values/ids.ts";
import { hashApiKey } from "./api-key.ts";
import type { ApiKey } from "./api-key.ts";
import { findApiKeys, touchApiKeys } from "./api-keys.sql.ts";
import { openKeyDirectory } from "./key-directory.ts";

const keysMax = 50_000;
const keyLengthMax = 256;
const touchEveryMs = 60_000;

/** The API keys that this process has seen alive. */
export type KeyRing = {
  /** The key as it was last read. A caller that acts on it must check it in the same statement. */
  remembered(keyText: string): ApiKey | undefined;
  /** True where this process knows that the key was once made; costs no query. */
  isKnown(keyText: string): boolean;
  /**
   * The same, after a look at the keys made in the meantime; callers at the same time share one
   * look.
   */
  isKnownByNow(keyText: string): Promise<boolean>;
  /**
   * Reads the key as it stands now and remembers it. Strangers' keys wait in a line of their own.
   */
  read(keyText: string): Promise<ApiKey | undefined>;
  /** Stops noting when keys were used, after a last note. */
  close(): Promise<void>;
};

export function openKeyRing(ctx: Context): KeyRing {
  const keys = new LRUCache<string, ApiKey>({ max: keysMax });
  const directory = openKeyDirectory(ctx);
  const used = new Set<ApiKeyId>();

  const find = async (keyHashes: string[]) => {
    const found = await findApiKeys(ctx.db, [...new Set(keyHashes)]);
    return keyHashes.map((keyHash) => found.get(keyHash));
  };
  const lines = {
    customers: microBatch(find, { itemsMax: 256, batchesMax: 2, waitingMax: 10_000 }),
    strangers: microBatch(find, { itemsMax: 256, batchesMax: 1, waitingMax: 2000 }),
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

  const isKnown = (keyHash: string) => keys.has(keyHash) || directory.has(keyHash);
  return {
    remembered: (keyText) => {
      if (keyText.length > keyLengthMax) return undefined;
      const key = keys.get(hashApiKey(keyText));
      if (key !== undefined) used.add(key.id);
      return key;
    },
    isKnown: (keyText) => keyText.length <= keyLengthMax && isKnown(hashApiKey(keyText)),
    isKnownByNow: async (keyText) => {
      if (keyText === "" || keyText.length > keyLengthMax) return false;
      return directory.hasAfterLook(hashApiKey(keyText));
    },
    read: async (keyText) => {
      if (keyText === "" || keyText.length > keyLengthMax) return undefined;
      const keyHash = hashApiKey(keyText);
      const line = isKnown(keyHash) ? lines.customers : lines.strangers;
      const key = await line.ask(keyHash);
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
