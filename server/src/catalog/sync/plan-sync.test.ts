import { describe, expect, test } from "vitest";
import { formatAmount, one, parseAmount } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { CategoryId, ProviderId, ServiceId } from "#values/ids.ts";
import { followable } from "#catalog/follows.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { planSync } from "./plan-sync.ts";
import type { PlanInput, SyncChange, SyncPlan } from "./plan-sync.ts";
import { readServiceList } from "./read-service-list.ts";
import { refillTermsDefault } from "#catalog/refill-terms.ts";
import type { Service } from "#catalog/service.ts";

function amount(text: string): Amount {
  const parsed = parseAmount(text);
  if (parsed === undefined) throw new Error(`${text} is no amount`);
  return parsed;
}

type Row = Readonly<Record<string, unknown>>;

/** A row of a provider's list; `id` is also the id of our service. */
const row = (id: number, change: Row = {}): Row => ({
  service: id,
  name: `Service ${id}`,
  type: "Default",
  category: "A",
  rate: "1",
  min: 10,
  max: 100,
  ...change,
});

const sold = (id: number, change: Partial<Service> = {}): Service => ({
  id: id as ServiceId,
  categoryId: 1 as CategoryId,
  category: "A",
  name: `Service ${id}`,
  type: "Default",
  rate: amount("1.25"),
  min: 10,
  max: 100,
  refill: false,
  cancel: false,
  dripfeed: false,
  runsUpstream: false,
  description: "",
  isEnabled: true,
  providerId: 1 as ProviderId,
  providerService: String(id),
  providerRate: amount("1"),
  cost: amount("1"),
  routing: "preference",
  follows: followable,
  markUp: undefined,
  listing: "listed",
  marginPercent: undefined,
  belowMargin: undefined,
  refillTerms: refillTermsDefault,
  averageSeconds: undefined,
  version: 7,
  ...change,
});

const manyIds = Array.from({ length: 20 }, (_, index) => index + 1);

/** A sync of a list with services 1 to 20, some rows of it replaced, some services of ours changed. */
function plan(
  rows: Readonly<Record<number, Row | undefined>>,
  services: Readonly<Record<number, Partial<Service>>> = {},
  change: Partial<PlanInput> = {},
): SyncPlan {
  const listed = manyIds.flatMap((id) => (id in rows ? (rows[id] ?? []) : row(id)));
  const list = readServiceList(JSON.stringify(listed), (name) => name);
  if (!list.ok) throw new Error(list.refusal.code);
  return planSync({
    list: list.value,
    services: manyIds.map((id) => sold(id, services[id])),
    exchangeRate: one,
    markUp: markUpOf(amount("25")),
    costsBefore: new Map(),
    isWanted: () => true,
    hasUpdates: true,
    isWhole: true,
    listedBefore: 20,
    brakes: { vanishPercent: 10, jumpPercent: 30 },
    ...change,
  });
}

const only = ({ changes }: SyncPlan): SyncChange => {
  const [change, ...more] = changes;
  if (change === undefined || more.length > 0) throw new Error(`${changes.length} changes`);
  return change;
};

