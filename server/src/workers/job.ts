import type { Context } from "#database/context.ts";

/** Work that comes round by the clock. Every worker runs it, so it must tolerate running twice. */
export type Job = {
  readonly name: string;
  readonly everySeconds: number;
  /**
   * True: it computes for a long time where a provider's list is large, so it runs in a thread of
   * its own, because this one may be answering customers. It begins only where `isDue`.
   */
  readonly isHeavy?: boolean;
  /** Whether there is something to do; left out: always. */
  isDue?(ctx: Context): Promise<boolean>;
  /** After `signal` nothing more is begun. */
  run(ctx: Context, signal: AbortSignal): Promise<void>;
};

/** Runs a heavy job somewhere else, and ends it early on `signal`. */
export type RunElsewhere = (job: Job, signal: AbortSignal) => Promise<void>;
