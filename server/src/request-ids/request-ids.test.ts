import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { setOrder } from "#orders/set-order.ts";
import { settleRefill } from "#orders/requests/settle-refill.ts";
import type { Panel } from "#panel.ts";
import { rejectClaim } from "#product-orders/claims/reject-claim.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { addProduct, keys, tryBuy } from "#test/store.ts";
import type { OrderId, ProductClaimId, RefillId, ServiceId } from "#values/ids.ts";

const panel = testPanel();
let other: Panel;
let service: ServiceId;
let customer: TestCustomer;

beforeAll(async () => {
  other = await panel.openAnother(["api"]);
  service = await panel.addService({ rate: amount("1"), min: 1, cancel: true, refill: true });
});
beforeEach(async () => {
  customer = await panel.addCustomer({ terms: { rateLimit: 0 } });
});

type Fields = Readonly<Record<string, string | number>>;

async function ask(
  fields: Fields,
  { url = panel.url, header }: { readonly url?: string | undefined; readonly header?: string } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const body = new URLSearchParams({ key: customer.key });
  for (const [name, value] of Object.entries(fields)) body.set(name, String(value));
  const headers = { ...(header !== undefined && { "Idempotency-Key": header }) };
  const response = await fetch(`${url}/api/v2`, { method: "POST", body, headers });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

async function place(): Promise<OrderId> {
  const order = { action: "add", service, link: "https://x.example/a", quantity: 10 };
  return (await ask(order))["order"] as OrderId;
}

const complete = async (order: OrderId) =>
  must(await setOrder(panel.ctx, tester, order, { status: "completed", startCount: 0 }));

async function delivered(): Promise<OrderId> {
  const order = await place();
  await complete(order);
  return order;
}

async function countOf(table: "refills" | "cancels" | "answered_requests"): Promise<number> {
  const text = `select count(*)::int as n from ${table} where account_id = $1`;
  const { rows } = await panel.ctx.db.query<{ n: number }>(text, [customer.id]);
  return rows[0]?.n ?? 0;
}

describe("a request that was asked before", () => {
  test("answers the same refill, also when that has ended since", async () => {
    const order = await delivered();
    const request = { action: "refill", order, request_id: "mine" };
    const said = await ask(request);
    must(await settleRefill(panel.ctx, tester, Number(said["refill"]) as RefillId, "completed"));

    expect(await ask(request)).toEqual(said);
    expect(await countOf("refills")).toBe(1);
  });

  test("answers that a cancel was taken, also when the order is over", async () => {
    const order = await place();
    const request = { action: "cancel", order, request_id: "mine" };
    expect(await ask(request)).toEqual({ order, cancel: 1 });
    must(await setOrder(panel.ctx, tester, order, { status: "canceled" }));

    expect(await ask(request)).toEqual({ order, cancel: 1 });
    expect(await ask({ action: "cancel", order })).toHaveProperty("error");
  });

  test("answers the same claim, also when it was rejected since", async () => {
    const product = await addProduct(panel, { warrantyDays: 30, stock: keys(2, "CLAIM") });
    const order = await tryBuy(panel, customer.key, product);
    const request = { action: "claim_product_order", order, reason: "dead", request_id: "mine" };
    const said = await ask(request);
    must(await rejectClaim(panel.ctx, tester, said["claim"] as ProductClaimId, "it works"));

    expect(await ask(request)).toEqual(said);
  });

  test("is known by the header as well, and by each action for itself", async () => {
    const order = await delivered();
    const said = await ask({ action: "refill", order }, { header: "mine" });
    expect(await ask({ action: "refill", order, request_id: "mine" })).toEqual(said);

    const open = await place();
    expect(await ask({ action: "cancel", order: open }, { header: "mine" })).toEqual({
      order: open,
      cancel: 1,
    });
  });
});

test("a refusal leaves nothing behind: the same request is decided anew, another may take the id", async () => {
  const [one, two] = [await place(), await place()];
  const request = { action: "refill", order: one, request_id: "mine" };
  expect(await ask(request)).toHaveProperty("error");
  expect(await ask({ action: "refill", orders: `${one},${two}`, request_id: "mine" })).toHaveLength(
    2,
  );
  expect(await countOf("answered_requests")).toBe(0);
  await complete(one);

  expect(await ask(request)).toEqual({ refill: expect.any(String) as string });
});

test("of a list what was taken keeps its answer, and the rest is decided anew", async () => {
  const [one, two] = [await delivered(), await place()];
  const request = { action: "refill", orders: `${one},${two},x`, request_id: "mine" };
  const [first, second, third] = (await ask(request)) as unknown as Record<string, unknown>[];
  expect(first).toEqual({ order: one, refill: expect.any(Number) as number });
  expect(second).toMatchObject({ order: two, refill: { error: expect.any(String) as string } });
  await complete(two);

  expect(await ask(request)).toEqual([
    first,
    { order: two, refill: expect.any(Number) as number },
    third,
  ]);
});

test("an id that is none is refused by its field", async () => {
  for (const action of ["refill", "cancel", "new_post", "claim_product_order"]) {
    const fields = { action, order: 1, link: "https://x.example/a", reason: "dead" };
    expect(await ask({ ...fields, request_id: "x".repeat(129) })).toEqual({
      error: "Incorrect request_id, expected 1 to 128 printable characters",
    });
  }
});

describe("one request sent twice at once to two processes", () => {
  test("is one refill, and one cancel, and the same answer to both", async () => {
    for (let round = 0; round < 15; round++) {
      const lists = {
        refill: [await delivered(), await delivered()],
        cancel: [await place(), await place()],
      };
      for (const [action, orders] of Object.entries(lists)) {
        const request = { action, orders: orders.join(","), request_id: `r${round}` };
        const [one, two] = await Promise.all(
          [panel.url, other.url].map((url) => ask(request, { url })),
        );
        expect(one).toEqual(two);
        expect(one).toEqual(
          orders.map((order) => ({ order, [action]: expect.any(Number) as number })),
        );
      }
    }
    expect(await countOf("refills")).toBe(30);
    expect(await countOf("cancels")).toBe(30);
  });

  test("with another order is refused for one of the two, and nothing is mixed", async () => {
    for (let round = 0; round < 15; round++) {
      const orders = [await delivered(), await delivered()];
      const answers = await Promise.all(
        orders.map((order, n) =>
          ask(
            { action: "refill", order, request_id: `r${round}` },
            { url: [panel.url, other.url][n] },
          ),
        ),
      );
      expect(answers.filter((each) => Object.hasOwn(each, "refill"))).toHaveLength(1);
      expect(answers).toContainEqual({ error: "This request_id was used for another order" });
    }
  });
});

test("hundreds of orders are cancelled in a few transactions", async () => {
  const orders = await Promise.all(Array.from({ length: 250 }, place));
  const marks = async () => {
    const text = "select count(*)::int as n from transaction_marks";
    return (await panel.ctx.db.query<{ n: number }>(text)).rows[0]?.n ?? 0;
  };
  const before = await marks();
  const said = await ask({ action: "cancel", orders: orders.join(",") });
  expect(said).toEqual(orders.map((order) => ({ order, cancel: 1 })));
  const made = (await marks()) - before;
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThanOrEqual(5);
});
