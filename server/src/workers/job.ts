import type { Context } from "#database/context.ts";

/** Work that comes round by itself. Every worker runs it: it must not mind running twice. */
export type Job = {
  readonly name: string;
  readonly everySeconds: number;
  /**
   * True: it computes for long where a provider's list is large, so it runs in a thread of its own: this
   * one may answer customers. It begins only where `isDue`.
   */
  readonly isHeavy?: boolean;
  /** Whether there is something to do; left out: always. */
  isDue?(ctx: Context): Promise<boolean>;
  /** After `signal` nothing more is begun. */
  run(ctx: Context, signal: AbortSignal): Promise<void>;
};

/** Runs a heavy job somewhere else, and ends it early on `signal`. */
export type RunElsewhere = (job: Job, signal: AbortSignal) => Promise<void>;
