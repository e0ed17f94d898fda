import type { ApiKey } from "#customers/api-key.ts";
import type { Settings } from "#settings/settings.ts";
import { addressGroup } from "./client-address.ts";
import { openCountedWindows } from "./counted-windows.ts";
import type { RetryAfterSeconds } from "./counted-windows.ts";

/**
 * The limits of this process. A valid key is limited only by itself: wrong keys from the same
 * address count against the address and never stop it.
 */
export type Limits = {
  /** `work`: how many ids the request asks for beyond the first. */
  countKey(key: ApiKey, work: number): RetryAfterSeconds;
  /** For a large body, even where the key has no limit of requests. */
  countBytes(key: ApiKey, bytes: number): RetryAfterSeconds;
  countFailedKey(address: string): RetryAfterSeconds;
  /** True where the next wrong key from there would exceed the limit. */
  isBlocked(address: string): boolean;
  countPage(address: string): RetryAfterSeconds;
  /** True for the first refusals of a second: those need not wait. */
  isFewRefused(subject: string | number): boolean;
};

const secondMs = 1000;
// How many ids come with each request that the key may make in a second; one large request is
// always allowed.
const workPerRequest = 5;
const workMin = 1000;
const bytesMax = 5 * 1024 * 1024;
const promptRefusals = 32;

export function openLimits(settings: () => Settings): Limits {
  const keys = openCountedWindows<number>(secondMs);
  const work = openCountedWindows<number>(secondMs);
  const bytes = openCountedWindows<number>(secondMs);
  const failedKeys = openCountedWindows<string>(60 * secondMs);
  const pages = openCountedWindows<string>(secondMs);
  const refusals = openCountedWindows<string | number>(secondMs);
  return {
    countKey: (key, asked) => {
      const points = key.rateLimit ?? settings().key_rate_limit;
      if (points === 0) return 0;
      const waitSeconds = keys.take(key.id, 1, points);
      if (waitSeconds > 0 || asked === 0) return waitSeconds;
      return work.take(key.id, asked, Math.max(workMin, points * workPerRequest));
    },
    countBytes: (key, size) => bytes.take(key.id, size, bytesMax),
    countFailedKey: (address) =>
      failedKeys.take(addressGroup(address), 1, settings().failed_key_limit),
    isBlocked: (address) => failedKeys.isFull(addressGroup(address), settings().failed_key_limit),
    countPage: (address) => pages.take(addressGroup(address), 1, settings().page_rate_limit),
    isFewRefused: (subject) => refusals.take(subject, 1, promptRefusals) === 0,
  };
}
