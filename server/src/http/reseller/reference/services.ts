import { serviceTypes } from "#orders/service-types/index.ts";
import type { ActionReference } from "./action-reference.ts";
import { digits, id, list, money, money1dg, object } from "./schema.ts";
import type { Schema } from "./schema.ts";

const service: Schema = {
  service: id,
  name: { type: "string" },
  type: { enum: Object.values(serviceTypes).map((type) => type.wireName) },
  min: digits,
  max: digits,
  dripfeed: { type: "boolean" },
  refill: { type: "boolean" },
  category: { type: "string" },
  desc: { type: "string" },
  refill_days: {
    type: ["integer", "null"],
    minimum: 1,
    description: "An addition: how many days after its end an order is refilled; null: no end.",
  },
  average_time: {
    type: ["integer", "null"],
    minimum: 0,
    description: "An addition: seconds from placing to Completed, measured; null: too few orders.",
  },
};

export const services: ActionReference = {
  action: "services",
  group: "shared",
  forms: [
    {
      id: "services",
      name: "Service list",
      summary: "All services on sale, at the caller's own rates.",
      command: "services",
      fields: [],
      request: "ServicesRequest",
      answers: ["ServiceList", "ServiceList1dg"],
      refusals: [],
      example: () => [
        {
          service: 1,
          name: "Followers",
          type: "Default",
          rate: "0.90",
          min: "50",
          max: "10000",
          dripfeed: false,
          refill: true,
          cancel: true,
          category: "First Category",
          desc: "",
        },
        {
          service: 2,
          name: "Comments",
          type: "Custom Comments",
          rate: "8.00",
          min: "10",
          max: "1500",
          dripfeed: false,
          refill: false,
          cancel: true,
          category: "Second Category",
          desc: "",
        },
      ],
    },
  ],
  schemas: {
    ServiceList: list(object({ ...service, rate: money, cancel: { type: "boolean" } })),
    ServiceList1dg: list(object({ ...service, rate: money1dg })),
  },
};
