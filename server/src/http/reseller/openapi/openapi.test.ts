import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import { setOrder } from "#orders/set-order.ts";
import { settleRefill } from "#orders/requests/settle-refill.ts";
import { readSettings } from "#settings/settings.ts";
import type { OrderId, ProductClaimId, RefillId } from "#values/ids.ts";
import { rejectClaim } from "#product-orders/claims/reject-claim.ts";
import { changeProduct } from "#products/change-product.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { addProduct, keys } from "#test/store.ts";
import { openApiDocument } from "./openapi.ts";
import type { dialects } from "#http/reseller/dialects/index.ts";
import { refusalCodes } from "#http/reseller/refusals/refusal-samples.ts";
import { englishTexts } from "#http/reseller/refusals/texts.ts";

type Fields = Readonly<Record<string, string | number>>;

const panel = testPanel();
const documentId = "https://panel.example/openapi.json";
let ajv: Ajv2020;

beforeAll(async () => {
  const document = openApiDocument(await readSettings(panel.ctx.db), "0.1.0");
  ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ ...document, $id: documentId });
});

function expectValid(schemaName: string, value: unknown): void {
  const validate = ajv.getSchema(`${documentId}#/components/schemas/${schemaName}`);
  expect(validate, schemaName).toBeDefined();
  void validate?.(value);
  expect(validate?.errors ?? [], `${schemaName}: ${JSON.stringify(value)}`).toEqual([]);
}

/** Calls the panel, with both sides of the call held against the document. */
async function call(request: string, answer: string, fields: Fields): Promise<unknown> {
  expectValid(request, fields);
  const answered = await panel.api(fields);
  expectValid(answer, answered);
  return answered;
}

async function orderOf(request: string, fields: Fields): Promise<OrderId> {
  const { order } = (await call(request, "Added", fields)) as { order: OrderId };
  return order;
}

