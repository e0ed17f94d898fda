/**
 * The time of this process, for caches, logs and limits. Leases, due times and everything that is
 * stored take the database's clock instead, because machines disagree.
 */
export type Clock = {
  /** Milliseconds since 1970, UTC. */
  now(): number;
};

export const systemClock: Clock = { now: () => Date.now() };