describe("a sync", () => {
  test("of a list that says the same proposes nothing", () => {
    expect(plan({})).toMatchObject({ changes: [], brakes: [], sold: 20 });
  });

  test("raises the rate with the cost, by the mark-up", () => {
    const change = only(plan({ 3: row(3, { rate: "1.2" }) }));
    expect(change).toMatchObject({ kind: "changed", known: { id: 3, version: 7 } });
    expect(change.brake).toBeUndefined();
    expect(formatAmount(change.after?.rate ?? 0n, 2)).toBe("1.50");
    expect(change.after?.providerRate).toBe(amount("1.2"));
  });

  test("counts the cost in the panel's currency", () => {
    const change = only(
      plan(
        { 3: row(3, { rate: "1.2" }) },
        Object.fromEntries(manyIds.map((id) => [id, { rate: amount("0.125") }])),
        {
          exchangeRate: amount("0.1"),
        },
      ),
    );
    expect(formatAmount(change.after?.rate ?? 0n, 2)).toBe("0.15");
  });

  test("leaves what is the operator's own, but learns the cost", () => {
    const mine = { follows: followable.filter((field) => field !== "rate" && field !== "name") };
    const change = only(plan({ 3: row(3, { rate: "1.2", name: "Other", max: 50 }) }, { 3: mine }));
    expect(change.after).toMatchObject({
      rate: amount("1.25"),
      providerRate: amount("1.2"),
      name: "Service 3",
      max: 50,
    });
  });

  test("takes no bound that does not fit to one of the operator's own", () => {
    const mine = { min: 60, max: 100, follows: followable.filter((field) => field !== "min") };
    expect(plan({ 3: row(3, { max: 50 }) }, { 3: mine }).changes).toEqual([]);
  });

  test.each([
    ["1.3", undefined],
    ["1.31", "its price rose by 31 %, more than 30 %"],
    ["0.7", undefined],
    ["0.69", "its price fell by 31 %, more than 30 %"],
  ])("with a price that moved from 1 to %s: %s", (rate, brake) => {
    const planned = plan({ 3: row(3, { rate }) });
    expect(only(planned).brake).toBe(brake);
    expect(planned.brakes).toEqual([]);
  });

  test("a jump that waits does not pass as a small step after its cost was taken over", () => {
    const taken = { 3: { providerRate: amount("1.4"), cost: amount("1.4") } };
    const change = only(
      plan({ 3: row(3, { rate: "1.4" }) }, taken, {
        costsBefore: new Map([[3 as ServiceId, amount("1")]]),
      }),
    );
    expect(change.brake).toContain("rose by 40 %");
    expect(change.before?.providerRate).toBe(amount("1"));
  });

  test("switches off what is gone, and on again what is back", () => {
    const gone = only(plan({ 3: undefined }));
    expect(gone).toMatchObject({ kind: "gone", after: { isEnabled: false, listing: "gone" } });
    const back = only(plan({}, { 3: { isEnabled: false, listing: "gone" } }));
    expect(back).toMatchObject({ kind: "returned", after: { isEnabled: true, listing: "listed" } });
  });

  test("leaves on sale what is gone where the status is the operator's", () => {
    const mine = { 3: { follows: [] } };
    const gone = only(plan({ 3: undefined }, mine));
    expect(gone).toMatchObject({ kind: "gone", after: { isEnabled: true, listing: "gone" } });
    // And tells of it once.
    expect(plan({ 3: undefined }, { 3: { follows: [], listing: "gone" } }).changes).toEqual([]);
  });

  test("does not switch on what the operator switched off", () => {
    expect(plan({}, { 3: { isEnabled: false } }).changes).toEqual([]);
    expect(plan({ 3: undefined }, { 3: { isEnabled: false } }).changes).toEqual([]);
  });

  test.each([["0"], [""], [null], ["free"], [-1]])(
    "switches off what has %j as its price, whoever owns its status, and never sells at it",
    (rate) => {
      for (const follows of [followable, []]) {
        const change = only(plan({ 3: row(3, { rate }) }, { 3: { follows } }));
        expect(change).toMatchObject({
          kind: "unpriced",
          after: { isEnabled: false, listing: "unpriced", rate: amount("1.25") },
        });
        expect(change.note).toMatch(/^rate /);
      }
    },
  );

  test("never applies another type, and tells of it", () => {
    const change = only(plan({ 3: row(3, { type: "Package", rate: "9" }) }));
    expect(change).toMatchObject({ kind: "retyped", after: undefined });
    expect(change.note).toContain("was Default, is Package");
  });

  test("stops where more than 10 per cent of the services are gone or have no price", () => {
    expect(plan({ 1: undefined, 2: row(2, { rate: 0 }) }).brakes).toEqual([]);
    const { brakes } = plan({ 1: undefined, 2: row(2, { rate: 0 }), 3: undefined });
    expect(brakes).toEqual(["3 of 20 services on sale are gone or have no price: more than 10 %"]);
  });

  test("stops where the list has fewer than half of the services that it had", () => {
    expect(plan({}, {}, { listedBefore: 40 }).brakes).toEqual([]);
    expect(plan({}, {}, { listedBefore: 41 }).brakes).toEqual([
      "the list is short: 20 services, 41 before",
    ]);
  });

  test("makes no price without a mark-up", () => {
    const change = only(plan({ 3: row(3, { rate: "1.2" }) }, {}, { markUp: undefined }));
    expect(change.after).toMatchObject({ rate: amount("1.25"), providerRate: amount("1.2") });
  });
});
