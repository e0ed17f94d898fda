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

/**
 * `run` answers a batch of at most `itemsMax` items, in their order. At most `batchesMax` batches are
 * under way. Items beyond `waitingMax` are rejected with `BatchFull`.
 */
export function microBatch<Item, Answer>(
  run: (items: Item[]) => Promise<Answer[]>,
  limits: { readonly itemsMax: number; readonly batchesMax: number; readonly waitingMax: number },
): MicroBatch<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let underWay = 0;

  const leave = () => {
    while (underWay < limits.batchesMax && waiting.length > 0) {
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
        // The next turn of the loop, so that everything that arrived in this one goes together.
        if (waiting.length === 1 && underWay < limits.batchesMax) setImmediate(leave);
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
