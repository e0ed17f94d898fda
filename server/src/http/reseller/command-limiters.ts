import { openKeyedLimiter } from "#database/keyed-limiter.ts";
import type { KeyedLimiter } from "#database/keyed-limiter.ts";
import type { AccountId } from "#values/ids.ts";
import { idsOf } from "#http/reseller/request/command.ts";
import type { Command } from "#http/reseller/request/command.ts";

/**
 * Decides whose command is next, so that no customer holds the connections that others wait for.
 */
export type CommandLimiters = {
  /** The limiter that a command waits in; `undefined` where it joins the batch of its moment. */
  of(command: Command): KeyedLimiter<AccountId> | undefined;
};

export function openCommandLimiters(): CommandLimiters {
  const waiting = { waitingMax: 4096, subjectWaitingMax: 512 };
  const common = openKeyedLimiter<AccountId>({ subjectMax: 4, totalMax: 16, ...waiting });
  const states = openKeyedLimiter<AccountId>({ subjectMax: 3, totalMax: 8, ...waiting });
  return {
    of: ({ kind }) => {
      switch (kind) {
        // Goes in one statement with all that come at the same time.
        case "place_order":
        case "order_state":
        case "balance":
        // Waits for its product, in a limiter that customers share.
        case "place_product_order":
        case "unreadable":
          return undefined;
        case "order_states":
          return states;
        default:
          return common;
      }
    },
  };
}

const listWork = 100;
const rowsPerWork = 2;

/** How many things a command asks for beyond the first, as the key's limit counts them. */
export function workOf(command: Command | undefined): number {
  if (command === undefined) return 0;
  switch (command.kind) {
    case "place_order":
    case "order_state":
    case "balance":
      return 0;
    case "services":
    case "products":
      return listWork;
    case "list_orders":
    case "changes":
      return Math.ceil(rowsOf(command.limit) / rowsPerWork);
    default:
      return Math.max(0, idsOf(command).length - 1);
  }
}

const rowsDefault = 100;
const rowsMax = 1000;

function rowsOf(limit: string | undefined): number {
  const rows = Number(limit ?? rowsDefault);
  return rows > 0 && rows <= rowsMax ? rows : rowsDefault;
}
