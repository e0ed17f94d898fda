import type { ListedCommand } from "#cli/kit/command.ts";
import { customerCommands } from "#cli/customer/index.ts";
import { orderCommands } from "#cli/order/index.ts";
import { panelCommands } from "#cli/panel/index.ts";
import { productCommands } from "#cli/product/index.ts";
import { productOrderCommands } from "#cli/product-order/index.ts";
import { providerCommands } from "#cli/provider/index.ts";
import { ruleCommands } from "#cli/rule/index.ts";
import { scheduleCommands } from "#cli/schedule/index.ts";
import { serviceCommands } from "#cli/service/index.ts";
import { webhookCommands } from "#cli/webhook/index.ts";

/** Every command, noun by noun, in the order in which help shows them. */
export const commands: readonly ListedCommand[] = [
  ...panelCommands,
  ...customerCommands,
  ...serviceCommands,
  ...orderCommands,
  ...ruleCommands,
  ...scheduleCommands,
  ...productCommands,
  ...productOrderCommands,
  ...webhookCommands,
  ...providerCommands,
];
