// Long because: one story fills every list and dossier once.
import { globSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { addHoldRule } from "#orders/hold-rules/change-hold-rules.ts";
import { pollOrders } from "#orders/tracking/poll-orders.ts";
import { runSchedules } from "#orders/schedules/run-schedules.ts";
import { addWebhook } from "#webhooks/change-webhook.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { addProduct, buy } from "#test/store.ts";
import { commandLineActor } from "#values/actor.ts";
import type { ProductId } from "#values/ids.ts";
import type { CliCommand, CommandContext } from "#cli/kit/command.ts";
import type { Typed } from "#cli/kit/option.ts";

// What every reading command says, in JSON and in words, byte for byte.

const panel = testPanel({ roles: ["api"] });
const scene = dispatchScene(panel);

const anna = commandLineActor("anna");
const commands = new Map<string, CliCommand>();
for (const file of globSync("*/*.ts", { cwd: import.meta.dirname })) {
  if (file.endsWith(".test.ts")) continue;
  const module = (await import(path.join(import.meta.dirname, file))) as Record<string, unknown>;
  for (const value of Object.values(module)) {
    if (isCommand(value)) commands.set(value.name, value);
  }
}

function isCommand(value: unknown): value is CliCommand {
  return typeof value === "object" && value !== null && "run" in value && "summary" in value;
}

/** Runs a command in this process; options by their names, without `--`. */
async function run(name: string, typed: Readonly<Record<string, Typed>> = {}) {
  const command = commands.get(name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const known = command.options.map(({ flags }) => flags.split(" ")[0]?.slice(2) ?? "");
  const unknown = Object.keys(typed).filter((word) => !known.includes(word));
  if (unknown.length > 0) throw new Error(`${name} has no option ${unknown.join(", ")}`);
  const context = {
    config: () => {
      throw new Error("not here");
    },
    open: async () => ({
      ctx: panel.ctx,
      database: panel.database,
      config: {},
      actor: anna,
    }),
    remark: () => {},
    outside: {},
  } as unknown as CommandContext;
  const result = await command.run(context, (option) =>
    option.take(typed[option.flags.split(" ")[0]?.slice(2) ?? ""]),
  );
  if (!result.ok) return { refused: result.refusal };
  return { json: result.value?.json, text: result.value?.text ?? "" };
}

let product: ProductId;
let byHand: ProductId;

beforeEach(async () => {
  const { ctx } = panel;
  product = await addProduct(panel, { stock: ["one", "two", "three"], lowMark: 5 });
  byHand = await addProduct(panel, {
    type: "service",
    name: "Account",
    question: "Who are you?",
    warrantyDays: 1,
    partDelivery: true,
  });
  await addWebhookOf(ctx);
});

async function addWebhookOf(ctx: typeof panel.ctx): Promise<void> {
  const { customer } = scene;
  const url = "https://hooks.example.com/panel";
  must(await addWebhook(ctx, anna, customer.id, { url, kinds: [] }));
}

const rows: readonly { service: number; name: string; category: string; rate: string }[] = [
  { service: 11, name: "Eleven", category: "Followers", rate: "1" },
  { service: 12, name: "Twelve", category: "Likes", rate: "0.5" },
];

test("every reading command says what it said before", async () => {
  const { customer, first } = scene;
  await scene.addSecond("3");
  const states = new Map<string, unknown>();
  let numbers = 1000;
  first.answers(({ action, link = "", order = "", orders = order }) => {
    if (action === "balance") return { json: { balance: "1000", currency: "USD" } };
    if (action === "services") {
      return { json: rows.map((row) => ({ type: "Default", min: 1, max: 100, ...row })) };
    }
    if (action === "status") {
      const known = orders.split(",").map((number) => [number, states.get(number)]);
      return { json: Object.fromEntries(known) as unknown };
    }
    if (action !== "add") return { json: { error: "no" } };
    if (link.includes("vanish")) return "hang_up";
    if (link.includes("refuse")) return { json: { error: "Incorrect service ID" } };
    states.set(String(numbers), {
      charge: "0.5",
      start_count: "10",
      status: "Partial",
      remains: "400",
      currency: "USD",
    });
    return { json: { order: numbers++ } };
  });
  scene.second.saysToAdd({ json: { error: "Incorrect service ID" } });
  const done = await scene.place("https://example.com/done");
  const refused = await scene.place("https://example.com/refuse");
  await scene.send(first);
  await scene.makeDue();
  await scene.send(scene.second);
  await pollOrders(panel.ctx, await scene.provider(first));
  await scene.makeDue();
  await pollOrders(panel.ctx, await scene.provider(first));
  const lost = await scene.place("https://example.com/vanish");
  await scene.send(first);

  const drip = await panel.addService({ dripfeed: true, min: 1, rate: amount("1") });
  const { key, email } = customer;
  const add = { key, action: "add", service: drip, quantity: 100 };
  const dripped = (await panel.api({
    ...add,
    link: "https://a.example",
    runs: 3,
    interval: 60,
  })) as {
    order: number;
  };
  const fed = await panel.addService({ type: "Subscriptions", min: 1, rate: amount("1") });
  const subscribed = (await panel.api({
    key,
    action: "add",
    service: fed,
    username: "anna",
    min: 100,
    max: 100,
  })) as { order: number };
  const byPanel = await panel.ctx.db.query<{ id: number }>(
    "select id from providers where name = 'manual'",
  );
  await runSchedules(panel.ctx, {
    ...(await scene.provider(first)),
    id: byPanel.rows[0]?.id as Awaited<ReturnType<typeof scene.provider>>["id"],
  });
  await panel.api({ ...add, link: "https://b.example" });
  const cancelled = (await panel.api({ ...add, link: "https://c.example" })) as { order: number };
  await panel.api({ key, action: "cancel", orders: cancelled.order });
  const complete = (await panel.api({ ...add, link: "https://d.example" })) as { order: number };
  expect(
    await run("order set", { id: String(complete.order), status: "completed" }),
  ).toHaveProperty("json");
  await panel.api({ key, action: "refill", order: complete.order });
  must(
    await addHoldRule(panel.ctx, anna, {
      decision: "hold",
      serviceId: undefined,
      reason: "new links",
      expiresAt: undefined,
      condition: { kind: "deny_link", match: "host", pattern: "held.example" },
    }),
  );
  // A process that starts now knows the rule from the beginning.
  const { url = "" } = await panel.openAnother(["api"]);
  const held = { ...add, service: String(drip), quantity: "100", link: "https://held.example/1" };
  await fetch(`${url}/api/v2`, { method: "POST", body: new URLSearchParams(held) });
  expect((await run("order held")).json).toHaveLength(1);

  await run("rate set", { email, service: String(drip), fixed: "0.8" });
  await run("product rate", { email, product: String(product), fixed: "2" });
  await run("key create", { email, scope: "read", name: "second" });
  await run("ledger bonus", { email, amount: "1.5", note: "thanks", reference: "bonus 1" });
  const bought = await buy(panel, key, product, { quantity: 2 });
  const asked = await buy(panel, key, byHand, { quantity: 2, require: "anna" });
  await run("product claim open", { id: text(bought), items: "1", reason: "does not work" });
  await run("service measure");
  await run("settings set", { key: "brand_name", value: "Shop" });
  const providerName = (await scene.provider(first)).name;
  expect(
    await run("provider import", {
      provider: providerName,
      "markup-percent": "25",
      apply: true,
    }),
  ).toHaveProperty("json");

  const said: string[] = [];
  const show = async (name: string, typed: Readonly<Record<string, Typed>> = {}) => {
    const { json, text: words, ...more } = await run(name, typed);
    const options = Object.entries(typed).map(([word, value]) => `--${word} ${String(value)}`);
    said.push(`# ${[name, ...options].join(" ")}`);
    said.push(JSON.stringify(json ?? more, null, 1), words ?? "");
  };
  for (const id of [
    done,
    refused,
    lost,
    dripped.order,
    subscribed.order,
    complete.order,
    999_999,
  ]) {
    await show("order show", { id: String(id) });
    await show("order timeline", { id: String(id) });
  }
  await show("order list");
  await show("order list", { email, status: "pending", limit: "3" });
  await show("order list", { before: String(refused) });
  await show("order list", { test: true });
  await show("order desk");
  await show("order desk", { reason: "failed", limit: "1" });
  await show("order held");
  await show("order stuck", { muted: true });
  await show("refill list");
  await show("refill list", { status: "completed" });
  await show("cancel list");
  await show("customer list");
  await show("customer list", { limit: "1", after: "1" });
  await show("customer statement", { email });
  await show("customer statement", { email, before: "3", limit: "1" });
  await show("customer statement", { email: "nobody@example.com" });
  await show("key list");
  await show("key list", { email });
  await show("rate list", { email });
  await show("service list");
  await show("service list", { category: "followers", status: "enabled", limit: "1" });
  await show("service list", { provider: providerName });
  await show("service list", { figures: true });
  await show("service below-cost");
  await show("source list", { service: String(scene.service) });
  await show("provider list");
  await show("provider score");
  await show("provider log", { provider: providerName, limit: "3" });
  await show("provider sync-log");
  await show("provider sync-log", { run: "1" });
  await show("provider sync-log", { provider: providerName });
  await show("product list");
  await show("product list", { low: true });
  await show("product show", { id: String(product) });
  await show("product items", { id: String(product) });
  await show("product items", { id: String(product), state: "free" });
  await show("product rates", { email });
  await show("product category");
  await show("product orders");
  await show("product orders", { email, status: "pending", waiting: true });
  await show("product orders", { product: String(product), before: "99" });
  await show("product order", { id: text(bought) });
  await show("product order", { id: text(asked), reveal: true });
  await show("product desk");
  await show("product claim list");
  await show("dripfeed list");
  await show("dripfeed show", { id: String(dripped.order) });
  await show("subscription list", { all: true });
  await show("subscription show", { id: String(subscribed.order) });
  await show("hold list", { all: true });
  await show("webhook list");
  await show("webhook list", { email });
  await show("webhook log", { id: "1" });
  await show("event list", { email });
  await show("audit list", { limit: "5" });
  await show("audit list", { subject: `order:${complete.order}` });
  await show("audit list", { actor: "cli:anna", limit: "2" });
  await show("settings get");
  await show("settings get", { key: "brand_name" });
  await show("ledger profit");
  await show("ledger profit", { by: "service" });
  await show("ledger profit", { by: "provider", days: "30" });
  await expect(steady(said.join("\n"))).toMatchFileSnapshot("./reading-commands.golden.txt");
});

function text(id: number | { readonly error: string }): string {
  if (typeof id !== "number") throw new Error(id.error);
  return String(id);
}

/** Without what differs from run to run: moments, keys, random ids, ports and lengths of time. */
function steady(said: string): string {
  return said
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replaceAll(/\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?/g, "<time>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>")
    .replaceAll(/\b(pw-\d+-\d+)-[0-9a-f]+/g, "$1-<random>")
    .replaceAll(/127\.0\.0\.1:\d+/g, "<host>")
    .replaceAll(/("(?:duration_ms|milliseconds)": )\d+/g, "$1<number>")
    .replaceAll(/ {2}\d+ ms\b/g, "  <number> ms")
    .replaceAll(/("hint": )"[^"]*"/g, '$1"<hint>"')
    .replaceAll(/…[0-9a-f]{4}\b/g, "<hint>");
}
