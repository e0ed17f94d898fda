import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect, openPool } from "#database/connection.ts";
import type { AccountId, OrderId, ProductId, ProviderId, ServiceId } from "#values/ids.ts";
import { createTestDatabase } from "#test/database.ts";
import type { TestDatabase } from "#test/database.ts";
import { must } from "#test/panel.ts";
import { matchingServices, serviceSorts } from "./catalog/service-list.ts";
import { customerSorts, matchingCustomers } from "./customers/customer-list.ts";
import { matchingPostings, statementSorts } from "./customers/statement.ts";
import { pageOf, readPage } from "./list-page.ts";
import type { PageQuery, Sorts } from "./list-page.ts";
import type { OrderFilter } from "./orders/order-list.ts";
import { matchingOrders, orderSorts } from "./orders/order-list.ts";
import { auditSorts, matchingEntries } from "./panel/audit-list.ts";
import { matchingProductOrders, productOrderSorts } from "./products/product-order-list.ts";

// What statements.test.ts does for statements that are always the same: each filter and each sort fits
// the schema and the application's role, and the usual lists stay quick over many rows.

const customers = 400;
const ordersOfEach = 500;

let database: TestDatabase | undefined;
let pool: Pool | undefined;
function db(): Pool {
  if (pool === undefined) throw new Error("not ready");
  return pool;
}

beforeAll(async () => {
  database = await createTestDatabase();
  const owner = await connect(database.ownerSettings);
  try {
    // Rows alone: what would follow from them is not looked at here.
    await owner.query("set session_replication_role = replica");
    await owner.query(
      `insert into accounts (kind, currency) select 'customer', 'USD' from generate_series(1, $1::integer)`,
      [customers],
    );
    await owner.query(
      "insert into customers (account_id, email) select id, 'c' || id || '@example.com' from accounts",
    );
    await owner.query(
      `insert into orders (account_id, id, service_id, provider_id, provider_order, quantity, remains,
                           created_at, status, rate, charge, link, source)
       select 1 + i % $1::integer, i, 1 + i % 50, 3 + i % 5, i::text, 1000, 0,
              timestamptz '2026-01-01' + i * interval '1 minute',
              case when i % 100 = 0 then 'pending' else 'completed' end::order_status,
              1, 1, 'https://example.com/' || i, 'api'
         from generate_series(1, $1::integer * $2::integer) as i`,
      [customers, ordersOfEach],
    );
    await owner.query(
      `insert into providers (name, connector, alias) select 'p' || i, 'api-v2', 'p' || i
         from generate_series(1, 5) as i`,
    );
    await owner.query(
      `insert into attempts (account_id, order_id, number, provider_id, request_id, started_at, ended_at,
                             outcome, provider_order, number_reuse)
       select account_id, id, 1, provider_id, 'r' || id, created_at, created_at, 'accepted', provider_order, 0
         from orders
        where id % 10 = 0`,
    );
    await owner.query("analyze accounts, customers, orders, attempts, providers");
  } finally {
    await owner.end();
  }
  pool = openPool(database.settings, 2);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const when = { from: new Date("2026-02-01T00:00:00Z"), until: new Date("2026-03-01T00:00:00Z") };
const account = 7 as AccountId;

/** Runs every sort of a list once without filter, once with each filter, and once with all of them. */
function tried<Filter extends object, Sort extends string>(
  sorts: Sorts<Sort>,
  filters: Filter,
  read: (filter: Partial<Filter>, page: PageQuery<Sort>) => Promise<unknown>,
): [string, () => Promise<unknown>][] {
  const each = Object.entries(filters).map(([name, value]) => [name, { [name]: value }] as const);
  const all = [["none", {}], ...each, ["all", filters]] as const;
  return (Object.keys(sorts.by) as Sort[]).flatMap((sort) =>
    all.map(([name, filter]): [string, () => Promise<unknown>] => [
      `${sort}, filtered by ${name}`,
      () => read(filter as Partial<Filter>, { sort, limit: 2, withTotal: true }),
    ]),
  );
}

const orderFilters = {
  statuses: ["pending", "in_progress"] as const,
  serviceId: 3 as ServiceId,
  providerId: 4 as ProviderId,
  origin: "api" as const,
  linkContains: "50%_\\",
  providerOrder: "17",
  beforeId: 100_000 as OrderId,
  isTest: true,
  ...when,
};

describe.each([
  [
    "orders",
    tried(orderSorts, orderFilters, (f, p) => readPage(db(), matchingOrders(f), orderSorts, p)),
  ],
  [
    "orders of a customer",
    tried(orderSorts, orderFilters, (f, p) =>
      readPage(db(), matchingOrders(f, account), orderSorts, p),
    ),
  ],
  [
    "customers",
    tried(customerSorts, { status: "active" as const, search: "c1", afterId: 3 }, (f, p) =>
      readPage(db(), matchingCustomers(f, true), customerSorts, p),
    ),
  ],
  [
    "a statement",
    tried(
      statementSorts,
      {
        kinds: ["charge", "refund"] as const,
        orderId: 5 as OrderId,
        reference: "order:5:charge",
        beforeSeq: 9,
        ...when,
      },
      (f, p) => readPage(db(), matchingPostings({ accountId: account, ...f }), statementSorts, p),
    ),
  ],
  [
    "services",
    tried(
      serviceSorts,
      {
        category: "Followers",
        provider: "p1",
        status: "enabled" as const,
        type: "Default",
        search: "17",
      },
      (f, p) => readPage(db(), matchingServices(f), serviceSorts, p),
    ),
  ],
  [
    "product orders",
    tried(
      productOrderSorts,
      {
        productId: 1 as ProductId,
        statuses: ["pending"] as const,
        isWaiting: true,
        waitsFor: "delivery" as const,
        isTest: true,
        ...when,
      },
      (f, p) => readPage(db(), matchingProductOrders(f, account), productOrderSorts, p),
    ),
  ],
  [
    "the audit",
    tried(
      auditSorts,
      {
        subject: "order:7",
        actor: "cli:anna",
        kind: "command_line" as const,
        action: "order.",
        ...when,
      },
      (f, p) => readPage(db(), matchingEntries(f), auditSorts, p),
    ),
  ],
])("%s can be listed", (_, cases) => {
  test.each(cases)("%s", async (_name, run) => {
    expect(await run()).toMatchObject({ ok: true });
  });
});

test("every list whose filters combine is tried above", () => {
  const ours = readFileSync(import.meta.filename, "utf8");
  const matching = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => readFileSync(path.join(import.meta.dirname, file), "utf8"))
    .flatMap((text) => [...text.matchAll(/^export function (matching\w+)/gm)])
    .map(([, name = ""]) => name);

  expect(matching.length).toBeGreaterThan(5);
  expect(matching.filter((name) => !ours.includes(`${name}(`))).toEqual([]);
});

type Plan = {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
};

/** How a page of orders is read: by which indexes, and how many rows of orders. */
async function planOf(
  matches: ReturnType<typeof matchingOrders>,
  page: PageQuery<"newest" | "oldest"> = { limit: 100 },
) {
  const query = must(pageOf(matches, orderSorts, page));
  const { sql, parameters } = query.compile();
  const { rows } = await db().query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
    `explain (analyze, format json, timing off) ${sql}`,
    [...parameters],
  );
  const nodes = flat(rows[0]?.["QUERY PLAN"][0].Plan);
  const ofOrders = nodes.filter((node) => node["Relation Name"] === "orders");
  return {
    scans: ofOrders.map((node) => node["Node Type"]),
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    read: ofOrders.reduce(
      (sum, node) =>
        sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"],
      0,
    ),
  };
}

