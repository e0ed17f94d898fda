import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { testPanel } from "@panelwright/server/test/panel.ts";
import { addProduct } from "./add-product.ts";
import { scriptedPanel } from "./scripted-panel.ts";

const folder = path.join(import.meta.dirname, "../examples");
const server = testPanel();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Runs an example as its reader would; `lines` grows while it runs. */
function start(name: string, args: readonly (string | number)[], env: Record<string, string>) {
  tried.add(name);
  const child = spawn(process.execPath, [path.join(folder, name), ...args.map(String)], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  ends.push(() => {
    child.kill();
    return ended;
  });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  return { child, ended, errors, output: createInterface(child.stdout) };
}

async function run(
  name: string,
  args: readonly (string | number)[],
  env: Record<string, string>,
): Promise<string[]> {
  const { ended, errors, output } = start(name, args, env);
  const lines: string[] = [];
  output.on("line", (line) => lines.push(line));
  const closed = once(output, "close");
  const [code] = await ended;
  await closed;
  expect(errors.join("")).toBe("");
  expect(code).toBe(0);
  return lines;
}

async function customer(balance = "100"): Promise<Record<string, string>> {
  const { key } = await server.addCustomer({ balance });
  return { PANEL_URL: `${server.url}/api/v2`, PANEL_KEY: key };
}

const tried = new Set<string>();

test("place-order places once, however often it is run", async () => {
  const service = await server.addService();
  const env = { ...(await customer()), REQUEST_ID: "stored-before" };
  const order = [service, "https://example.com/a", 100];

  const first = await run("place-order.ts", order, env);
  const second = await run("place-order.ts", order, env);

  expect(first).toEqual([expect.stringMatching(/^order \d+: Pending, 0\.09 USD$/)]);
  expect(second).toEqual(first);
});

test("place-order says why it was refused, and that a panel is away", async () => {
  const service = await server.addService();
  const order = [service, "https://example.com/a", 100];

  expect(await run("place-order.ts", order, await customer("0.01"))).toEqual([
    "refused (funds): Not enough funds on balance",
  ]);
  const closed = await scriptedPanel(() => "cut");
  await closed.close();
  const away = { PANEL_URL: closed.url, PANEL_KEY: "key" };
  expect(await run("place-order.ts", order, away)).toEqual([
    "the panel is away, nothing was charged; try again later",
  ]);
});

test("place-order never orders anew where nobody knows", async () => {
  const panel = await scriptedPanel(() => "cut");
  const env = { PANEL_URL: panel.url, PANEL_KEY: "key", REQUEST_ID: "mine" };

  expect(await run("place-order.ts", [1, "a", 100], env)).toEqual([
    "nobody knows; run again with REQUEST_ID=mine",
  ]);
  expect(panel.asked).toHaveLength(1);
});

test("sync-services lists what is sold and sees that nothing changed", async () => {
  const service = await server.addService({ name: "Likes" });

  const lines = await run("sync-services.ts", [], await customer());

  expect(lines).toContain(`new: ${service} Likes at 0.90`);
  expect(lines.at(-1)).toBe("unchanged");
});

test("watch-orders and refill-and-cancel speak of each order", async () => {
  const service = await server.addService();
  const env = await customer();
  const [placed = ""] = await run("place-order.ts", [service, "https://example.com/a", 100], env);
  const order = /\d+/.exec(placed)?.[0] ?? "";

  expect(await run("watch-orders.ts", [order, 999_999], env)).toEqual([
    `${order}: Pending, charge 0.09, from ?, 100 left`,
    "999999: Incorrect order ID",
  ]);
  expect(
    await run("refill-and-cancel.ts", ["--refill", order, "--cancel", `${order},999999`], env),
  ).toEqual([
    `refill of ${order}: The order is not completed`,
    `cancel of ${order}: requested`,
    "cancel of 999999: Incorrect order ID",
  ]);
});

test("follow-changes prints each change with the cursor after it", async () => {
  const change = { cursor: "8", event: "order.updated", at: "2026-01-01", data: { order: 1 } };
  const panel = await scriptedPanel(() => ({
    json: { changes: [change], cursor: "8", has_more: false },
  }));
  const env = { PANEL_URL: panel.url, PANEL_KEY: "key", CURSOR: "7" };

  expect(await run("follow-changes.ts", ["order.updated"], env)).toEqual([
    'order.updated {"order":1}',
    "CURSOR=8",
  ]);
  expect(panel.asked[0]?.fields).toMatchObject({ action: "changes", since: "7" });
});

test("receive-webhooks believes the panel, once for each event, and nobody else", async () => {
  const key = Buffer.from("0123456789abcdef01234567");
  const env = { WEBHOOK_SECRETS: `whsec_${key.toString("base64")}`, PORT: "0" };
  const { output } = start("receive-webhooks.ts", [], env);
  const lines = output[Symbol.asyncIterator]();
  const port = /\d+/.exec(String((await lines.next()).value))?.[0];
  const body = JSON.stringify({ type: "order.updated", data: { order: 5 } });
  const deliver = async (signedBody: string) => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const content = `evt_1.${timestamp}.${signedBody}`;
    const signature = createHmac("sha256", key).update(content).digest("base64");
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      headers: {
        "webhook-id": "evt_1",
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      },
      body,
    });
    return response.status;
  };

  expect(await deliver(body)).toBe(204);
  expect((await lines.next()).value).toBe('order.updated {"order":5}');
  expect(await deliver(body)).toBe(204);
  expect(await deliver("something else")).toBe(400);
  expect((await lines.next()).value).toBe("not believed: signature_wrong");
});

test("buy-product lists, buys once however often it is run, and says why not", async () => {
  const product = await addProduct(server, { lines: ["first ⚷", "second"] });
  const env = { ...(await customer()), REQUEST_ID: "stored-before" };

  const listed = await run("buy-product.ts", [], env);
  const first = await run("buy-product.ts", [product, 2, "me@example.com"], env);
  const second = await run("buy-product.ts", [product, 2, "me@example.com"], env);

  expect(listed).toContain(`${product} Netflix at 2.5, 2 there`);
  expect(listed).toContain("  asks: Input your account");
  expect(first).toEqual([expect.stringMatching(/^order \d+: Completed, 5$/), "first ⚷", "second"]);
  expect(second).toEqual(first);
  const more = await run("buy-product.ts", [product, 1, "me"], { ...env, REQUEST_ID: "other" });
  expect(more).toEqual([expect.stringMatching(/^refused \(\w+\): Out of stock$/)]);
});

test("every example is run here", () => {
  expect([...tried].toSorted()).toEqual(readdirSync(folder).toSorted());
});
