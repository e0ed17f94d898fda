import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { ApiKey } from "#customers/api-key.ts";
import type { Settings } from "#settings/settings.ts";
import { addressGroup } from "./client-address.ts";

/** Seconds to wait before the next try; 0 lets the request pass. */
export type RetryAfterSeconds = number;

/**
 * The limits of this process. A right key is limited by itself alone: wrong keys from the same
 * address count against the address and never stop it.
 */
export type Limits = {
  countKey(key: ApiKey): RetryAfterSeconds | Promise<RetryAfterSeconds>;
  countFailedKey(address: string): Promise<RetryAfterSeconds>;
};

export function openLimits(settings: () => Settings): Limits {
  const limiters = new Map<string, RateLimiterMemory>();
  const limiter = (points: number, durationSeconds: number) => {
    const name = `${points}/${durationSeconds}`;
    const known = limiters.get(name);
    if (known !== undefined) return known;
    const made = new RateLimiterMemory({ points, duration: durationSeconds, keyPrefix: name });
    limiters.set(name, made);
    return made;
  };

  return {
    countKey: (key) => {
      const points = key.rateLimit ?? settings().key_rate_limit;
      return points === 0 ? 0 : consume(limiter(points, 1), String(key.id));
    },
    countFailedKey: (address) =>
      consume(limiter(settings().failed_key_limit, 60), addressGroup(address)),
  };
}

async function consume(limiter: RateLimiterMemory, subject: string): Promise<RetryAfterSeconds> {
  try {
    await limiter.consume(subject);
    return 0;
  } catch (rejection) {
    if (!(rejection instanceof RateLimiterRes)) throw rejection;
    return Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
  }
}
