import type { CliCommand } from "#cli/kit/command.ts";
import { holdAllow } from "./hold-allow.ts";
import { holdDeny } from "./hold-deny.ts";
import { holdFirstDeposit } from "./hold-first-deposit.ts";
import { holdList } from "./hold-list.ts";
import { holdRemove } from "./hold-remove.ts";
import { holdSameLink } from "./hold-same-link.ts";
import { holdVelocity } from "./hold-velocity.ts";

/** Commands about rules for new orders, in the order in which help shows them. */
export const ruleCommands: readonly CliCommand[] = [
  holdDeny,
  holdAllow,
  holdSameLink,
  holdFirstDeposit,
  holdVelocity,
  holdList,
  holdRemove,
];
