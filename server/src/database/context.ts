import type { Pool } from "pg";
import type { Logger } from "pino";
import type { Clock } from "#values/clock.ts";
import type { Secrets } from "#values/secrets.ts";

/** What every use case needs from outside: the database, the time, the log. */
export type Context = {
  readonly db: Pool;
  /** For the batched statements of the hot path, and to look by key for what is due. */
  readonly hot: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** The encryption key of this panel; throws, with words for the operator, where it is not here. */
  readonly secrets: () => Promise<Secrets>;
};
