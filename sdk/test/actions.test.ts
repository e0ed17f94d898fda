import { expect, test } from "vitest";
import { actionReferences } from "@panelwright/server/src/http/reseller/reference/index.ts";
import type { Panel } from "panelwright-sdk";
import { scriptedPanel } from "./scripted-panel.ts";

/** Each form of API v2 as the client asks for it, with all that it can say. */
const calls: Readonly<Record<string, (panel: Panel) => Promise<unknown>>> = {
  services: (panel) => panel.services(),
  add: (panel) => panel.order({ service: 1, link: "a", quantity: 100, maxCharge: "1.25" }),
  status: (panel) => panel.status(1),
  statuses: (panel) => panel.statuses([1, 10, 100]),
  refill: (panel) => panel.refill(1),
  refills: (panel) => panel.refills([1, 2, 3]),
  refill_status: (panel) => panel.refillStatus(1),
  refill_statuses: (panel) => panel.refillStatuses([1, 2, 3]),
  cancel: (panel) => panel.cancel([9, 2]),
  cancel_one: (panel) => panel.cancel([2]),
  balance: (panel) => panel.balance(),
  products: (panel) => panel.products(),
  add_product: (panel) =>
    panel.orderProduct({ product: 1, quantity: 2, require: "me", maxCharge: "5" }),
  product_status: (panel) => panel.productStatus(123),
  product_statuses: (panel) => panel.productStatuses([123, 456, 789]),
  product_result: (panel) => panel.productResult(123),
  orders: (panel) => panel.orders({ since: new Date(0), requestId: "my-order-1", limit: 10 }),
  new_post: (panel) => panel.newPost({ order: 7, link: "a", id: "post-1" }),
  cancel_status: (panel) => panel.cancelStatus(2),
  cancel_statuses: (panel) => panel.cancelStatuses([2, 9]),
  changes: (panel) => panel.changes({ since: "7021-1", limit: 10 }),
  claim_product: (panel) =>
    panel.claimProduct({ order: 1, reason: "used", items: [1, 3], quantity: 2 }),
  product_claim_status: (panel) => panel.productClaim(7),
  product_claim_statuses: (panel) => panel.productClaims([7, 9]),
};

/** What the client does not offer: it is given no id of a request to cancel, and knows no counts. */
const notOffered = { forms: ["cancel_status_by_id"], fields: ["refill: current_count"] };

const forms = actionReferences.flatMap(({ action, forms: all }) =>
  all.map((form) => ({ ...form, action })),
);
const offered = forms.filter(({ id }) => !notOffered.forms.includes(id));

test("the client has a call for every form", () => {
  expect(Object.keys(calls).toSorted()).toEqual(offered.map(({ id }) => id).toSorted());
});

test.each(offered)("$id is asked with its own fields, and its answer read", async (form) => {
  const server = await scriptedPanel(() => ({ json: form.example("USD") }));
  const idsPerRequest = form.id === "cancel_one" ? 1 : 100;

  const answer = await calls[form.id]?.(server.client({ idsPerRequest }));

  const { key: _key, action, ...fields } = server.asked[0]?.fields ?? {};
  const ofService = form.hasServiceFields === true ? ["link", "quantity"] : [];
  const known = form.fields
    .map(({ name }) => name)
    .filter((name) => !notOffered.fields.includes(`${form.id}: ${name}`));
  expect(action).toBe(form.action);
  expect(Object.keys(fields).toSorted()).toEqual([...known, ...ofService].toSorted());
  expect(answer).toBeDefined();
});

test("what became of cancels is told with the reason, in a list too", async () => {
  const rejected = { status: "Rejected", reason: "It could not be done in time" };
  const unknown = { order: 9, status: { error: "Incorrect order ID" } };
  const server = await scriptedPanel(({ fields }) => ({
    json: fields["order"] === undefined ? [{ order: 2, ...rejected }, unknown] : rejected,
  }));
  const panel = server.client();
  const state = { ...rejected, statusText: "Rejected" };

  expect(await panel.cancelStatus(2)).toEqual(state);
  expect(await panel.cancelStatuses([2, 9])).toEqual([
    { id: 2, ok: true, value: state },
    { id: 9, ok: false, error: expect.objectContaining({ code: "order_unknown" }) as unknown },
  ]);
});

test("a post that was announced before is known", async () => {
  const server = await scriptedPanel(() => ({ json: { order: 7, post: "known" } }));

  expect(await server.client().newPost({ order: 7, link: "a" })).toEqual({ post: "known" });
});
