import { BatchFull } from "#database/micro-batch.ts";

type Waiting<Subject> = { readonly subject: Subject; readonly start: () => void };

/** Lets work wait in the process instead of in the database, where it would hold a connection. */
export type Turns<Subject> = {
  /** Runs the work when its turn comes: first come, first served within its subject. */
  take<Value>(subject: Subject, work: () => Promise<Value>): Promise<Value>;
};

/**
 * At most `subjectMax` works of one subject are under way at a time, and `totalMax` in all. Beyond
 * `waitingMax` that wait, more are turned away with `BatchFull`.
 */
export function openTurns<Subject>(limits: {
  readonly subjectMax: number;
  readonly totalMax: number;
  readonly waitingMax: number;
}): Turns<Subject> {
  const underWay = new Map<Subject, number>();
  const waiting: Waiting<Subject>[] = [];
  let total = 0;

  const mayStart = (subject: Subject) =>
    total < limits.totalMax && (underWay.get(subject) ?? 0) < limits.subjectMax;

  const begin = (subject: Subject) => {
    total++;
    underWay.set(subject, (underWay.get(subject) ?? 0) + 1);
  };

  const end = (subject: Subject) => {
    total--;
    const left = (underWay.get(subject) ?? 1) - 1;
    if (left === 0) underWay.delete(subject);
    else underWay.set(subject, left);
    // Whoever came first of those that may start now.
    const next = waiting.findIndex((entry) => mayStart(entry.subject));
    const [entry] = next === -1 ? [] : waiting.splice(next, 1);
    entry?.start();
  };

  return {
    take: async (subject, work) => {
      if (mayStart(subject)) {
        begin(subject);
      } else {
        if (waiting.length >= limits.waitingMax) throw new BatchFull();
        await new Promise<void>((resolve) => {
          const start = () => {
            begin(subject);
            resolve();
          };
          waiting.push({ subject, start });
        });
      }
      try {
        return await work();
      } finally {
        end(subject);
      }
    },
  };
}
