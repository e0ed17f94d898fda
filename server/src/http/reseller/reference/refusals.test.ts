// Long because: a provocation of every refusal of every form stands here, side by side.
import { beforeAll, describe, expect, test, vi } from "vitest";
import { idsMax } from "#http/reseller/request/bounds.ts";
import type { RefusalCode } from "#http/reseller/refusals/refusal.ts";
import { refusalCodes } from "#http/reseller/refusals/refusal-samples.ts";
import { englishTexts } from "#http/reseller/refusals/texts.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import { changeCustomer } from "#customers/change-customer.ts";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import { addHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import type { HoldCondition } from "#orders/hold-rules/rule.ts";
import { deleteSetting, upsertSetting } from "#settings/settings.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { openScenes } from "#test/reseller-scenes.ts";
import type { Fields, ResellerScenes, Said } from "#test/reseller-scenes.ts";
import { addProduct, keys } from "#test/store.ts";
import type { ServiceId } from "#values/ids.ts";
import { form, send as sendRaw, sendBytes } from "#test/hostile/send.ts";
import type { Sent } from "#test/hostile/send.ts";
import { actionReferences } from "./index.ts";
import { refusalsOfAny } from "#http/reseller/refusals/refusals-of-any.ts";

type Provocations = Partial<Record<RefusalCode, () => Promise<Said>>>;

const panel = testPanel();
let service: ServiceId;
let poor = "";
let reseller: ResellerScenes;
const offered = new Map<string, string>();

/** A service made for one refusal, once. */
async function offer(name: string, input: Parameters<typeof panel.addService>[0] = {}) {
  const known = offered.get(name);
  if (known !== undefined) return known;
  const id = String(await panel.addService({ min: 1, ...input }));
  offered.set(name, id);
  return id;
}

beforeAll(async () => {
  const terms = { rateLimit: 100_000 };
  const { key } = await panel.addCustomer({ balance: "100000", terms });
  ({ key: poor } = await panel.addCustomer({ balance: "0.01" }));
  service = await panel.addService({ min: 1, dripfeed: true });
  reseller = openScenes(panel, key, String(service));
  const held: readonly [string, HoldCondition][] = [
    ["velocity", { kind: "velocity", orders: 1, spend: undefined }],
    ["same link", { kind: "same_link", minutes: 60 }],
    ["denied", { kind: "deny_link", match: "word", pattern: "denied" }],
  ];
  for (const [name, condition] of held) {
    const serviceId = Number(await offer(name)) as ServiceId;
    const rule = { decision: "refuse", reason: "test", expiresAt: undefined } as const;
    // What a subscription's posts link to is judged as well.
    const of = condition.kind === "deny_link" ? undefined : serviceId;
    must(await addHoldRule(panel.ctx, tester, { ...rule, serviceId: of, condition }));
  }
  // The panel reads its rules once a second.
  await vi.waitFor(
    async () => expect((await addTo("denied", { link: "denied" })).code).toBe("link_refused"),
    { timeout: 10_000, interval: 100 },
  );
});

const add = (fields: Fields) =>
  reseller.send("add", { service: String(service), link: "a", quantity: "100", ...fields });

async function addTo(
  name: string,
  fields: Fields,
  input?: Parameters<typeof offer>[1],
): Promise<Said> {
  return add({ service: await offer(name, input), ...fields });
}

const subscribe = (fields: Fields) =>
  addTo("posts", { username: "anna", min: "10", max: "20", ...fields }, { type: "Subscriptions" });

const unknownId = "999999999";
const ids = (length: number) => Array.from({ length }, (_, n) => `none${n}`).join(",");
const tooManyIds = ids(idsMax + 1);
const farTooManyIds = ids(2 * idsMax + 1);

/** The same request id with something else. */
async function repeated(action: string, first: Fields, second: Fields): Promise<Said> {
  const request_id = reseller.newId();
  await reseller.send(action, { ...first, request_id });
  return reseller.send(action, { ...second, request_id });
}

