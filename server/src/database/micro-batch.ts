/**
 * Gathers calls that come at the same time into one: a batch leaves as soon as the one before has
 * returned, so that an idle process answers at once and a busy one fills its batches. No timer.
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

export type MicroBatchLimits = {
  readonly itemsMax: number;
  /** How many may be under way at once. */
  readonly batchesMax: number;
  /** How many items a batch has at least that leaves while another is under way; left out: one. */
  readonly besideMin?: number;
  /** Items beyond it are rejected with `BatchFull`. */
  readonly waitingMax: number;
};

/** `run` answers a batch of at most `itemsMax` items, in their order. */
export function microBatch<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  limits: MicroBatchLimits,
): MicroBatch<Item, Answer> {
  const { besideMin = 1 } = limits;
  let waiting: Waiting<Item, Answer>[] = [];
  let underWay = 0;
  let isLeaving = false;

  const mayLeave = () =>
    underWay < limits.batchesMax && waiting.length >= (underWay === 0 ? 1 : besideMin);

  const leave = () => {
    isLeaving = false;
    while (mayLeave()) {
      const batch = waiting.length <= limits.itemsMax ? waiting : waiting.slice(0, limits.itemsMax);
      waiting = waiting.length <= limits.itemsMax ? [] : waiting.slice(limits.itemsMax);
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
        if (isLeaving || !mayLeave()) return;
        // The next turn of the loop, so that everything that arrived in this one goes together.
        isLeaving = true;
        setImmediate(leave);
      }),
  };
}

/** More is waiting than this process will hold: the caller may try again in a moment. */
export class BatchFull extends Error {
  override name = "BatchFull";
  constructor() {
    super("too many requests are waiting for the database");
  }
}
