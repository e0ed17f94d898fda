import type { ActionReference } from "./action-reference.ts";
import { id, object } from "./schema.ts";
import { idField, requestIdField } from "./shared-fields.ts";

export const newPost: ActionReference = {
  action: "new_post",
  group: "addition",
  forms: [
    {
      id: "new_post",
      name: "New post",
      summary: "Announces a new post of a subscription.",
      command: "new_post",
      fields: [
        idField("order", "order_unknown", "The subscription's id."),
        {
          name: "link",
          kind: "text",
          meaning: "The post's address.",
          example: "https://example.com/post/1",
          max: 2048,
          missing: "bad_link",
        },
        {
          name: "id",
          kind: "text",
          meaning: "Your id of the post; its link where it is left out.",
          example: "post-1",
          max: 1000,
        },
        requestIdField("the same"),
      ],
      request: "NewPostRequest",
      answers: ["NewPost"],
      example: () => ({ order: 7, post: "taken" }),
      refusals: [
        "order_unknown",
        "bad_link",
        "link_refused",
        "subscription_over",
        "request_id_used",
      ],
    },
  ],
  schemas: {
    NewPost: object({
      order: id,
      post: { enum: ["taken", "known"], description: "`known`: announced before." },
    }),
  },
};
