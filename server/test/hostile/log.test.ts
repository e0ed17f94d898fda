import { afterAll, beforeAll, expect, test } from "vitest";
import { hashApiKey } from "#customers/api-key.ts";
import { connect } from "#database/connection.ts";
import { startPanelProcess } from "#test/scenarios/panel-process.ts";
import type { PanelProcess } from "#test/scenarios/panel-process.ts";
import { testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import { form, jsonBody, send, sendBytes } from "./send.ts";

const panel = testPanel();
let customer: TestCustomer;
let service: number;
let running: PanelProcess;

beforeAll(async () => {
  service = await panel.addService();
  customer = await panel.addCustomer({ balance: "1000" });
  running = await startPanelProcess(panel.database.url, { env: { PANEL_LOG_LEVEL: "debug" } });
});
afterAll(() => running.stop());

async function asOwner(text: string): Promise<void> {
  const owner = await connect(panel.database.ownerSettings);
  await owner.query(text).finally(() => owner.end());
}

test("neither a key nor its hash is ever written to the log, whatever goes wrong", async () => {
  const { key } = customer;
  const { url } = running;
  const wrong = "f".repeat(31);
  const order = { action: "add", service, link: "a", quantity: 100 };
  const everyWay = async (secret: string) => {
    const fields = { key: secret, ...order };
    const query = new URLSearchParams({ key: secret, action: "balance" }).toString();
    await send(url, form(fields));
    await send(url, jsonBody(fields));
    await send(url, { method: "GET", path: `/api/v2?${query}` });
    await send(url, { method: "GET", path: `/healthz?${query}` });
    await send(url, { method: "GET", path: `/nowhere?${query}` });
    await send(url, { ...form(fields), headers: { Authorization: `Bearer ${secret}` } });
    await send(url, jsonBody(`{"key":"${secret}",`));
    await sendBytes(url, `GET /api/v2?${query} HTTP/9.9\r\n\r\n`, { quietMs: 50 });
    await sendBytes(url, `key=${secret} nonsense\r\n\r\n`, { quietMs: 50 });
  };

  await everyWay(key);
  await everyWay(wrong);
  // Failures of the world are logged with everything that they carry.
  await asOwner("alter table orders rename to orders_gone");
  await everyWay(key);
  await asOwner("alter table orders_gone rename to orders");
  await asOwner("alter table api_keys rename to api_keys_gone");
  await send(url, form({ key, action: "services" }));
  await send(url, form({ key: `${wrong}0`, action: "balance" }));
  await asOwner("alter table api_keys_gone rename to api_keys");

  await expect.poll(() => running.output()).toContain("reseller request failed");
  const answer = await send(url, form({ key, action: "balance" }));
  expect(JSON.parse(answer.text)).toHaveProperty("balance");
  for (const secret of [key, wrong, hashApiKey(key), hashApiKey(wrong)]) {
    expect(running.output()).not.toContain(secret);
  }
});

test("the process that answered all this ends cleanly when it is told to", async () => {
  expect(await running.stop()).toBe(0);
});
