import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { setOrder } from "#orders/set-order.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, keys as lineNames } from "#test/store.ts";
import type { OrderId } from "#values/ids.ts";
import { nastyValues } from "./nasty-values.ts";
import { jsonBody, jsonOf, send } from "./send.ts";

const panel = testPanel({ env: { PANEL_LOG_LEVEL: "silent" } });
let customer: TestCustomer;
/** Right requests, of which one field after the other is spoilt. */
const requests: Record<string, string>[] = [];

const rightFields: Readonly<Record<string, string>> = {
  link: "https://a.example/p",
  quantity: "10",
  username: "somebody",
  usernames: "a\nb",
  comments: "Nice\nGreat",
  hashtag: "#a",
  hashtags: "#a\n#b",
  media: "https://a.example/media",
  answer_number: "1",
  groups: "a\nb",
  keywords: "a, b",
  country: "US",
  device: "5",
  type_of_traffic: "1",
  google_keyword: "shoes",
  min: "10",
  max: "20",
  posts: "3",
  delay: "30",
  expiry: "31/12/2030",
  referring_url: "https://b.example",
  list: "a\nb",
  suggest: "a\nb",
  search: "a\nb",
};

beforeAll(async () => {
  customer = await panel.addCustomer({ balance: "100000", terms: { rateLimit: 0 } });
  const { key } = customer;
  const api = (fields: Readonly<Record<string, string | number>>) =>
    panel.api({ key, ...fields }) as Promise<Record<string, number>>;
  const ordered: number[] = [];
  for (const { wireName: type, inputs } of Object.values(serviceTypes)) {
    const terms = { min: 1, max: 1000, dripfeed: true, refill: true, cancel: true, type };
    const rate = amount("0.01");
    const service = await panel.addService({ ...terms, name: type, rate });
    const fields = inputs.map(({ name }): [string, string] => {
      const wireName = wireNameOf(name);
      return [wireName, rightFields[wireName] ?? ""];
    });
    const right = { action: "add", service: String(service), ...Object.fromEntries(fields) };
    ordered.push((await api(right))["order"] ?? 0);
    requests.push({ ...right, request_id: "", max_charge: "" });
  }
  const [first = 0] = ordered;
  must(await setOrder(panel.ctx, tester, first as OrderId, { status: "completed" }));
  const order = String(first);
  const subscription = String(ordered[Object.keys(serviceTypes).indexOf("subscriptions")]);
  const refill = String((await api({ action: "refill", order }))["refill"] ?? 1);
  const stock = lineNames(50);
  const goodsTerms = { min: 1, max: 100, stock, warrantyDays: 30 };
  const product = String(await addProduct(panel, goodsTerms));
  const bought = await api({ action: "add_product_order", product, quantity: 2 });
  const goods = String(bought["order"] ?? 1);
  requests.push(
    { action: "status", order },
    { action: "status", orders: order },
    { action: "refill", order, current_count: "1" },
    { action: "refill", orders: order },
    { action: "refill_status", refill },
    { action: "refill_status", refills: refill },
    { action: "cancel", order },
    { action: "cancel", orders: order },
    { action: "cancel_status", order },
    { action: "cancel_status", cancel: "1" },
    { action: "cancel_status", orders: order },
    { action: "orders", since: "2026-01-01", limit: "5", request_id: "a" },
    { action: "new_post", order: subscription, link: "https://a.example/9", id: "9" },
    { action: "changes", since: "", limit: "5" },
    {
      action: "add_product_order",
      product,
      quantity: "1",
      require: "a",
      request_id: "",
      max_charge: "",
    },
    { action: "product_order_status", order: goods },
    { action: "product_order_status", orders: goods },
    { action: "result_product", order: goods },
    { action: "claim_product_order", order: goods, reason: "broken", items: "1", quantity: "1" },
    { action: "product_claim_status", claim: "1" },
    { action: "product_claim_status", claims: "1" },
  );
});
/** What right requests end with: either way they have come as far as the database. */
const reached = ["taken", "refill_open", "order_finished", "cancel_unknown"];

afterEach(() => vi.restoreAllMocks());

test("whatever stands in whichever field of whichever action: JSON, no fault, no charge for a refusal", async () => {
  const faults = vi.spyOn(panel.ctx.log, "error");
  const balanceNow = async () =>
    (await panel.api({ key: customer.key, action: "balance" })) as object;
  for (const right of requests) {
    const asIs = await send(panel.url, jsonBody({ key: customer.key, ...right }));
    const code = asIs.headers["x-error-code"] ?? "taken";
    expect(reached, JSON.stringify(right)).toContain(code);
    const spoilt = Object.keys(right)
      .filter((name) => name !== "action")
      .flatMap((name) => nastyValues.map((value) => ({ ...right, [name]: value })));
    for (let at = 0; at < spoilt.length; at += 8) {
      const batch = spoilt.slice(at, at + 8);
      const before = await balanceNow();
      const heard = await Promise.all(
        batch.map((fields) => send(panel.url, jsonBody({ key: customer.key, ...fields }))),
      );
      let isRefused = true;
      heard.forEach((answer, index) => {
        const told = JSON.stringify(batch[index]).slice(0, 400);
        expect(answer.status, `${told} ${answer.text.slice(0, 200)}`).toBe(200);
        jsonOf(answer);
        expect(faults.mock.calls, told).toEqual([]);
        if (answer.headers["x-error-code"] === undefined) isRefused = false;
      });
      if (isRefused) expect(await balanceNow()).toEqual(before);
    }
  }
}, 240_000);
