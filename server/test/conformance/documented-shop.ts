import { expect, vi } from "vitest";
import { putCustomRate } from "#catalog/custom-rates.sql.ts";
import { raisePriceVersion } from "#customers/customers.sql.ts";
import { connect } from "#database/connection.ts";
import { inTransaction } from "#database/transaction.ts";
import type { OrderMove } from "#orders/decide-move.ts";
import type { RefillStatus } from "#orders/requests.sql.ts";
import { settleRefill } from "#orders/requests/settle-refill.ts";
import type { OrderId, RefillId, ServiceId } from "#values/ids.ts";
import { tester, someProvider } from "#test/actors.ts";
import { moveById } from "#test/move-by-id.ts";
import { amount, must } from "#test/panel.ts";
import type { TestCustomer, TestPanel } from "#test/panel.ts";

type Shop = { readonly panel: TestPanel; readonly dialect: string };

/** An order of a document: its id there, and what gives it its documented charge and state. */
type DocumentedOrder = {
  readonly id: number;
  readonly rate: string;
  readonly quantity: number;
  readonly moves: readonly OrderMove[];
};

/** 0.33 for 1000, of which 843 pieces are kept: 0.27819. */
export const partialOrder: Omit<DocumentedOrder, "id"> = {
  rate: "0.33",
  quantity: 1000,
  moves: [
    { status: "in_progress", startCount: 3572 },
    { status: "partial", remains: 157 },
  ],
};
export const orderUnderWay: Omit<DocumentedOrder, "id"> = {
  rate: "1.44219",
  quantity: 1000,
  moves: [{ status: "in_progress", startCount: 234, remains: 10 }],
};
const deliveredOrder: Omit<DocumentedOrder, "id"> = {
  rate: "0.90",
  quantity: 1000,
  moves: [{ status: "completed" }],
};

/** The two services that four of the documents show, with their ids there. */
export async function addDocumentedServices(panel: TestPanel): Promise<void> {
  await panel.addService();
  await panel.addService({
    name: "Comments",
    type: "Custom Comments",
    category: "Second Category",
    rate: amount("8"),
    min: 10,
    max: 1500,
    refill: false,
    cancel: true,
  });
}

/** A separate customer for one documented request, so that ids can be those of the document. */
function addDocumentedCustomer(shop: Shop, balance = "100"): Promise<TestCustomer> {
  return shop.panel.addCustomer({ balance, terms: { dialect: shop.dialect } });
}

/** Places the order over HTTP and moves it to the documented state. */
async function placeDocumentedOrder(
  shop: Shop,
  customer: TestCustomer,
  order: DocumentedOrder,
): Promise<void> {
  const { panel } = shop;
  const service = 1 as ServiceId;
  await inTransaction(panel.ctx, async (tx) => {
    await putCustomRate(tx, customer.id, service, { kind: "fixed", rate: amount(order.rate) });
    await raisePriceVersion(tx, customer.id);
  });
  await setNextId(panel, "order_ids", order.id);
  const { quantity } = order;
  const request = {
    key: customer.key,
    action: "add",
    service,
    link: "https://a.example",
    quantity,
  };
  const placed = await panel.api(request);
  if (JSON.stringify(placed) !== `{"order":${order.id}}`) {
    throw new Error(`the order was answered ${JSON.stringify(placed)}`);
  }
  for (const move of order.moves) {
    await inTransaction(panel.ctx, async (tx) => {
      must(await moveById(tx, customer.id, order.id as OrderId, { ...move, by: someProvider }));
    });
  }
}

/** The answer to `add`. The next order gets the id that the document shows. */
export async function answerToAdd(
  shop: Shop,
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop);
  await setNextId(shop.panel, "order_ids", 23_501);
  return shop.panel.api({ key: customer.key, action: "add", ...fields });
}

/** The answer to `status` with these fields, for a customer who has these orders. */
export async function answerToStatus(
  shop: Shop,
  orders: readonly DocumentedOrder[],
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop);
  for (const order of orders) await placeDocumentedOrder(shop, customer, order);
  return shop.panel.api({ key: customer.key, action: "status", ...fields });
}

/** The answer to `refill`, for a customer whose orders 1 and 2 are delivered. */
export async function answerToRefill(
  shop: Shop,
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop);
  await placeDocumentedOrder(shop, customer, { id: 1, ...deliveredOrder });
  await placeDocumentedOrder(shop, customer, { id: 2, ...deliveredOrder });
  await forgetRefills(shop.panel);
  return shop.panel.api({ key: customer.key, action: "refill", ...fields });
}

/** The answer to `refill_status`, where refill 1 is Completed and refill 2 is Rejected. */
export async function answerToRefillStatus(
  shop: Shop,
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const { panel } = shop;
  const customer = await addDocumentedCustomer(shop);
  const states: readonly RefillStatus[] = ["completed", "rejected"];
  await forgetRefills(panel);
  for (const [index, status] of states.entries()) {
    await placeDocumentedOrder(shop, customer, { id: index + 1, ...deliveredOrder });
    await panel.api({ key: customer.key, action: "refill", order: index + 1 });
    must(await settleRefill(panel.ctx, tester, (index + 1) as RefillId, status));
  }
  return panel.api({ key: customer.key, action: "refill_status", ...fields });
}

/** The answer to `cancel`, for a customer whose order 2 is under way. */
export async function answerToCancel(
  shop: Shop,
  fields: Readonly<Record<string, string | number>>,
): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop);
  await placeDocumentedOrder(shop, customer, { id: 2, ...orderUnderWay });
  return shop.panel.api({ key: customer.key, action: "cancel", ...fields });
}

/** The answer to `balance` of a customer who has this much. */
export async function answerToBalance(shop: Shop, balance: string): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop, balance);
  return shop.panel.api({ key: customer.key, action: "balance" });
}

/** The answer to `services`, once this process knows the new ones (within 2 seconds). */
export async function answerToServices(shop: Shop): Promise<unknown> {
  const customer = await addDocumentedCustomer(shop);
  return vi.waitFor(
    async () => {
      const rows = await shop.panel.api({ key: customer.key, action: "services" });
      expect(rows).not.toHaveLength(0);
      return rows;
    },
    { timeout: 2000, interval: 50 },
  );
}

/**
 * The documented rows with rates as this dialect writes them: at least two decimals, such as
 * `8.00`.
 */
export function withTwoDecimals(rows: unknown): object {
  const read = rows as readonly { readonly rate: string }[];
  return read.map((row) => ({
    ...row,
    rate: row.rate.includes(".") ? row.rate : `${row.rate}.00`,
  }));
}

/** Gives the next row of this sequence the id that the document shows. */
export async function setNextId(panel: TestPanel, sequence: string, id: number): Promise<void> {
  await asOwner(panel, `select setval('${sequence}', ${id}, false)`);
}

// Staff find a refill by its id alone, so each number may exist only once.
async function forgetRefills(panel: TestPanel): Promise<void> {
  await asOwner(panel, "delete from refills");
  await setNextId(panel, "refill_ids", 1);
}

async function asOwner(panel: TestPanel, text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  try {
    await owner.query(text);
  } finally {
    await owner.end();
  }
}