/** While the setting is so. */
async function withSetting(key: string, value: unknown, work: () => Promise<Said>): Promise<Said> {
  await inTransaction(panel.ctx, (tx) => upsertSetting(tx, key, value));
  const said = await work();
  await inTransaction(panel.ctx, (tx) => deleteSetting(tx, key));
  return said;
}

/** The database fails whenever this order gets a row there. */
async function withFailure(table: "refills" | "cancels", order: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner
    .query(
      `create or replace function fail_${table}() returns trigger language plpgsql as $$
         begin raise exception 'made to fail'; end $$;
       create trigger fail_${table}_${order} before insert on ${table}
         for each row when (new.order_id = ${order}) execute function fail_${table}()`,
    )
    .finally(() => owner.end());
}

async function ended(order: string, ago: string): Promise<string> {
  await panel.ctx.db.query(
    "update orders set finished_at = finished_at - $2::interval where id = $1",
    [order, ago],
  );
  return order;
}

const deliveredBy = async (name: string, input: Parameters<typeof offer>[1]) =>
  reseller.delivered({ service: await offer(name, input) });

/** Orders of which each kind of refusal is to be had. */
const refusedRefills: Partial<Record<RefusalCode, () => Promise<string>>> = {
  order_unknown: async () => unknownId,
  refill_disabled: () => deliveredBy("no refill", { refill: false }),
  order_not_completed: () => reseller.placed(),
  refill_open: async () => {
    const order = await reseller.delivered();
    await reseller.send("refill", { order });
    return order;
  },
  refill_expired: async () => {
    const refillTerms = { ...refillTermsDefault, days: 1, afterHours: 0, betweenHours: 0 };
    return ended(await deliveredBy("refilled for a day", { refillTerms }), "2 days");
  },
  refill_too_early: () =>
    deliveredBy("refilled later", { refillTerms: { ...refillTermsDefault, afterHours: 24 } }),
};

const refusedCancels: Partial<Record<RefusalCode, () => Promise<string>>> = {
  order_unknown: async () => unknownId,
  cancel_disabled: async () =>
    reseller.placed({ service: await offer("no cancel", { cancel: false }) }),
  order_finished: () => reseller.delivered(),
};

/** A provocation for each of them, with the order in a field of that name. */
function each(
  orders: Partial<Record<RefusalCode, () => Promise<string>>>,
  ask: (order: string) => Promise<Said>,
): Provocations {
  return Object.fromEntries(
    Object.entries(orders).map(([code, order]) => [code, async () => ask(await order())]),
  );
}

const buy = (fields: Fields) => reseller.send("add_product_order", { quantity: "1", ...fields });

async function buyOf(
  product: Parameters<typeof addProduct>[1],
  fields: Fields = {},
): Promise<Said> {
  return buy({ product: String(await addProduct(panel, product)), ...fields });
}

/** A bought order whose lines can no longer be opened. */
async function damaged(): Promise<string> {
  const order = await reseller.bought();
  await panel.ctx.db.query(
    `update product_items set sealed = (select max(sealed) from product_items where product_order_id <> $1)
      where product_order_id = $1`,
    [order],
  );
  return order;
}

const claim = (fields: Fields) =>
  reseller.send("claim_product_order", { reason: "used before", ...fields });

/** How each refusal of a form comes about: of the whole request, and in the place of one of several. */
const provocations: Readonly<
  Record<string, { readonly whole: Provocations; readonly inPlace?: Provocations }>
