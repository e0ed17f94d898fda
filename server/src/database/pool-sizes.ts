/** How many connections a process may hold, by what they are for: none can take another's. */
export type PoolSizes = {
  /** What requests and commands do, but for the hot path. */
  readonly ordinary: number;
  /** The batched statements of the hot path. */
  readonly hot: number;
  /** The worker's lanes and jobs. */
  readonly work: number;
  /** What keeps a process up to date: price list, settings, rules, heartbeat, what is due. */
  readonly upkeep: number;
};

// Of the 120 of the embedded server; the others are for commands, backups and the server's own.
const connectionsMax = 96;
const most: PoolSizes = { ordinary: 20, hot: 4, work: 16, upkeep: 2 };
const ofWorker: PoolSizes = { ordinary: 2, hot: 1, work: 16, upkeep: 2 };

/** What a command holds. */
export function commandPools(ordinary: number): PoolSizes {
  return { ordinary, hot: 2, work: 1, upkeep: 1 };
}

/**
 * What each of the processes of one `start` holds, so that all together fit the embedded server, up to
 * fifteen of them. With one process it is everything; with several the first works, and the others
 * answer.
 */
export function panelPools(processes: number): { first: PoolSizes; answering: PoolSizes } {
  if (processes <= 1) return { first: most, answering: most };
  const { ordinary, hot, work, upkeep } = ofWorker;
  const each = Math.floor((connectionsMax - ordinary - hot - work - upkeep) / processes);
  // An answering process has no lanes.
  const beside = each < 10 ? { hot: 1, work: 1, upkeep: 1 } : { ...most, work: 1 };
  const rest = each - beside.hot - beside.work - beside.upkeep;
  const answering = { ...beside, ordinary: Math.max(2, Math.min(most.ordinary, rest)) };
  return { first: ofWorker, answering };
}
