import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { findOrder } from "#orders/orders.sql.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import type { OrderDraft, ServiceType } from "#orders/service-types/service-type.ts";
import type { OutgoingOrder } from "#providers/connector.ts";
import { apiV2 } from "#providers/connectors/api-v2.ts";
import { testCall } from "#test/provider-call.ts";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { OrderId, ServiceId } from "#values/ids.ts";

const panel = testPanel();
const services = new Map<string, ServiceId>();
let reseller: TestCustomer;

beforeAll(async () => {
  reseller = await panel.addCustomer({ balance: "100000000" });
  for (const type of Object.values(serviceTypes)) {
    const terms = { type: type.wireName, min: 1, max: 1_000_000, dripfeed: true };
    services.set(type.wireName, await panel.addService(terms));
  }
});

const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .map((text) => text.replaceAll(/[\p{Cc}\p{Cs},]/gu, "").trim())
  // Clients write these words for what they leave out, so that no panel can tell them from nothing.
  .filter((text) => text !== "" && text !== "undefined" && text !== "null");
const lines = fc.array(fc.oneof(word, fc.constantFrom("null", "a\\nb", "x & y = 100%+1")), {
  minLength: 1,
  maxLength: 5,
});
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  quantity: fc.integer({ min: 1, max: 5000 }).map(String),
  runs: fc.integer({ min: 1, max: 50 }).map(String),
  interval: fc.integer({ min: 1, max: 500 }).map(String),
  answerNumber: fc.integer({ min: 1, max: 9 }).map(String),
  device: fc.integer({ min: 1, max: 5 }).map(String),
  typeOfTraffic: fc.integer({ min: 1, max: 3 }).map(String),
  min: fc.integer({ min: 1, max: 100 }).map(String),
  max: fc.integer({ min: 100, max: 200 }).map(String),
  delay: fc.constantFrom("0", "30", "600"),
  posts: fc.integer({ min: 1, max: 100 }).map(String),
  oldPosts: fc.integer({ min: 1, max: 100 }).map(String),
  expiry: fc.constantFrom("31/12/2030", "01/02/2031"),
};

/** An order of a type as a customer of the first panel may send it. */
function drafts(type: ServiceType): fc.Arbitrary<OrderDraft> {
  const inputs = Object.fromEntries(
    type.inputs.map((input): [string, fc.Arbitrary<string | undefined>] => {
      const text = input.kind === "lines" ? lines.map((list) => `${list.join("\n")}\n`) : word;
      const value = values[input.name] ?? text;
      return [input.name, input.isRequired ? value : fc.option(value, { nil: undefined })];
    }),
  );
  return fc
    .record(inputs)
    .chain((given) => {
      const read = type.read((name) => given[name], { min: 1, max: 1_000_000, dripfeed: true });
      return read.ok ? fc.constant(read.value) : fc.constant(undefined);
    })
    .filter((draft) => draft !== undefined);
}

test.each(Object.values(serviceTypes).map((type): [string, ServiceType] => [type.wireName, type]))(
  "an order of the type %s arrives in the next panel as it was",
  async (name, type) => {
    await fc.assert(
      fc.asyncProperty(drafts(type), async (draft) => {
        const order: OutgoingOrder = {
          orderId: 1 as OrderId,
          requestId: "unused",
          providerService: String(services.get(name)),
          type: name,
          link: draft.link,
          quantity: draft.quantity,
          runs: draft.runs,
          intervalMinutes: draft.intervalMinutes,
          fields: draft.fields ?? {},
        };

        const outcome = await apiV2.placeOrder(order, testCall(panel.url, reseller.key));

        expect(outcome).toMatchObject({ kind: "accepted" });
        const id = outcome.kind === "accepted" ? Number(outcome.providerOrder) : 0;
        const stored = await findOrder(panel.ctx.db, id as OrderId);
        expect({
          link: stored?.link,
          quantity: stored?.quantity,
          runs: stored?.runs,
          intervalMinutes: stored?.intervalMinutes,
          fields: stored?.fields,
        }).toEqual({
          link: draft.link,
          quantity: draft.quantity,
          runs: draft.runs,
          intervalMinutes: draft.intervalMinutes,
          fields: draft.fields ?? {},
        });
      }),
      { numRuns: 25 },
    );
  },
);
