import type { CliCommand } from "#cli/kit/command.ts";
import { auditList } from "./audit-list.ts";
import { backup } from "./backup.ts";
import { demoCreate } from "./demo-create.ts";
import { demoRemove } from "./demo-remove.ts";
import { doctor } from "./doctor.ts";
import { ledgerProfit } from "./ledger-profit.ts";
import { ledgerVerify } from "./ledger-verify.ts";
import { restore } from "./restore.ts";
import { secretRotate } from "./secret-rotate.ts";
import { secretShow } from "./secret-show.ts";
import { settingsGet } from "./settings-get.ts";
import { settingsSet } from "./settings-set.ts";
import { start } from "./start.ts";

/** Commands about the panel as a whole, in the order in which help shows them. */
export const panelCommands: readonly CliCommand[] = [
  start,
  ledgerVerify,
  ledgerProfit,
  settingsGet,
  settingsSet,
  auditList,
  backup,
  restore,
  secretShow,
  secretRotate,
  doctor,
  demoCreate,
  demoRemove,
];
