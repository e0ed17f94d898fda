/**
 * Gathers calls that come at the same time into one. A batch leaves as soon as the previous one has
 * returned: an idle process answers at once, and a busy one fills its batches. No timer.
 */
export type MicroBatch<Item, Answer> = {
  /** Fulfilled with this item's answer, or rejected where its whole batch failed. */
  ask(item: Item): Promise<Answer>;
};

type Waiting<Item, Answer> = {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
};

export type MicroBatchLimits<Item> = {
  readonly itemsMax: number;
  /** How many batches may be under way at once. */
  readonly batchesMax: number;
  /** The fewest items a batch may leave with while another is under way; left out: one. */
  readonly besideMin?: number;
  /** Items beyond this are rejected with `BatchFull`. */
  readonly waitingMax: number;
  /**
   * Whose item it is. Where more items wait than a batch takes, the owners take turns. Each owner's
   * items keep their order. Left out: all are one owner's.
   */
  readonly ownerOf?: (item: Item) => unknown;
  /** How many of one owner's items a batch takes; further ones wait for a later batch. */
  readonly ownerMax?: number;
  /** How large an item is, and how large a batch gets before it is full. Left out: any size. */
  readonly size?: { readonly of: (item: Item) => number; readonly max: number };
};

/** `run` answers a batch of at most `itemsMax` items, in their order. */
export function microBatch<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  limits: MicroBatchLimits<Item>,
): MicroBatch<Item, Answer> {
  const { besideMin = 1, size } = limits;
  const surelyFit = Math.min(limits.itemsMax, limits.ownerMax ?? Infinity);
  let waiting: Waiting<Item, Answer>[] = [];
  let waitingSize = 0;
  let underWay = 0;
  let isLeaving = false;

  const mayLeave = () =>
    underWay < limits.batchesMax && waiting.length >= (underWay === 0 ? 1 : besideMin);

  const takeBatch = (): Waiting<Item, Answer>[] => {
    const all = waiting;
    if (all.length <= surelyFit && (size === undefined || waitingSize <= size.max)) {
      waiting = [];
      waitingSize = 0;
      return all;
    }
    const batch = pickFairly(all, limits);
    const taken = new Set(batch);
    waiting = all.filter((entry) => !taken.has(entry));
    if (size !== undefined) for (const { item } of batch) waitingSize -= size.of(item);
    return batch;
  };

  const leave = () => {
    isLeaving = false;
    while (mayLeave()) {
      const batch = takeBatch();
      underWay++;
      void answer(batch);
    }
  };

  const answer = async (batch: Waiting<Item, Answer>[]) => {
    try {
      const answers = await run(batch.map((entry) => entry.item));
      if (answers.length !== batch.length) throw new Error("a batch answered another number");
      batch.forEach((entry, index) => entry.resolve(answers[index] as Answer));
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      underWay--;
      leave();
    }
  };

  return {
    ask: (item) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= limits.waitingMax) {
          reject(new BatchFull());
          return;
        }
        waiting.push({ item, resolve, reject });
        if (size !== undefined) waitingSize += size.of(item);
        if (isLeaving || !mayLeave()) return;
        // The next turn of the loop, so that everything that arrived in this one goes together.
        isLeaving = true;
        setImmediate(leave);
      }),
  };
}

/** One of each owner in turn, until the batch is full; at least one. */
function pickFairly<Entry extends { readonly item: Item }, Item>(
  waiting: readonly Entry[],
  { itemsMax, ownerOf, ownerMax = Infinity, size }: MicroBatchLimits<Item>,
): Entry[] {
  const batch: Entry[] = [];
  let room = size?.max ?? Infinity;
  let lines = [...Map.groupBy(waiting, ({ item }) => ownerOf?.(item)).values()];
  for (let place = 0; lines.length > 0 && place < ownerMax; place++) {
    lines = lines.filter((line) => line.length > place);
    for (const line of lines) {
      const entry = line[place];
      if (entry === undefined) continue;
      room -= size?.of(entry.item) ?? 0;
      if (batch.length > 0 && (room < 0 || batch.length >= itemsMax)) return batch;
      batch.push(entry);
    }
  }
  return batch;
}

/** More is waiting than this process holds: the caller may try again in a moment. */
export class BatchFull extends Error {
  override name = "BatchFull";
  constructor() {
    super("too many requests are waiting for the database");
  }
}
