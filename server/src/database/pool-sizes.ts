/** How many connections a process may hold for each purpose: none can take another's. */
export type PoolSizes = {
  /** For requests and commands, except the hot path. */
  readonly ordinary: number;
  /** For the batched statements of the hot path. */
  readonly hot: number;
  /** For the worker's lanes and jobs. */
  readonly work: number;
  /** For what keeps a process up to date: price list, settings, rules, heartbeat, what is due. */
  readonly upkeep: number;
};

// Of the embedded server's 120; the rest is for commands, backups and the server itself.
const connectionsMax = 96;
const most: PoolSizes = { ordinary: 20, hot: 4, work: 16, upkeep: 2 };
const ofWorker: PoolSizes = { ordinary: 2, hot: 1, work: 16, upkeep: 2 };

/** What a command holds. */
export function commandPools(ordinary: number): PoolSizes {
  return { ordinary, hot: 2, work: 1, upkeep: 1 };
}

/**
 * What each process of one `start` holds, so that up to fifteen of them together fit the embedded
 * server. A single process does everything; of several, the first works and the others answer.
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
