import type { ActionReference } from "./action-reference.ts";
import { id, object } from "./schema.ts";
import { idField, maxChargeField, requestIdField } from "./shared-fields.ts";

export const add: ActionReference = {
  action: "add",
  group: "shared",
  forms: [
    {
      id: "add",
      name: "Add order",
      summary: "Places an order.",
      command: "place_order",
      fields: [
        idField("service", "service_unknown", "The service's id, from the service list."),
        requestIdField("the same order and charges nothing"),
        maxChargeField,
      ],
      hasServiceFields: true,
      request: "Add",
      answers: ["Added"],
      example: () => ({ order: 23_501 }),
      refusals: [
        "service_unknown",
        "insufficient_funds",
        "bad_link",
        "quantity_required",
        "quantity_invalid",
        "quantity_below_min",
        "quantity_above_max",
        "comments_required",
        "username_required",
        "field_required",
        "list_too_long",
        "dripfeed_unsupported",
        "runs_required",
        "interval_required",
        "posts_invalid",
        "delay_invalid",
        "min_above_max",
        "charge_too_high",
        "price_above_max_charge",
        "max_charge_invalid",
        "request_id_used",
        "link_busy",
        "link_refused",
        "feeds_too_many",
        "feed_host_full",
        "order_refused",
      ],
    },
  ],
  schemas: { Added: object({ order: id }) },
};
