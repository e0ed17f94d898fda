import { eventKinds } from "#webhooks/event-kinds.ts";
import type { EventKind } from "#webhooks/event-kinds.ts";
import type { WebhookId } from "#values/ids.ts";
import { optional, required, UsageError } from "#cli/kit/option.ts";
import { filledText, id, wordList } from "#cli/kit/readers.ts";

export const webhookId = required("--id <id>", "the webhook's id", id<WebhookId>);
export const webhookUrl = required(
  "--url <url>",
  "where events are sent: https or http",
  filledText,
);
export const newWebhookUrl = optional("--url <url>", "where events are sent", filledText);
export const webhookEvents = optional(
  "--events <names>",
  `which events, separated by commas, or all: ${eventKinds.join(", ")}`,
  readEvents,
);

function readEvents(typed: string): readonly EventKind[] {
  const words = wordList(typed);
  if (words.length === 1 && words[0] === "all") return [];
  const known = eventKinds.filter((kind) => words.includes(kind));
  if (words.length === 0 || known.length !== new Set(words).size) {
    throw new UsageError(`expected all, or some of: ${eventKinds.join(", ")}`);
  }
  return known;
}
