import { BatchFull } from "./micro-batch.ts";

/** Lets work wait in the process instead of in the database, where it would hold a connection. */
export type KeyedLimiter<Subject> = {
  /** Runs the work when its turn comes: first come, first served within its subject. */
  run<Value>(subject: Subject, work: () => Promise<Value>): Promise<Value>;
};

/**
 * At most `subjectMax` pieces of work of one subject run at a time, and `totalMax` in all. Where
 * several subjects wait, they take turns, however much work one of them has. When `waitingMax` wait
 * in all, or `subjectWaitingMax` of one subject, further work is refused with `BatchFull`.
 */
export function openKeyedLimiter<Subject>(limits: {
  readonly subjectMax: number;
  readonly totalMax: number;
  readonly waitingMax: number;
  readonly subjectWaitingMax?: number;
}): KeyedLimiter<Subject> {
  const { subjectWaitingMax = limits.waitingMax } = limits;
  const underWay = new Map<Subject, number>();
  // The subject that has waited longest for a turn stands first.
  const waiting = new Map<Subject, (() => void)[]>();
  let waitingTotal = 0;
  let total = 0;

  const mayStart = (subject: Subject) =>
    total < limits.totalMax && (underWay.get(subject) ?? 0) < limits.subjectMax;

  const begin = (subject: Subject) => {
    total++;
    underWay.set(subject, (underWay.get(subject) ?? 0) + 1);
  };

  const startNext = () => {
    for (const [subject, own] of waiting) {
      if (!mayStart(subject)) continue;
      waiting.delete(subject);
      const start = own.shift();
      if (own.length > 0) waiting.set(subject, own);
      waitingTotal--;
      begin(subject);
      start?.();
      return;
    }
  };

  const end = (subject: Subject) => {
    total--;
    const left = (underWay.get(subject) ?? 1) - 1;
    if (left === 0) underWay.delete(subject);
    else underWay.set(subject, left);
    startNext();
  };

  const wait = (subject: Subject) =>
    new Promise<void>((resolve) => {
      const own = waiting.get(subject) ?? [];
      if (waitingTotal >= limits.waitingMax || own.length >= subjectWaitingMax) {
        throw new BatchFull();
      }
      own.push(resolve);
      waiting.set(subject, own);
      waitingTotal++;
    });

  return {
    run: async (subject, work) => {
      if (mayStart(subject)) begin(subject);
      else await wait(subject);
      try {
        return await work();
      } finally {
        end(subject);
      }
    },
  };
}