> = {
  services: { whole: {} },
  balance: { whole: {} },
  products: { whole: {} },
  add: {
    whole: {
      service_unknown: () => add({ service: unknownId }),
      insufficient_funds: () => add({ key: poor }),
      bad_link: () => add({ link: "javascript:alert(1)" }),
      quantity_required: () => add({ quantity: "" }),
      quantity_invalid: () => add({ quantity: "1.5" }),
      quantity_below_min: () => add({ quantity: "0" }),
      quantity_above_max: () => add({ quantity: "10001" }),
      comments_required: () => addTo("comments", {}, { type: "Custom Comments" }),
      username_required: () => subscribe({ username: "" }),
      field_required: () => addTo("poll", {}, { type: "Poll" }),
      list_too_long: () => addTo("comments", { comments: "a\n".repeat(10_001) }),
      dripfeed_unsupported: () => addTo("no drip-feed", { runs: "2", interval: "60" }),
      runs_required: () => add({ interval: "60" }),
      interval_required: () => add({ runs: "2" }),
      posts_invalid: () => subscribe({ posts: "some" }),
      delay_invalid: () => subscribe({ delay: "7" }),
      min_above_max: () => subscribe({ min: "30" }),
      charge_too_high: () =>
        addTo(
          "dear",
          { quantity: "9007199254740991" },
          { rate: amount("1000000000000"), max: 9_007_199_254_740_991 },
        ),
      price_above_max_charge: () => add({ max_charge: "0.00001" }),
      max_charge_invalid: () => add({ max_charge: "cheap" }),
      request_id_used: () => {
        const order = { service: String(service), quantity: "100" };
        return repeated("add", { ...order, link: "a" }, { ...order, link: "b" });
      },
      link_busy: async () => {
        await addTo("same link", { link: "https://example.com/busy" });
        return addTo("same link", { link: "https://www.example.com/busy" });
      },
      link_refused: () => addTo("denied", { link: "https://example.com/denied" }),
      order_refused: async () => {
        await addTo("velocity", { link: "a" });
        await addTo("velocity", { link: "b" });
        return addTo("velocity", { link: "c" });
      },
      feeds_too_many: () =>
        withSetting("feeds_per_customer", 0, () =>
          subscribe({ username: "https://feeds.example/feed.xml" }),
        ),
      feed_host_full: () =>
        withSetting("feeds_per_host", 0, () =>
          subscribe({ username: "https://feeds.example/feed.xml" }),
        ),
    },
  },
  status: { whole: { order_unknown: () => reseller.send("status", { order: unknownId }) } },
  statuses: ofIds("status", "orders", "order_unknown"),
  refill: {
    whole: {
      ...each(refusedRefills, (order) => reseller.send("refill", { order })),
      refill_drop_small: async () =>
        reseller.send("refill", { order: await reseller.delivered(), current_count: "107" }),
      request_id_used: async () =>
        repeated("refill", { order: await reseller.delivered() }, { order: unknownId }),
    },
  },
  refills: {
    whole: {
      request_id_used: async () =>
        repeated("refill", { orders: await reseller.delivered() }, { orders: unknownId }),
      too_many_ids: () => reseller.send("refill", { orders: farTooManyIds }),
    },
    inPlace: {
      ...each(refusedRefills, (order) => reseller.send("refill", { orders: `${order},none` })),
      too_many_ids: () => reseller.send("refill", { orders: tooManyIds }),
      unavailable: async () => {
        const order = await reseller.delivered();
        await withFailure("refills", order);
        return reseller.send("refill", { orders: `${order},${await reseller.delivered()}` });
      },
    },
  },
  refill_status: {
    whole: { refill_unknown: () => reseller.send("refill_status", { refill: unknownId }) },
  },
  refill_statuses: ofIds("refill_status", "refills", "refill_unknown"),
  cancel: {
    whole: {
      request_id_used: async () =>
        repeated("cancel", { orders: await reseller.placed() }, { orders: unknownId }),
      too_many_ids: () => reseller.send("cancel", { orders: farTooManyIds }),
    },
    inPlace: {
      ...each(refusedCancels, (order) => reseller.send("cancel", { orders: order })),
      too_many_ids: () => reseller.send("cancel", { orders: tooManyIds }),
      unavailable: async () => {
        const order = await reseller.placed();
        await withFailure("cancels", order);
        return reseller.send("cancel", { orders: `${order},${await reseller.placed()}` });
      },
    },
  },
  cancel_one: {
    whole: {
      ...each(refusedCancels, (order) => reseller.send("cancel", { order })),
      request_id_used: async () =>
        repeated("cancel", { order: await reseller.placed() }, { order: unknownId }),
    },
  },
  add_product: {
    whole: {
      product_unknown: () => buy({ product: unknownId }),
      quantity_required: () => buyOf({}, { quantity: "" }),
      quantity_invalid: () => buyOf({}, { quantity: "1.5" }),
      quantity_below_min: () => buyOf({ min: 2 }),
      quantity_above_max: () => buyOf({}, { quantity: "11" }),
      field_required: () => buyOf({ question: "Name", type: "service" }),
      out_of_stock: () => buyOf({ stock: [] }),
      delivery_unavailable: async () => {
        await reseller.bought();
        const product = await addProduct(panel, { stock: keys(1, "DAMAGED") });
        await panel.ctx.db.query(
          `update product_items
              set sealed = (select max(sealed) from product_items where product_id <> $1)
            where product_id = $1`,
          [product],
        );
        return buy({ product: String(product) });
      },
      insufficient_funds: () => buyOf({ type: "service" }, { key: poor }),
      max_charge_invalid: () => buyOf({}, { max_charge: "cheap" }),
      price_above_max_charge: () => buyOf({ type: "service" }, { max_charge: "1" }),
      request_id_used: async () => {
        const product = String(await addProduct(panel, { type: "service" }));
        const order = { product, quantity: "1" };
        return repeated("add_product_order", order, { ...order, quantity: "2" });
      },
    },
  },
  product_status: {
    whole: {
      order_unknown: () => reseller.send("product_order_status", { order: unknownId }),
      delivery_unavailable: async () =>
        reseller.send("product_order_status", { order: await damaged() }),
    },
  },
  product_statuses: {
    ...ofIds("product_order_status", "orders", "order_unknown", {
      delivery_unavailable: async () =>
        reseller.send("product_order_status", { orders: `${await damaged()},none` }),
    }),
  },
  product_result: {
    whole: {
      order_unknown: () => reseller.send("result_product", { order: unknownId }),
      delivery_unavailable: async () => reseller.send("result_product", { order: await damaged() }),
    },
  },
  orders: { whole: { filter_invalid: () => reseller.send("orders", { limit: "0" }) } },
  new_post: {
    whole: {
      order_unknown: () => reseller.send("new_post", { order: unknownId, link: "a" }),
      bad_link: async () =>
        reseller.send("new_post", { order: await reseller.subscribed(), link: "data:a" }),
      link_refused: async () =>
        reseller.send("new_post", {
          order: await reseller.subscribed(),
          link: "https://example.com/denied",
        }),
      subscription_over: async () => {
        const order = await reseller.subscribed();
        await reseller.send("cancel", { order });
        return reseller.send("new_post", { order, link: "https://example.com/late" });
      },
      request_id_used: async () => {
        const order = await reseller.subscribed();
        return repeated("new_post", { order, link: "a" }, { order, link: "b" });
      },
    },
  },
  cancel_status: {
    whole: {
      order_unknown: () => reseller.send("cancel_status", { order: unknownId }),
      cancel_unknown: async () =>
        reseller.send("cancel_status", { order: await reseller.placed() }),
    },
  },
  cancel_status_by_id: {
    whole: { cancel_unknown: () => reseller.send("cancel_status", { cancel: unknownId }) },
  },
  cancel_statuses: {
    ...ofIds("cancel_status", "orders", "order_unknown", {
      cancel_unknown: async () =>
        reseller.send("cancel_status", { orders: `${await reseller.placed()},none` }),
    }),
  },
  changes: {
    whole: {
      filter_invalid: () => reseller.send("changes", { since: "x" }),
      cursor_too_old: async () => {
        const { key, id } = await panel.addCustomer();
        const own = openScenes(panel, key, String(service));
        const since = await own.changesCursor();
        await panel.ctx.db.query("delete from event_streams where account_id = $1", [id]);
        return own.send("changes", { since });
      },
    },
  },
  claim_product: {
    whole: {
      order_unknown: () => claim({ order: unknownId }),
      field_required: async () => claim({ order: await reseller.bought(), reason: "" }),
      quantity_invalid: async () => claim({ order: await reseller.bought(), quantity: "one" }),
      quantity_below_min: async () => claim({ order: await reseller.bought(), quantity: "0" }),
      quantity_above_max: async () => claim({ order: await reseller.bought(), quantity: "9" }),
      order_not_completed: async () =>
        claim({ order: await reseller.bought({ type: "service", stock: [] }) }),
      claim_open: async () => {
        const order = await reseller.bought();
        await claim({ order });
        return claim({ order });
      },
      warranty_none: async () => claim({ order: await reseller.bought({ warrantyDays: 0 }) }),
      warranty_over: async () => {
        const order = await reseller.bought({ warrantyDays: 1 });
        await panel.ctx.db.query(
          "update product_orders set finished_at = finished_at - interval '2 days' where id = $1",
          [order],
        );
        return claim({ order });
      },
      request_id_used: async () => {
        const order = await reseller.bought();
        return repeated(
          "claim_product_order",
          { order, reason: "used" },
          { order, reason: "cold" },
        );
      },
    },
  },
  product_claim_status: {
    whole: { claim_unknown: () => reseller.send("product_claim_status", { claim: unknownId }) },
  },
  product_claim_statuses: ofIds("product_claim_status", "claims", "claim_unknown"),
};