function flat(plan: Plan | undefined): readonly Plan[] {
  return plan === undefined ? [] : [plan, ...(plan.Plans ?? []).flatMap(flat)];
}

describe(`of ${customers * ordersOfEach} orders`, () => {
  test("the newest are read and no others", async () => {
    const { indexes, read } = await planOf(matchingOrders({}));
    expect(indexes).toContain("orders_id");
    expect(read).toBeLessThanOrEqual(101);
  });

  test("a page far down costs what the first one does", async () => {
    const first = must(await readPage(db(), matchingOrders({}), orderSorts, { limit: 100 }));
    const far = Buffer.from(JSON.stringify(["newest", "1000"])).toString("base64url");
    expect(first.next).not.toBe(null);
    const { read } = await planOf(matchingOrders({}), { limit: 100, cursor: far });
    expect(read).toBeLessThanOrEqual(101);
  });

  test("a customer's by status and date are found among that customer's own", async () => {
    const { scans, read } = await planOf(
      matchingOrders({ statuses: ["pending"], ...when }, account),
    );
    expect(scans).not.toContain("Seq Scan");
    expect(read).toBeLessThanOrEqual(ordersOfEach);
  });

  test("one is found by a provider's number without reading others", async () => {
    const { indexes, scans, read } = await planOf(matchingOrders({ providerOrder: "12340" }));
    expect(indexes).toContainEqual(expect.stringMatching(/^attempts_/));
    expect(scans).not.toContain("Seq Scan");
    expect(read).toBeLessThanOrEqual(1);
  });

  test("a status and a service that are not rare are read from the newest until the page is full", async () => {
    const { scans, read } = await planOf(
      matchingOrders({ statuses: ["completed"], serviceId: 3 as ServiceId }),
    );
    expect(scans).not.toContain("Seq Scan");
    expect(read).toBeLessThan(20_000);
  });

  test("more than 10,000 matches are not counted further", async () => {
    const page = { limit: 1, withTotal: true };
    const all = must(await readPage(db(), matchingOrders({}), orderSorts, page));
    expect(all.total).toEqual({ count: 10_000, isMore: true });
    const few = must(await readPage(db(), matchingOrders({}, account), orderSorts, page));
    expect(few.total).toEqual({ count: ordersOfEach, isMore: false });
  });
});

