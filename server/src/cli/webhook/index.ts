import type { CliCommand } from "#cli/kit/command.ts";
import { eventList } from "./event-list.ts";
import { webhookAdd } from "./webhook-add.ts";
import { webhookList } from "./webhook-list.ts";
import { webhookLog } from "./webhook-log.ts";
import { webhookRemove } from "./webhook-remove.ts";
import { webhookReplay } from "./webhook-replay.ts";
import { webhookRotate } from "./webhook-rotate.ts";
import { webhookSet } from "./webhook-set.ts";
import { webhookTest } from "./webhook-test.ts";

/** Commands about webhooks and events, in the order in which help shows them. */
export const webhookCommands: readonly CliCommand[] = [
  webhookAdd,
  webhookList,
  webhookSet,
  webhookRemove,
  webhookRotate,
  webhookTest,
  webhookLog,
  webhookReplay,
  eventList,
];
