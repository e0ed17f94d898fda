import { expect, test } from "vitest";
import { listPostingsOfProductOrder } from "#ledger/product-order-postings.sql.ts";
import { listClaimsOfOrder } from "#product-orders/claims.sql.ts";
import { deliverProductOrder } from "#product-orders/deliver-product-order.ts";
import { endProductOrder } from "#product-orders/end-product-order.ts";
import { openClaim } from "#product-orders/claims/open-claim.ts";
import { findProductOrder } from "#product-orders/product-orders.sql.ts";
import { refundClaim } from "#product-orders/claims/refund-claim.ts";
import { rejectClaim } from "#product-orders/claims/reject-claim.ts";
import { replaceClaim } from "#product-orders/claims/replace-claim.ts";
import { listHeldItems } from "#products/stock/claimed-items.sql.ts";
import type { ProductClaimId, ProductOrderId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import { tester } from "#test/actors.ts";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addItems, addProduct, buy } from "#test/store.ts";
import { seededRandom } from "./random.ts";

// The harness proves the ledger after each test: charges, refunds, stock and deliveries.
const panel = testPanel();
const random = seededRandom();
let lines = 0;

const line = () => `line ${++lines}`;
const linesOf = (count: number) => Array.from({ length: count }, line);

/** What the ledger gave back for an order. */
async function refundedOf(customer: TestCustomer, id: ProductOrderId): Promise<bigint> {
  const postings = await listPostingsOfProductOrder(panel.ctx.db, customer.id, id);
  return postings
    .filter((posting) => posting.kind === "refund")
    .reduce((sum, posting) => sum + amountFromDecimal(posting.amount), 0n);
}

/** The newest claim mostly, else any, or one that there is not. */
async function pickClaim(customer: TestCustomer, id: ProductOrderId): Promise<ProductClaimId> {
  const claims = await listClaimsOfOrder(panel.ctx.db, customer.id, id);
  const none = 999_999_999 as ProductClaimId;
  return random.chance(0.8)
    ? (claims.at(-1)?.id ?? none)
    : random.pick([...claims.map((claim) => claim.id), none]);
}

/** One thing that staff or the buyer try, sensible or not. */
async function step(customer: TestCustomer, id: ProductOrderId, quantity: number): Promise<string> {
  const { ctx } = panel;
  const claim = await pickClaim(customer, id);
  const places = random.chance(0.4)
    ? (await listHeldItems(ctx.db, customer.id, id))
        .map((item) => item.place)
        .filter(() => random.chance(0.5))
    : undefined;
  const wanted = random.chance(0.5) ? random.int(0, quantity + 1) : undefined;
  const action = random.pick(["deliver", "end", "open", "open", "replace", "refund", "reject"]);
  switch (action) {
    case "deliver": {
      const delivery = {
        lines: linesOf(random.int(0, 3)),
        items: wanted,
        end: random.chance(0.6) ? undefined : random.pick(["completed", "partial"] as const),
        note: undefined,
      };
      return said(action, await deliverProductOrder(ctx, tester, id, delivery));
    }
    case "end": {
      const how = { items: wanted, reason: undefined };
      return said(action, await endProductOrder(ctx, tester, id, how));
    }
    case "open": {
      const asked = { reason: "x", places: places ?? [], quantity: wanted };
      const how = { countedBy: "place", isGoodwill: random.chance(0.5) } as const;
      return said(action, await openClaim(ctx, tester, customer.id, id, { ...asked, ...how }));
    }
    case "replace": {
      const by = random.chance(0.5) ? linesOf(random.int(0, 3)) : undefined;
      const how = { lines: by, places, note: undefined };
      return said(action, await replaceClaim(ctx, tester, claim, how));
    }
    case "refund":
      return said(action, await refundClaim(ctx, tester, claim, { places, note: undefined }));
    default:
      return said(action, await rejectClaim(ctx, tester, claim, "no"));
  }
}

function said(action: string, { ok }: { readonly ok: boolean }): string {
  return `${action} ${ok ? "done" : "refused"}`;
}

/** What has to come about in the stories, or they prove nothing. */
const ends = ["open done", "replace done", "refund done", "reject done"];

test.each(["auto", "service"] as const)(
  `random stories of an order of type %s never give back more than was paid (seed ${random.seed})`,
  async (type) => {
    const product = await addProduct(panel, {
      type,
      rate: amount("0.33333"),
      warrantyDays: 30,
      max: 6,
      partDelivery: true,
    });
    const customer = await panel.addCustomer({ balance: "1000" });
    const seen = new Map<string, number>();
    const isSeen = (outcome: string) => seen.has(outcome);
    // More stories where chance has left something out.
    for (let story = 0; story < 25 || (story < 250 && !ends.every(isSeen)); story++) {
      if (type === "auto") await addItems(panel.ctx, product, linesOf(random.int(3, 8)));
      const quantity = random.int(1, 6);
      const bought = await buy(panel, customer.key, product, { quantity });
      if (typeof bought !== "number") throw new Error(JSON.stringify(bought));
      if (type === "service" && random.chance(0.8)) {
        const delivery = { lines: linesOf(2), items: quantity, end: undefined, note: undefined };
        await deliverProductOrder(panel.ctx, tester, bought, delivery);
      }
      let last = 0n;
      for (let turn = 0; turn < 14; turn++) {
        const outcome = await step(customer, bought, quantity);
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        const order = await findProductOrder(panel.ctx.db, bought);
        if (order === undefined) throw new Error("the order is gone");
        const refunded = await refundedOf(customer, bought);

        expect(order.refunded).toBe(refunded);
        expect(refunded).toBeLessThanOrEqual(order.charge);
        expect(refunded).toBeGreaterThanOrEqual(last);
        if (outcome.endsWith("refused")) expect(refunded).toBe(last);
        if (order.status === "canceled") expect(refunded).toBe(order.charge);
        last = refunded;
      }
    }
    expect(ends.filter((done) => !isSeen(done))).toEqual([]);
  },
  120_000,
);