describe("filters let through what they say, and nothing else", () => {
  type Made = { readonly id: number; readonly at: number };
  const all = Array.from({ length: customers * ordersOfEach }, (_, index): Made => {
    const id = index + 1;
    return { id, at: Date.parse("2026-01-01T00:00:00Z") + id * 60_000 };
  });
  const inTime = ({ at }: Made) => at >= when.from.getTime() && at < when.until.getTime();

  test.each([
    ["status", { statuses: ["pending"] }, ({ id }) => id % 100 === 0],
    ["service", { serviceId: 3 as ServiceId }, ({ id }) => 1 + (id % 50) === 3],
    ["provider", { providerId: 4 as ProviderId }, ({ id }) => 3 + (id % 5) === 4],
    ["date", when, inTime],
    ["link", { linkContains: "COM/1999" }, ({ id }) => String(id).startsWith("1999")],
    ["a link with signs of patterns", { linkContains: "%" }, () => false],
    ["provider's number", { providerOrder: "12340" }, ({ id }) => id === 12_340],
    ["number", { beforeId: 40 as OrderId }, ({ id }) => id < 40],
    ["origin", { origin: "mass" }, () => false],
    ["test orders", { isTest: true }, () => false],
    [
      "several",
      { ...when, statuses: ["pending", "canceled"], providerId: 3 as ProviderId },
      (made) => made.id % 100 === 0 && made.id % 5 === 0 && inTime(made),
    ],
  ] satisfies [string, OrderFilter, (made: Made) => boolean][])(
    "%s",
    async (_, filter, isMeant) => {
      const page = { sort: "oldest" as const, limit: 50, withTotal: true };
      const found = must(await readPage(db(), matchingOrders(filter), orderSorts, page));
      const meant = all.filter(isMeant);
      expect(found.rows.map(({ id }) => id)).toEqual(meant.slice(0, 50).map(({ id }) => id));
      expect(found.total).toEqual({
        count: Math.min(meant.length, 10_000),
        isMore: meant.length > 10_000,
      });
    },
  );

  test("customers by a part of their address, whatever the letter case, or by number", async () => {
    const find = async (search: string, seesEmail = true) => {
      const matches = matchingCustomers({ search }, seesEmail);
      const page = must(await readPage(db(), matches, customerSorts, { limit: 500 }));
      return page.rows.map((row) => row.account_id);
    };
    expect(await find("C399@Example")).toEqual([399]);
    expect(await find(" 17 ")).toContain(17);
    expect(await find("_@example")).toEqual([]);
    expect(await find("17", false)).toEqual([17]);
    expect(await find("c399@example", false)).toEqual([]);
  });
});

describe("pages", () => {
  test.each(["newest", "oldest"] as const)(
    "%s first: together they are all, each once",
    async (sort) => {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = { sort, limit: 130, cursor };
        const read = must(await readPage(db(), matchingOrders({}, account), orderSorts, page));
        seen.push(...read.rows.map(({ id }) => id));
        cursor = read.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toHaveLength(ordersOfEach);
      const sorted = [...new Set(seen)].sort((a, b) => (sort === "oldest" ? a - b : b - a));
      expect(seen).toEqual(sorted);
    },
  );

  test("by a key that many share: the second key goes on where the page ended", async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = { sort: "balance" as const, limit: 70, cursor };
      const read = must(await readPage(db(), matchingCustomers({}, true), customerSorts, page));
      seen.push(...read.rows.map((row) => row.account_id));
      cursor = read.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: customers }, (_, index) => customers - index));
  });

  const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  test.each([
    ["nonsense", "nonsense"],
    ["", ""],
    ["another sort's", cursorOf(["oldest", "5"])],
    ["too few keys", cursorOf(["newest"])],
    ["too many keys", cursorOf(["newest", "5", "6"])],
    ["a key that is no number", cursorOf(["newest", "5; drop table orders"])],
    ["a number beyond all", cursorOf(["newest", "99999999999999999999"])],
    ["a key that is no text", cursorOf(["newest", 5])],
    ["an object", cursorOf({ newest: "5" })],
  ])("a broken cursor is refused: %s", async (_, cursor) => {
    const page = { sort: "newest" as const, limit: 1, cursor };
    expect(await readPage(db(), matchingOrders({}), orderSorts, page)).toEqual({
      ok: false,
      refusal: { code: "cursor_invalid" },
    });
  });
});
