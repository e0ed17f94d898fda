import { LRUCache } from "lru-cache";

/** Seconds to wait before the next try; 0 lets the request pass. */
export type RetryAfterSeconds = number;

/**
 * Counts points of subjects within windows of time, each beginning with the subject's first point.
 */
export type CountedWindows<Subject extends string | number> = {
  /**
   * Takes points, or returns how long the window lasts if it has too few left. A request that
   * weighs more than a whole window fits into an empty one.
   */
  take(subject: Subject, points: number, pointsMax: number): RetryAfterSeconds;
  /** True where no point is left; takes none. */
  isFull(subject: Subject, pointsMax: number): boolean;
};

const subjectsMax = 50_000;

export function openCountedWindows<Subject extends string | number>(
  windowMs: number,
): CountedWindows<Subject> {
  const windows = new LRUCache<Subject, { endsAt: number; taken: number }>({ max: subjectsMax });
  return {
    take: (subject, points, pointsMax) => {
      const now = performance.now();
      const window = windows.get(subject);
      if (window === undefined || window.endsAt <= now) {
        windows.set(subject, { endsAt: now + windowMs, taken: points });
        return 0;
      }
      if (window.taken + points > pointsMax) {
        return Math.max(1, Math.ceil((window.endsAt - now) / 1000));
      }
      window.taken += points;
      return 0;
    },
    isFull: (subject, pointsMax) => {
      const window = windows.peek(subject);
      return window !== undefined && window.endsAt > performance.now() && window.taken >= pointsMax;
    },
  };
}
