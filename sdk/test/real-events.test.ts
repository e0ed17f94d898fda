import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setOrder } from "@panelwright/server/src/orders/set-order.ts";
import { addWebhook } from "@panelwright/server/src/webhooks/change-webhook.ts";
import { deliverWebhooks } from "@panelwright/server/src/webhooks/deliver-webhooks.ts";
import { tester } from "@panelwright/server/test/actors.ts";
import { must, testPanel } from "@panelwright/server/test/panel.ts";
import { openPanel, verifyWebhook } from "panelwright-sdk";
import type { Change, WebhookEvent } from "panelwright-sdk";

const server = testPanel();
const events: Promise<WebhookEvent>[] = [];
let secret = "";
const receiver = createServer((request, response) => {
  void (async () => {
    const body = await buffer(request);
    events.push(verifyWebhook(secret, request.headers, body));
    response.writeHead(204).end();
  })();
});

beforeAll(() => new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  receiver.closeAllConnections();
  return new Promise<void>((resolve) => receiver.close(() => resolve()));
});

test("changes and webhooks of a real panel say the same, in the words of status", async () => {
  const service = await server.addService();
  const customer = await server.addCustomer();
  const panel = openPanel({ url: `${server.url}/api/v2`, key: customer.key, backoffMs: 1 });
  await server.ctx.db.query(
    `insert into settings (key, value) values ('webhooks_private', '"yes"')`,
  );
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  ({ secret } = must(await addWebhook(server.ctx, tester, customer.id, { url })));
  const begun = await panel.changes();
  const { order } = await panel.order({ service, link: "https://example.com/a", quantity: 100 });
  const id = order as Parameters<typeof setOrder>[2];

  must(await setOrder(server.ctx, tester, id, { status: "in_progress", startCount: 5 }));
  must(await setOrder(server.ctx, tester, id, { status: "partial", remains: 30 }));
  await deliverWebhooks(server.ctx, new AbortController().signal);
  const followed: Change[] = [];
  for await (const change of panel.followChanges({ since: begun.cursor ?? "", pollMs: 1 })) {
    followed.push(change);
    if (followed.length === 2) break;
  }

  expect(begun).toMatchObject({ changes: [], hasMore: false, cursor: expect.any(String) });
  const received = await Promise.all(events);
  expect(received.map(({ type, at, data }) => ({ event: type, at, data }))).toEqual(
    followed.map(({ event, at, data }) => ({ event, at, data })),
  );
  const state = await panel.status(order);
  expect(followed[1]?.data).toMatchObject({
    order,
    status: state.statusText,
    charge: state.charge,
    remains: String(state.remains),
  });
});

test("following without a cursor begins now; one that is too old is refused for good", async () => {
  const service = await server.addService();
  const customer = await server.addCustomer();
  const panel = openPanel({ url: `${server.url}/api/v2`, key: customer.key, backoffMs: 1 });
  const { order } = await panel.order({ service, link: "https://example.com/a", quantity: 100 });
  const id = order as Parameters<typeof setOrder>[2];

  const { cursor } = await panel.changes();
  await server.ctx.db.query("delete from event_streams where account_id = $1", [customer.id]);
  await expect(panel.changes({ since: cursor ?? "" })).rejects.toMatchObject({
    code: "cursor_too_old",
    kind: "missing",
  });
  const following = panel.followChanges({ pollMs: 5 });
  const next = following.next();
  await expect
    .poll(async () => {
      const sql = "select 1 from event_streams where account_id = $1";
      return (await server.ctx.db.query(sql, [customer.id])).rowCount;
    })
    .toBe(1);
  must(await setOrder(server.ctx, tester, id, { status: "canceled" }));

  expect((await next).value).toMatchObject({ event: "order.updated", data: { order } });
  await following.return();
});
