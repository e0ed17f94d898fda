import { eventKinds } from "#webhooks/event-kinds.ts";
import type { ActionReference } from "./action-reference.ts";
import { list, moment, object, ref } from "./schema.ts";
import { limitField } from "./shared-fields.ts";

export const changes: ActionReference = {
  action: "changes",
  group: "addition",
  forms: [
    {
      id: "changes",
      name: "Changes",
      summary:
        "What happened to orders, requests and prices since a cursor. Without `since` it answers a " +
        "cursor to begin with.",
      command: "changes",
      fields: [
        {
          name: "since",
          kind: "text",
          meaning: "The cursor of the last change dealt with.",
          example: "7021-1",
        },
        limitField,
      ],
      request: "ChangesRequest",
      answers: ["Changes"],
      example: (currency) => ({
        changes: [
          {
            cursor: "7021-1",
            event: "order.updated",
            at: "2026-01-31T12:00:00.000Z",
            data: {
              order: 23_501,
              charge: "0.27819",
              start_count: "3572",
              status: "Partial",
              remains: "157",
              currency,
            },
          },
        ],
        cursor: "7021-1",
        has_more: false,
      }),
      refusals: ["filter_invalid", "cursor_too_old"],
    },
  ],
  schemas: {
    Changes: object({
      changes: list(ref("Change")),
      cursor: { type: "string", description: "Where the next question goes on." },
      has_more: { type: "boolean" },
    }),
    Change: object(
      {
        cursor: { type: "string" },
        event: { enum: [...eventKinds] },
        at: moment,
        data: { type: "object" },
      },
      { test: { const: true, description: "Only on what a test key has made." } },
    ),
  },
};
