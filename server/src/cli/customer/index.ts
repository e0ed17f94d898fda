import type { CliCommand } from "#cli/kit/command.ts";
import { customerCreate } from "./customer-create.ts";
import { customerDeposit } from "./customer-deposit.ts";
import { customerList } from "./customer-list.ts";
import { customerSet } from "./customer-set.ts";
import { customerStatement } from "./customer-statement.ts";
import { keyCreate } from "./key-create.ts";
import { keyList } from "./key-list.ts";
import { keyRevoke } from "./key-revoke.ts";
import { keySet } from "./key-set.ts";
import { ledgerAdjust } from "./ledger-adjust.ts";
import { ledgerBonus } from "./ledger-bonus.ts";
import { rateList } from "./rate-list.ts";
import { rateSet } from "./rate-set.ts";

/** Commands about customers, their keys and prices, in the order in which help shows them. */
export const customerCommands: readonly CliCommand[] = [
  customerCreate,
  customerList,
  customerSet,
  customerDeposit,
  customerStatement,
  keyCreate,
  keyList,
  keySet,
  keyRevoke,
  rateSet,
  rateList,
  ledgerAdjust,
  ledgerBonus,
];