/** What is refused wherever several are looked up by their ids. */
function ofIds(
  action: string,
  field: string,
  unknown: RefusalCode,
  inPlace: Provocations = {},
): { readonly whole: Provocations; readonly inPlace: Provocations } {
  return {
    whole: { too_many_ids: () => reseller.send(action, { [field]: farTooManyIds }) },
    inPlace: {
      [unknown]: () => reseller.send(action, { [field]: `${unknownId},none` }),
      ...inPlace,
      too_many_ids: () => reseller.send(action, { [field]: tooManyIds }),
    },
  };
}

/** A request that a client library would not write. */
async function ask(sent: Sent): Promise<Said> {
  const { headers, text } = await sendRaw(panel.url, sent);
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === "string" ? value : null;
  };
  return {
    answer: JSON.parse(text),
    code: header("x-error-code"),
    field: header("x-error-field"),
  };
}

async function otherKey(terms: Parameters<typeof panel.addCustomer>[0] = {}) {
  const customer = await panel.addCustomer(terms);
  return { ...customer, balance: () => reseller.send("balance", { key: customer.key }) };
}

/** A key that becomes another one again and again, until a request has met that often enough. */
async function whileKeyChanges(): Promise<Said> {
  const { id, balance } = await otherKey();
  const owner = await connect(panel.database.ownerSettings);
  let isOver = false;
  const change = async () => {
    const text = "update api_keys set version = version + 1 where account_id = $1";
    while (!isOver) await owner.query(text, [id]);
  };
  const changing = change();
  try {
    return await vi.waitFor(
      async () => {
        const said = await balance();
        expect(said.code).toBe("key_dead");
        return said;
      },
      { timeout: 20_000, interval: 0 },
    );
  } finally {
    isOver = true;
    await changing.finally(() => owner.end());
  }
}

