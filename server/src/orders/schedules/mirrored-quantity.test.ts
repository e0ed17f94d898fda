import fc from "fast-check";
import { expect, test } from "vitest";
import type { ProviderOrderState } from "#providers/connector.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { costPerThousand } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { mirroredQuantity } from "./mirrored-quantity.ts";

const units = (decimal: number) => BigInt(Math.round(decimal * 1e8)) as Amount;
const terms = { min: 100, max: 200, providerRate: units(3) };
function said(
  status: OrderStatus,
  more: { remains?: number; charge?: number; quantity?: number } = {},
): ProviderOrderState {
  return {
    kind: "state",
    status,
    word: status,
    startCount: undefined,
    remains: more.remains,
    charge: more.charge === undefined ? undefined : units(more.charge),
    ...(more.quantity !== undefined && { quantity: more.quantity }),
  };
}

test.each([
  ["the charge, at the provider's rate", said("in_progress", { charge: 0.45 }), 150],
  ["what remains of a Pending one", said("pending", { remains: 130 }), 130],
  ["a quantity that is said", said("partial", { quantity: 110, remains: 10 }), 110],
  ["two that agree", said("pending", { charge: 0.45, remains: 150 }), 150],
  ["two that do not", said("pending", { charge: 0.45, remains: 140 }), undefined],
  ["a charge that was rounded", said("completed", { charge: 0.4501 }), undefined],
  ["a charge of which a part was given back", said("partial", { charge: 0.36 }), undefined],
  ["more than was ordered", said("completed", { charge: 0.603 }), undefined],
  ["less than was ordered", said("completed", { charge: 0.297 }), undefined],
  ["less than what remains", said("in_progress", { charge: 0.45, remains: 151 }), undefined],
  ["what remains of one that has begun", said("in_progress", { remains: 130 }), undefined],
  ["nothing", said("completed"), undefined],
])("the quantity follows from %s, or stays open", (_, state, quantity) => {
  const decided = mirroredQuantity(state, terms);
  if (quantity === undefined) expect(decided.kind).toBe("unclear");
  else expect(decided).toEqual({ kind: "known", quantity });
});

test("one possible quantity needs no witness, and one that came to nothing no quantity", () => {
  const exact = { min: 150, max: 150, providerRate: undefined };
  expect(mirroredQuantity(said("completed"), exact)).toEqual({ kind: "known", quantity: 150 });
  expect(mirroredQuantity(said("pending", { remains: 151 }), exact).kind).toBe("unclear");
  expect(mirroredQuantity(said("canceled", { charge: 0 }), terms)).toEqual({ kind: "void" });
  expect(mirroredQuantity({ kind: "missing", reason: "x" }, exact).kind).toBe("unclear");
});

test("from what was charged exactly comes exactly what was ordered", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: 1, max: 10_000_000 }),
      (quantity, rate) => {
        const providerRate = (BigInt(rate) * 1000n) as Amount;
        const charge = costPerThousand(providerRate, quantity);
        const state = { ...said("in_progress"), charge } as ProviderOrderState;
        const decided = mirroredQuantity(state, { min: 1, max: 1_000_000, providerRate });
        expect(decided).toEqual({ kind: "known", quantity });
      },
    ),
  );
});
