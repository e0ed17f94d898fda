import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setOrder } from "#orders/set-order.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { OrderId } from "#values/ids.ts";
import { deliverWebhooks } from "#webhooks/deliver-webhooks.ts";
import { runPanel, words } from "#test/run-panel.ts";

const panel = testPanel();
let requests = 0;
const receiver = createServer((request, response) => {
  requests++;
  request.resume();
  response.writeHead(200).end("thank you");
});
const run = (line: string) => runPanel(panel.database.url, ...words(line), "--json");

beforeAll(() => new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  receiver.closeAllConnections();
  return new Promise<void>((resolve) => receiver.close(() => resolve()));
});

test("a webhook is added, tested, delivered to, replayed, rotated, switched off and removed", async () => {
  const service = await panel.addService();
  const { email, key } = await panel.addCustomer();
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  await run("settings set webhooks_private yes");

  const added = await run(`webhook add ${email} ${url} --events order.updated,balance.low`);
  expect(added.json()).toEqual({ webhook: 1, secret: expect.stringMatching(/^whsec_.{44}$/) });
  const tested = await run("webhook test 1");
  expect(tested).toMatchObject({ exitCode: 0 });
  expect(tested.json()).toMatchObject({ taken: true, http_status: 200, answer: "thank you" });

  const placed = await panel.api({ key, action: "add", service, link: "a", quantity: 100 });
  const { order } = placed as { order: OrderId };
  must(await setOrder(panel.ctx, tester, order, { status: "in_progress" }));
  must(await setOrder(panel.ctx, tester, order, { status: "completed", remains: 0 }));
  await deliverWebhooks(panel.ctx, new AbortController().signal);

  const events = await run(`event list ${email}`);
  expect(events.json()).toMatchObject([
    { number: 1, event: "order.updated", data: { order, status: "In progress" } },
    { number: 2, event: "order.updated", data: { order, status: "Completed" } },
  ]);
  const log = await run("webhook log 1");
  expect(log.json()).toMatchObject([
    { event: "order.updated", taken: true, answer: "thank you" },
    { event: "order.updated" },
    { event: "webhook.test" },
  ]);
  expect((await run("webhook list")).json()).toMatchObject([
    { webhook: 1, url, status: "enabled", last_event: 2, failures: 0 },
  ]);

  expect((await run("webhook replay 1 --from 2")).json()).toEqual({
    webhook: 1,
    from: 2,
    events: 1,
  });
  await deliverWebhooks(panel.ctx, new AbortController().signal);
  expect(requests).toBe(4);
  const refused = await runPanel(panel.database.url, ...words("webhook replay 1 --from 9"));
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toContain("Only the events 1 to 2 are kept.");

  const rotated = await run("webhook rotate 1");
  expect(rotated.json()).not.toEqual(added.json());
  const off = await run("webhook set 1 --status disabled --events all");
  expect(off.json()).toMatchObject({ status: "disabled", events: "all" });
  expect((await run("webhook remove 1")).exitCode).toBe(0);
  expect((await run("webhook list")).json()).toEqual([]);

  const audit = JSON.stringify((await run("audit list")).json());
  expect(audit).toContain("webhook.rotate");
  expect(audit).not.toContain("whsec_");
});

test("a customer's mark is set and taken away", async () => {
  const { email, id } = await panel.addCustomer();
  const marks = () =>
    panel.ctx.db.query("select mark from low_balance_marks where account_id = $1", [id]);

  await run(`customer set ${email} --low-balance 12.50`);
  expect((await marks()).rows).toEqual([{ mark: "12.50000000" }]);
  await run(`customer set ${email} --low-balance none`);
  expect((await marks()).rows).toEqual([]);
});