const ofAny: Provocations = {
  key_unknown: () => reseller.send("balance", { key: "f".repeat(32) }),
  key_dead: whileKeyChanges,
  address_not_allowed: async () =>
    (await otherKey({ terms: { ipAllow: ["203.0.113.7"] } })).balance(),
  customer_inactive: async () => {
    const { id, balance } = await otherKey();
    must(await changeCustomer(panel.ctx, tester, id, { isActive: false }));
    return balance();
  },
  scope_missing: async () => add({ key: (await otherKey({ terms: { scopes: ["read"] } })).key }),
  action_unknown: () => reseller.send("ad", {}),
  body_unreadable: () => ask({ headers: { "Content-Type": "application/json" }, body: '{"key":' }),
  body_too_large: () => ask({ ...form({}), body: "a=".padEnd(1024 * 1024 + 1, "a") }),
  too_many_fields: () => ask({ ...form({}), body: "a=1&".repeat(12_002) }),
  encoding_unsupported: () =>
    ask({ headers: { "Content-Encoding": "zstd" }, body: "action=balance" }),
  method_unsupported: () => ask({ method: "OPTIONS" }),
  request_unreadable: async () => {
    const heard = await sendBytes(panel.url, "nonsense\r\n\r\n");
    const [head = "", answer = ""] = heard.split("\r\n\r\n");
    return {
      answer: JSON.parse(answer),
      code: /^x-error-code: (\w+)/im.exec(head)?.[1] ?? null,
      field: null,
    };
  },
  rate_limited: async () => {
    const { balance } = await otherKey({ terms: { rateLimit: 1 } });
    await balance();
    return balance();
  },
  unavailable: async () => {
    const order = await reseller.delivered();
    await withFailure("refills", order);
    return reseller.send("refill", { order });
  },
  field_invalid: () => add({ link: "\uFFFD" }),
  request_id_invalid: () => add({ request_id: "a".repeat(129) }),
};

