import type { Pool } from "pg";
import type { Logger } from "pino";
import type { Clock } from "#values/clock.ts";
import type { Secrets } from "#values/secrets.ts";

/** What every use case needs from outside: the database, the time, the log. */
export type Context = {
  readonly db: Pool;
  /** For the batched statements of the hot path, and for looking up by key what is due. */
  readonly hot: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * The encryption key of this panel. Throws, with a message for the operator, where the key is not
   * here.
   */
  readonly secrets: () => Promise<Secrets>;
};
