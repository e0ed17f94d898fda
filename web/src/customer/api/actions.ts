/** One call of API v2 as its page shows it, in the order that all panels' pages have. */
export type ActionSection = {
  /** The address within the page, and the key of its heading. */
  readonly id: string;
  readonly action: string;
  /** What is sent beside `key` and `action`. */
  readonly parameters: readonly string[];
  /** What may be sent beside those. */
  readonly optional?: readonly string[];
  readonly example: unknown;
};

/** All sections before Add order and after it. */
export function actionSections(currency: string): {
  readonly services: ActionSection;
  readonly others: readonly ActionSection[];
} {
  const state = {
    charge: "0.27819",
    start_count: "3572",
    status: "Partial",
    remains: "157",
    currency,
  };
  const unknownOrder = { error: "Incorrect order ID" };
  return {
    services: { id: "services", action: "services", parameters: [], example: servicesExample },
    others: [
      { id: "status", action: "status", parameters: ["order"], example: state },
      {
        id: "statuses",
        action: "status",
        parameters: ["orders"],
        example: {
          1: state,
          10: unknownOrder,
          100: {
            charge: "1.44219",
            start_count: "234",
            status: "In progress",
            remains: "10",
            currency,
          },
        },
      },
      { id: "refill", action: "refill", parameters: ["order"], example: { refill: "1" } },
      {
        id: "refills",
        action: "refill",
        parameters: ["orders"],
        example: [
          { order: 1, refill: 1 },
          { order: 2, refill: 2 },
          { order: 3, refill: unknownOrder },
        ],
      },
      {
        id: "refill_status",
        action: "refill_status",
        parameters: ["refill"],
        example: { status: "Completed" },
      },
      {
        id: "refill_statuses",
        action: "refill_status",
        parameters: ["refills"],
        example: [
          { refill: 1, status: "Completed" },
          { refill: 2, status: "Rejected" },
          { refill: 3, status: { error: "Refill not found" } },
        ],
      },
      {
        id: "cancel",
        action: "cancel",
        parameters: ["orders"],
        example: [
          { order: 9, cancel: unknownOrder },
          { order: 2, cancel: 1 },
        ],
      },
      {
        id: "balance",
        action: "balance",
        parameters: [],
        example: { balance: "100.84292", currency },
      },
      ...productSections,
    ],
  };
}

const productSections: readonly ActionSection[] = [
  {
    id: "products",
    action: "products",
    parameters: [],
    example: [
      {
        product: 1,
        name: "Netflix premium 1 month",
        require: "Input your account",
        rate: 2.5,
        min: 1,
        max: 10,
        category: "Netflix",
        status: "In stock",
        inventory: 40,
        type: "Auto",
        desc: "",
        warranty_days: 30,
        discounts: [{ quantity: 5, rate: 2.25 }],
      },
      {
        product: 3,
        name: "Facebook account 5000 friends",
        rate: 0.5,
        min: 1,
        max: 2,
        category: "Facebook",
        status: "In stock",
        type: "Service",
        desc: "",
        warranty_days: 0,
      },
    ],
  },
  {
    id: "add_product",
    action: "add_product_order",
    parameters: ["product", "quantity"],
    optional: ["require", "request_id"],
    example: { order: 99_999 },
  },
  {
    id: "product_status",
    action: "product_order_status",
    parameters: ["order"],
    example: {
      charge: 7.5,
      status: "Completed",
      result: "c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e",
    },
  },
  {
    id: "product_statuses",
    action: "product_order_status",
    parameters: ["orders"],
    example: {
      123: {
        charge: 5,
        status: "Partial",
        remains: 1,
        result: "c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e\n0b6b2c5c-2a55-4f6c-9d0a-7f6e4a1f1d11",
      },
      456: { error: "Incorrect order ID" },
      789: { charge: 0, status: "Canceled", note: "Out of stock" },
    },
  },
  {
    id: "product_result",
    action: "result_product",
    parameters: ["order"],
    example: {
      result: ["c85c1d1a-9ef3-4d01-8c58-3dfaf3bbc78e", "0b6b2c5c-2a55-4f6c-9d0a-7f6e4a1f1d11"],
    },
  },
];

const servicesExample = [
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
];

/** The answer of `orders`, an addition of this panel. */
export function ordersExample(currency: string): unknown {
  return [
    {
      order: 23501,
      service: 1,
      link: "https://example.com/page",
      quantity: "1000",
      charge: "0.90",
      start_count: null,
      status: "Pending",
      remains: "1000",
      currency,
      request_id: "my-order-1",
      date: "2026-01-31T12:00:00.000Z",
    },
  ];
}

/** JSON as it is shown: indented. */
export function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