/** The sentence of a code, with any figures in it. */
function sentenceOf(code: RefusalCode): RegExp {
  const literal = englishTexts[code].replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll(/\{\w+\}/g, ".+")}$`);
}

/** Every error within an answer. */
function errorsIn(answer: unknown): string[] {
  if (typeof answer !== "object" || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    name === "error" && typeof value === "string" ? [value] : errorsIn(value),
  );
}

const forms = actionReferences.flatMap((reference) => reference.forms);
const seen = new Set<string>();

async function expectWhole(provoke: (() => Promise<Said>) | undefined, code: RefusalCode) {
  if (provoke === undefined) throw new Error(`nobody provokes ${code}`);
  const said = await provoke();
  expect(said.code, JSON.stringify(said.answer).slice(0, 200)).toBe(code);
  expect(said.answer).toEqual({ error: expect.stringMatching(sentenceOf(code)) });
  seen.add(code);
}

describe("whatever is asked", () => {
  test.each(refusalsOfAny)("%s is the answer where it applies", (code) =>
    expectWhole(ofAny[code], code),
  );
});

describe.each(forms)("$id", ({ id, refusals, refusalsInPlace = [] }) => {
  const { whole = {}, inPlace = {} } = provocations[id] ?? {};

  test("has the refusals that are provoked here, and no others", () => {
    expect([...refusals].toSorted()).toEqual(Object.keys(whole).toSorted());
    expect([...refusalsInPlace].toSorted()).toEqual(Object.keys(inPlace).toSorted());
  });

  test.each(refusals)("is refused: %s", (code) => expectWhole(whole[code], code));

  test.each(refusalsInPlace)("says in the place of one of several: %s", async (code) => {
    const { answer, code: ofWhole } = (await inPlace[code]?.()) ?? {};

    expect(ofWhole).toBeNull();
    expect(errorsIn(answer)).toContainEqual(expect.stringMatching(sentenceOf(code)));
  });
});

// Of what the tests above have seen: alone it fails.
test("every code that there is was an answer", () => {
  expect([...seen].toSorted()).toEqual([...refusalCodes].toSorted());
});
