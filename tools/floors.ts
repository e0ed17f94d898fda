/**
 * The floors of the house, from the ground up, and the rooms in them: the one table from which
 * `oxlint.config.ts` makes its rules. A folder may import from the floors below it, never from above
 * and never from a neighbour. A new folder gets its place here, or nothing in it may be imported.
 */

/** Folders of `server/src`; a file of its own has its floor as well. */
export const serverFloors: readonly (readonly string[])[] = [
  ["values"],
  ["database"],
  ["ledger", "tasks", "audit", "settings", "outgoing", "events", "request-ids"],
  ["secrets", "config.ts"],
  ["providers", "customers", "payments", "archive"],
  ["catalog", "dispatch"],
  ["products"],
  ["orders", "product-orders", "webhooks"],
  ["selling"],
  ["demo", "doctor", "views"],
  ["http", "workers", "cli"],
];

/**
 * Rooms of a folder of the server, in the same order; `.` is what lies in the folder itself, and `room/.`
 * what lies in a room that has rooms.
 */
export const serverRooms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  providers: [["."], ["api-v2/answers"], ["api-v2"], ["connectors"], ["upkeep"]],
  catalog: [["."], ["sync"]],
  products: [["."], ["stock"], ["import"]],
  orders: [
    ["service-types"],
    ["."],
    ["hold-rules", "lookup", "dispatch", "subscriptions/feed"],
    ["subscriptions", "reports"],
    ["placing"],
    ["mass-order"],
    ["schedules"],
    ["requests", "tracking"],
  ],
  "product-orders": [["."], ["claims"], ["upstream"]],
  http: [
    ["guard"],
    ["reseller/request"],
    ["reseller/refusals"],
    ["reseller/dialects"],
    ["reseller/reference"],
    ["reseller/openapi", "reseller/."],
    ["reseller/actions"],
    ["reseller/endpoint"],
    ["."],
  ],
  views: [["."], ["customers", "providers"], ["orders", "catalog", "products", "panel"]],
  cli: [
    ["kit"],
    [
      "customer",
      "order",
      "panel",
      "product",
      "product-order",
      "provider",
      "rule",
      "schedule",
      "service",
      "webhook",
    ],
    ["."],
  ],
};

/** Folders of `web/src`. */
export const webFloors: readonly (readonly string[])[] = [["i18n", "api"], ["kit"], ["customer"]];

/**
 * Packages that have their place: elsewhere nobody may import them. A place is a folder or a file, as
 * in `files` of a rule.
 */
export const placesOfPackages: readonly {
  readonly packages: readonly string[];
  readonly places: readonly string[];
}[] = [
  {
    packages: ["pg", "pg/**", "pg-copy-streams"],
    places: ["server/src/database/**"],
  },
  {
    packages: ["kysely", "kysely/**"],
    places: ["server/src/database/**", "server/src/views/**"],
  },
  {
    // No request leaves the panel unguarded.
    packages: ["undici"],
    places: ["server/src/outgoing/**"],
  },
  {
    packages: ["hono", "hono/**", "@hono/**"],
    places: ["server/src/http/**"],
  },
  {
    packages: ["zod", "zod/**"],
    places: [
      "contract/**",
      "server/src/config.ts",
      "server/src/http/**",
      "server/src/settings/**",
      "server/src/providers/**",
      "server/src/payments/methods/**",
    ],
  },
  {
    packages: ["@panelwright/contract/**"],
    places: ["server/src/http/**", "web/src/api/**", "web/src/customer/**"],
  },
  {
    packages: ["standardwebhooks"],
    places: ["server/src/webhooks/**"],
  },
];
