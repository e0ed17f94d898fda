import { setOrder } from "#orders/set-order.ts";
import type { OrderId } from "#values/ids.ts";
import { tester } from "./actors.ts";
import { must } from "./panel.ts";
import type { TestPanel } from "./panel.ts";
import { addProduct, keys, tryBuy } from "./store.ts";

export type Fields = Readonly<Record<string, string>>;

/** An answer of API v2: its JSON, and a refusal's headers. */
export type Said = {
  readonly answer: unknown;
  readonly code: string | null;
  readonly field: string | null;
};

/** A customer with one of everything, and requests of every form, ready to be sent. */
export type ResellerScenes = ReturnType<typeof openScenes>;

export function openScenes(panel: TestPanel, key: string, service: string) {
  let requests = 0;
  const newId = () => `request-${++requests}`;

  async function send(action: string, fields: Fields): Promise<Said> {
    const body = new URLSearchParams({ key, action, ...fields });
    const response = await fetch(`${panel.url}/api/v2`, { method: "POST", body });
    const { headers } = response;
    const answer: unknown = await response.json();
    return { answer, code: headers.get("x-error-code"), field: headers.get("x-error-field") };
  }

  /** The number under a name in an answer. The request must be accepted. */
  async function numberOf(name: string, action: string, fields: Fields): Promise<string> {
    const { answer } = await send(action, fields);
    const { [name]: number } = answer as Record<string, string | number | undefined>;
    if (number === undefined) throw new Error(`${action}: ${JSON.stringify(answer)}`);
    return String(number);
  }

  const placed = (fields: Fields = {}) =>
    numberOf("order", "add", {
      service,
      link: `https://example.com/${newId()}`,
      quantity: "100",
      ...fields,
    });

  async function delivered(fields: Fields = {}): Promise<string> {
    const order = await placed(fields);
    const done = { status: "completed", startCount: 7 } as const;
    must(await setOrder(panel.ctx, tester, Number(order) as OrderId, done));
    return order;
  }

  const refilled = async () => numberOf("refill", "refill", { order: await delivered() });

  /** An order that somebody asked to cancel. */
  async function cancelled(): Promise<string> {
    const order = await placed();
    await send("cancel", { order });
    return order;
  }

  async function subscribed(username: string = newId()): Promise<string> {
    const posts = await panel.addService({ type: "Subscriptions", min: 1 });
    return numberOf("order", "add", { service: String(posts), username, min: "10", max: "20" });
  }

  async function bought(product: Parameters<typeof addProduct>[1] = {}): Promise<string> {
    const stock = keys(3, newId());
    const id = await addProduct(panel, { warrantyDays: 30, stock, ...product });
    return String(await tryBuy(panel, key, id, { quantity: 3 }));
  }

  const claimed = async () =>
    numberOf("claim", "claim_product_order", { order: await bought(), reason: "used" });

  async function changesCursor(): Promise<string> {
    return numberOf("cursor", "changes", {});
  }

  /** An accepted request of each form, with every field that the form has, by the form's id. */
  const scenes: Readonly<Record<string, () => Promise<Fields>>> = {
    services: async () => ({}),
    add: async () => ({
      service,
      link: "https://example.com/page",
      quantity: "100",
      request_id: newId(),
      max_charge: "5",
    }),
    status: async () => ({ order: await placed() }),
    statuses: async () => ({ orders: `${await placed()},${await subscribed()},none` }),
    refill: async () => ({ order: await delivered(), current_count: "50", request_id: newId() }),
    refills: async () => ({ orders: `${await delivered()},none`, request_id: newId() }),
    refill_status: async () => ({ refill: await refilled() }),
    refill_statuses: async () => ({ refills: `${await refilled()},none` }),
    cancel: async () => ({ orders: `${await placed()},none`, request_id: newId() }),
    cancel_one: async () => ({ order: await placed(), request_id: newId() }),
    balance: async () => ({}),
    products: async () => ({}),
    add_product: async () => {
      const product = await addProduct(panel, { type: "service" });
      return {
        product: String(product),
        quantity: "2",
        require: "somebody@example.com",
        request_id: newId(),
        max_charge: "5",
      };
    },
    product_status: async () => ({ order: await bought() }),
    product_statuses: async () => ({ orders: `${await bought()},none` }),
    product_result: async () => ({ order: await bought() }),
    orders: async () => ({ since: "2026-01-01", request_id: "r-1", limit: "10" }),
    new_post: async () => ({
      order: await subscribed(),
      link: "https://example.com/post/1",
      id: "post-1",
      request_id: newId(),
    }),
    cancel_status: async () => ({ order: await cancelled() }),
    cancel_status_by_id: async () => {
      const { rows } = await panel.ctx.db.query("select id from cancels where order_id = $1", [
        await cancelled(),
      ]);
      return { cancel: String((rows[0] as { id: number }).id) };
    },
    cancel_statuses: async () => ({ orders: `${await cancelled()},none` }),
    changes: async () => ({ since: await changesCursor(), limit: "10" }),
    claim_product: async () => ({
      order: await bought(),
      reason: "used before",
      items: "1,2",
      quantity: "2",
      request_id: newId(),
    }),
    product_claim_status: async () => ({ claim: await claimed() }),
    product_claim_statuses: async () => ({ claims: `${await claimed()},none` }),
  };

  return {
    key,
    newId,
    send,
    placed,
    delivered,
    cancelled,
    subscribed,
    bought,
    claimed,
    changesCursor,
    scenes,
  };
}
