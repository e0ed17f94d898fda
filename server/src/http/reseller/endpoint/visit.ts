import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dialect } from "#http/reseller/dialects/dialect.ts";

/** One request on its way to its answer. */
export type Visit = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  dialect: Dialect;
};
