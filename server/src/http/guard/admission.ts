import type { IncomingMessage } from "node:http";
import type { AccountId } from "#values/ids.ts";
import type { Settings } from "#settings/settings.ts";
import { openBodyRoom } from "./body-room.ts";
import type { BodyRoom } from "./body-room.ts";
import { clientAddress } from "./client-address.ts";
import type { Network } from "#values/network.ts";
import { openConnections } from "./connections.ts";
import type { Connections } from "./connections.ts";
import { openHoldings } from "./holdings.ts";
import type { Holdings } from "./holdings.ts";
import { openLateAnswers } from "./late-answers.ts";
import type { LateAnswers } from "./late-answers.ts";
import { openLimits } from "./limits.ts";
import type { Limits } from "./limits.ts";

/**
 * Decides, before any work, whether a request may cost something: by its connection, its address,
 * its customer, and everything that this process holds. All counts are in memory, so nothing waits.
 */
export type Admission = {
  readonly settings: () => Settings;
  readonly limits: Limits;
  readonly connections: Connections;
  readonly bodies: BodyRoom;
  readonly lateAnswers: LateAnswers;
  /** What is under way for each customer. */
  readonly customers: Holdings<AccountId>;
  /** Requests without a key known here, by the group of their address. */
  readonly strangers: Holdings<string>;
  addressOf(request: IncomingMessage): string;
};

export function openAdmission(
  settings: () => Settings,
  trustedProxies: readonly Network[],
): Admission {
  return {
    settings,
    limits: openLimits(settings),
    connections: openConnections(settings, trustedProxies),
    bodies: openBodyRoom(settings),
    lateAnswers: openLateAnswers(),
    customers: openHoldings(),
    strangers: openHoldings(),
    addressOf: (request) => clientAddress(request, trustedProxies),
  };
}
