/** One call of API v2 as its page shows it, in the order that all panels' pages have. */
export type ActionSection = {
  /** The address within the page, and the key of its heading. */
  readonly id: string;
  readonly action: string;
  /** What is sent beside `key` and `action`. */
  readonly parameters: readonly string[];
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
    ],
  };
}

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
