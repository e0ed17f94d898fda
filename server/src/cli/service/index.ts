import type { CliCommand } from "#cli/kit/command.ts";
import { serviceBelowCost } from "./service-below-cost.ts";
import { serviceCreate } from "./service-create.ts";
import { serviceDisable } from "./service-disable.ts";
import { serviceEnable } from "./service-enable.ts";
import { serviceImport } from "./service-import.ts";
import { serviceList } from "./service-list.ts";
import { serviceMeasure } from "./service-measure.ts";
import { serviceSet } from "./service-set.ts";
import { sourceAdd } from "./source-add.ts";
import { sourceList } from "./source-list.ts";
import { sourceRemove } from "./source-remove.ts";
import { sourceSet } from "./source-set.ts";

/** Commands about services and their sources, in the order in which help shows them. */
export const serviceCommands: readonly CliCommand[] = [
  serviceCreate,
  serviceList,
  serviceMeasure,
  serviceSet,
  serviceEnable,
  serviceDisable,
  serviceImport,
  serviceBelowCost,
  sourceAdd,
  sourceList,
  sourceSet,
  sourceRemove,
];
