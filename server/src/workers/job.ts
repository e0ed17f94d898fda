import type { Context } from "#database/context.ts";

/** Work that comes round by itself. Every worker runs it: it must not mind running twice. */
export type Job = {
  readonly name: string;
  readonly everySeconds: number;
  /** After `signal` nothing more is begun. */
  run(ctx: Context, signal: AbortSignal): Promise<void>;
};
