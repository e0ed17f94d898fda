import { expect, test } from "vitest";
import { changeService } from "#catalog/change-service.ts";
import { inTransaction } from "#database/transaction.ts";
import { lockOrder } from "#orders/orders.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { refused } from "#values/result.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { orderPost } from "./place-post-order.ts";

const panel = testPanel();

test("a post of a service that is not sold any more gets no order", async () => {
  const service = await panel.addService({ type: "Subscriptions", min: 1, rate: amount("1") });
  const { id: account, key } = await panel.addCustomer({ balance: "5" });
  const terms = { username: "anna", min: 10, max: 20 };
  const placed = await panel.api({ key, action: "add", service, ...terms });
  const { order } = placed as { order: OrderId };
  const post = { link: "https://a.example/1", quantity: 1000 };
  // As a refusal, so that it is rolled back: the post itself is not there.
  const orderNext = () =>
    inTransaction(panel.ctx, async (tx) => {
      const parent = await lockOrder(tx, account, order);
      if (parent === undefined) throw new Error("no subscription");
      return refused(await orderPost(tx, parent, post, 1));
    });
  expect(await orderNext()).toMatchObject({ refusal: "accepted" });

  must(await changeService(panel.ctx, tester, service, () => ({ isEnabled: false })));

  expect(await orderNext()).toMatchObject({ refusal: "not_sold" });
});
