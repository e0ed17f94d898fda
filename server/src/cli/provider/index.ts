import type { CliCommand } from "#cli/kit/command.ts";
import { providerAdd } from "./provider-add.ts";
import { providerBalance } from "./provider-balance.ts";
import { providerHold } from "./provider-hold.ts";
import { providerImportProducts } from "./provider-import-products.ts";
import { providerImport } from "./provider-import.ts";
import { providerList } from "./provider-list.ts";
import { providerLog } from "./provider-log.ts";
import { providerMarkup } from "./provider-markup.ts";
import { providerRelease } from "./provider-release.ts";
import { providerSchedule } from "./provider-schedule.ts";
import { providerScore } from "./provider-score.ts";
import { providerSet } from "./provider-set.ts";
import { providerSyncLog } from "./provider-sync-log.ts";
import { providerSync } from "./provider-sync.ts";
import { providerTerms } from "./provider-terms.ts";
import { providerTest } from "./provider-test.ts";
import { providerUndo } from "./provider-undo.ts";

/** Commands about providers, in the order in which help shows them. */
export const providerCommands: readonly CliCommand[] = [
  providerAdd,
  providerSet,
  providerList,
  providerTest,
  providerBalance,
  providerLog,
  providerScore,
  providerHold,
  providerRelease,
  providerImport,
  providerImportProducts,
  providerSync,
  providerUndo,
  providerSyncLog,
  providerSchedule,
  providerMarkup,
  providerTerms,
];