test("every reference in the document leads somewhere", () => {
  const text = JSON.stringify(ajv.getSchema(documentId)?.schema);
  const references = new Set([...text.matchAll(/"\$ref":"(#[^"]+)"/g)].map((found) => found[1]));

  expect(references.size).toBeGreaterThan(20);
  for (const reference of references) {
    expect(ajv.getSchema(`${documentId}${reference}`), reference).toBeDefined();
  }
});

test("the header of error codes names every code that there is, and no other", async () => {
  const document = openApiDocument(await readSettings(panel.ctx.db), "0.1.0") as {
    components: { headers: { ErrorCode: { schema: { enum: string[] } } } };
    "x-error-texts": { code: string; text: string }[];
  };
  const codes = Object.keys(englishTexts).toSorted();

  expect(refusalCodes.toSorted()).toEqual(codes);
  expect(document.components.headers.ErrorCode.schema.enum.toSorted()).toEqual(codes);
  expect(document["x-error-texts"].map(({ code }) => code).toSorted()).toEqual(codes);
  for (const { text } of document["x-error-texts"]) expect(text).not.toMatch(/undefined|NaN|=>/);
});

test("the guide for resellers has an entry for every error text, with its sentence", async () => {
  const guide = readFileSync(
    new URL("../../../../../docs/api/reseller-api.md", import.meta.url),
    "utf8",
  );
  const document = openApiDocument(await readSettings(panel.ctx.db), "0.1.0") as {
    "x-error-texts": { code: string; text: string }[];
  };
  const entries = new Map(
    [...guide.matchAll(/^### `(\w+)`\n+> (.+)$/gm)].map((found) => [found[1], found[2]]),
  );

  expect(Object.fromEntries(entries)).toEqual(
    Object.fromEntries(document["x-error-texts"].map(({ code, text }) => [code, text])),
  );
});

/** How the schemas of each dialect end where its shapes differ from those of `v2`. */
const suffixes = { v2: "", "v2-1dg": "1dg" } satisfies Record<keyof typeof dialects, string>;

describe.each(Object.entries(suffixes))("in dialect %s", (dialect, suffix) => {
  test("every call is answered as the document says", async () => {
    const service = await panel.addService();
    const { key } = await panel.addCustomer({ terms: { dialect } });
    const add = { key, action: "add", service, link: "https://example.com/a", quantity: 1000 };
    const delivered = await orderOf("AddDefault", { ...add, request_id: "r-1", max_charge: "1" });
    const overDelivered = await orderOf("AddDefault", add);
    const open = await orderOf("AddDefault", { ...add, link: "b" });
    must(await setOrder(panel.ctx, tester, delivered, { status: "completed", startCount: 7 }));
    const over = { status: "completed", remains: -2 } as const;
    must(await setOrder(panel.ctx, tester, overDelivered, over));
    const mixed = `${delivered},${overDelivered},${open},999999999,none`;

    await call("ServicesRequest", `ServiceList${suffix}`, { key, action: "services" });
    await call("BalanceRequest", `Balance${suffix}`, { key, action: "balance" });
    for (const order of [delivered, overDelivered, open]) {
      await call("StatusRequest", `OrderState${suffix}`, { key, action: "status", order });
    }
    await call("StatusRequest", "Error", { key, action: "status", order: 999_999_999 });
    const several = { key, action: "status", orders: mixed };
    await call("MultipleStatusRequest", `OrderStates${suffix}`, several);

    const refill = { key, action: "refill" };
    const made = await call("RefillRequest", "Refill", { ...refill, order: delivered });
    await call("RefillRequest", "Error", { ...refill, order: open });
    await call("MultipleRefillRequest", "Refills", { ...refill, orders: mixed });

    const refillId = Number((made as { refill: string }).refill) as RefillId;
    for (const status of ["pending", "in_progress", "error", "completed"] as const) {
      must(await settleRefill(panel.ctx, tester, refillId, status));
      const one = { key, action: "refill_status", refill: refillId };
      await call("RefillStatusRequest", "RefillState", one);
    }
    const refills = { key, action: "refill_status", refills: `${refillId},999999,none` };
    await call("MultipleRefillStatusRequest", "RefillStates", refills);
    const unknown = { key, action: "refill_status", refill: 999_999 };
    await call("RefillStatusRequest", "Error", unknown);

    await call("CancelRequest", "Cancels", { key, action: "cancel", orders: mixed });
    await call("SingleCancelRequest", "Error", { key, action: "cancel", order: 999_999 });
    const list = { key, action: "orders", since: "2026-01-01", limit: 10 };
    await call("OrdersRequest", `OrderList${suffix}`, list);
    const found = { key, action: "orders", request_id: "r-1" };
    expect(await call("OrdersRequest", `OrderList${suffix}`, found)).toHaveLength(1);
    expectValid("Error", await panel.api({ key, action: "orders", limit: 0 }));
    const begun = (await call("ChangesRequest", "Changes", { key, action: "changes" })) as {
      cursor: string;
    };
    must(await setOrder(panel.ctx, tester, open, { status: "processing" }));
    const since = { key, action: "changes", since: begun.cursor, limit: 5 };
    await call("ChangesRequest", "Changes", since);
    await call("ChangesRequest", "Error", { key, action: "changes", since: "x" });
  });

  test("drip-feeds and subscriptions have their own states", async () => {
    const { key } = await panel.addCustomer({ terms: { dialect } });
    const add = { key, action: "add", min: 10 };
    const dripFed = await panel.addService({ min: 1, dripfeed: true });
    const runs = { service: dripFed, link: "c", quantity: 10, runs: 3, interval: 60 };
    const inRuns = await orderOf("AddDefault", { ...add, ...runs });
    const posts = await panel.addService({ type: "Subscriptions", min: 1 });
    const asked = { service: posts, username: "anna", max: 20, posts: 3, expiry: "31/12/2099" };
    const subscription = await orderOf("AddSubscriptions", { ...add, ...asked });
    const status = { key, action: "status" };

    const dripFeed = await call("StatusRequest", `OrderState${suffix}`, {
      ...status,
      order: inRuns,
    });
    expect(dripFeed).toMatchObject({ runs: 3, runs_done: 0 });
    const state = `SubscriptionState${suffix}`;
    const subscribed = await call("StatusRequest", state, { ...status, order: subscription });
    expect(subscribed).toMatchObject({ status: "Active", posts: "3", expiry: "31/12/2099" });
    const both = { ...status, orders: `${inRuns},${subscription}` };
    await call("MultipleStatusRequest", `OrderStates${suffix}`, both);
  });

  test("every call of digital goods is answered as the document says", async () => {
    const percent = amount("5");
    const stock = keys(9, dialect);
    const auto = await addProduct(panel, { question: "Name", partDelivery: true, stock });
    const byHand = await addProduct(panel, { type: "service", warrantyDays: 30 });
    const discounts = [{ quantityFrom: 5, percent }];
    must(await changeProduct(panel.ctx, tester, auto, () => ({ discounts })));
    const { key } = await panel.addCustomer({ terms: { dialect } });
    const add = { key, action: "add_product_order", quantity: 2, request_id: "p-1" };
    const place = async (fields: Fields) => {
      const answer = await call("AddProductOrder", "Added", { ...add, ...fields });
      return (answer as { order: number }).order;
    };

    await call("ProductsRequest", "ProductList", { key, action: "products" });
    const completed = await place({ product: auto, require: "me", max_charge: "5" });
    const partial = await place({ product: auto, require: "me", quantity: 8, request_id: "p-2" });
    const pending = await place({ product: byHand, request_id: "p-3" });
    await call("AddProductOrder", "Error", { ...add, product: 999_999 });

    const status = { key, action: "product_order_status" };
    for (const order of [completed, partial, pending]) {
      await call("ProductOrderStatusRequest", "ProductOrderState", { ...status, order });
      const result = { key, action: "result_product", order };
      await call("ProductOrderResultRequest", "ProductOrderResult", result);
    }
    await call("ProductOrderStatusRequest", "Error", { ...status, order: 999_999 });
    const orders = `${completed},${partial},${pending},999999,none`;
    const several = { ...status, orders };
    const states = await call("MultipleProductOrderStatusRequest", "ProductOrderStates", several);
    expect(states).toHaveProperty(String(partial), expect.objectContaining({ remains: 1 }));
  });

  test("claims are answered as the document says", async () => {
    const stock = keys(4, `claimed ${dialect}`);
    const product = await addProduct(panel, { warrantyDays: 30, stock });
    const { key } = await panel.addCustomer({ terms: { dialect } });
    const add = { key, action: "add_product_order", product, quantity: 3 };
    const { order } = (await call("AddProductOrder", "Added", add)) as { order: number };
    const asked = { key, action: "claim_product_order", order, reason: "used" };

    const claimed = await call("ClaimProductOrderRequest", "ProductClaim", {
      ...asked,
      items: "1,3",
    });
    await call("ClaimProductOrderRequest", "Error", { ...asked, quantity: 1 });
    const { claim } = claimed as { claim: ProductClaimId };
    const status = { key, action: "product_claim_status" };
    await call("ProductClaimStatusRequest", "ProductClaimState", { ...status, claim });
    must(await rejectClaim(panel.ctx, tester, claim, "it works"));

    const ended = await call("ProductClaimStatusRequest", "ProductClaimState", {
      ...status,
      claim,
    });
    expect(ended).toEqual({ status: "Rejected", note: "it works" });
    await call("ProductClaimStatusRequest", "Error", { ...status, claim: 999_999 });
    const several = { ...status, claims: `${claim},999999,none` };
    await call("MultipleProductClaimStatusRequest", "ProductClaimStates", several);
  });
});

test("a list that has not changed is not sent again, and a wrong key says why in a header", async () => {
  const { key } = await panel.addCustomer();
  const url = `${panel.url}/api/v2`;
  const body = () => new URLSearchParams({ key, action: "services" });
  const first = await fetch(url, { method: "POST", body: body() });
  const etag = first.headers.get("etag") ?? "";

  const headers = { "If-None-Match": etag };
  const second = await fetch(url, { method: "POST", body: body(), headers });
  const wrong = await fetch(url, { method: "POST", body: new URLSearchParams({ key: "no" }) });

  expect(etag).not.toBe("");
  expect(second.status).toBe(304);
  expect(wrong.status).toBe(200);
  expect(wrong.headers.get("x-error-code")).toBe("key_unknown");
});
