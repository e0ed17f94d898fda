import { beforeAll, expect, test, vi } from "vitest";
import { amount, testPanel } from "#test/panel.ts";
import type { TestCustomer } from "#test/panel.ts";
import type { ServiceId } from "#values/ids.ts";
import { runPanel, words } from "#test/run-panel.ts";

const panel = testPanel({ roles: ["api", "worker"] });
let customer: TestCustomer;
let service: ServiceId;
let [unknown, failed, accepted] = [0, 0, 0];

const run = (line: string) => runPanel(panel.database.url, ...words(line), "--json");
const say = (line: string) => runPanel(panel.database.url, ...words(line));

async function place(link: string): Promise<number> {
  const { key } = customer;
  const placed = await panel.api({ key, action: "add", service, link, quantity: 1000 });
  return (placed as { order: number }).order;
}

/** Places an order and waits until its try has ended so. */
async function tried(link: string, outcome: string): Promise<number> {
  const order = await place(link);
  const text = "select outcome from attempts where order_id = $1 order by number desc limit 1";
  await vi.waitFor(
    async () => {
      const { rows } = await panel.ctx.db.query<{ outcome: unknown }>(text, [order]);
      expect(rows).toEqual([{ outcome }]);
    },
    { timeout: 20_000, interval: 50 },
  );
  return order;
}

beforeAll(async () => {
  customer = await panel.addCustomer();
  service = await panel.addService({ provider: "sandbox", rate: amount("2"), min: 1 });
  unknown = await tried("sandbox-unknown", "unknown");
  failed = await tried("sandbox-refused", "refused");
  accepted = await tried("sandbox-stuck", "accepted");
}, 90_000);

test("the desk shows what waits, why, where, and what to do", async () => {
  const desk = await say("order desk");
  expect(desk.stdout).toContain("1 failed: refused by every provider: panel order resend");
  expect(desk.stdout).toMatch(
    new RegExp(`Order ${unknown}, unknown, at Sandbox, since .*\\n  Sent to Sandbox at 20`),
  );
  expect((await run("order desk --reason failed")).json()).toMatchObject({
    counts: { unknown: 1, failed: 1 },
    entries: [{ order: failed, reason: "failed", provider: "Sandbox" }],
  });
});

test("an order shows its tries, its desk and its costs", async () => {
  expect((await run(`order show ${unknown}`)).json()).toMatchObject({
    attempts: [{ number: 1, provider: "Sandbox", outcome: "unknown" }],
    desk: [{ reason: "unknown", closed: null }],
    calls: [],
    booked_cost: "0.00",
  });
  const shown = await say(`order show ${failed}`);
  expect(shown.stdout).toContain("On the desk: Refused by the provider: The sandbox refuses");
});

test.each([
  ["resend_unknown", () => `order resend ${unknown}`, "order settle"],
  ["resend_taken", () => `order resend ${accepted}`, "The provider has it as"],
  ["nothing_to_settle", () => `order settle ${accepted} --refused`, "order show"],
  ["provider_order_taken", () => `order settle ${unknown} --accepted TAKEN`, `Order`],
  ["order_unknown", () => "order settle 999999 --refused", "no such order"],
  ["order_unknown", () => "order resend 999999", "no such order"],
  ["source_unknown", () => `source remove ${service} --provider manual --provider-service 1`, ""],
  [
    "source_rate_invalid",
    () => `source add ${service} --provider manual --provider-service 1 --rate 0`,
    "",
  ],
  [
    "source_invalid",
    () => `source add ${service} --provider manual --provider-service ${"1".repeat(101)}`,
    "",
  ],
  ["service_unknown", () => "source add 999999 --provider manual --provider-service 1", ""],
  ["provider_unknown", () => `source add ${service} --provider nobody --provider-service 1`, ""],
])("%s is refused in words", async (code, line, said) => {
  const { rows } = await panel.ctx.db.query<{ provider_order: string }>(
    "select provider_order from attempts where order_id = $1",
    [accepted],
  );
  const refusal = await run(line().replace("TAKEN", rows[0]?.provider_order ?? ""));
  expect(refusal.exitCode).toBe(1);
  expect(refusal.json()).toEqual({ error: refusal.stderr.trim(), code });
  expect(refusal.stderr).toContain(said);
});

test.each([
  "order settle 1",
  "order settle 1 --refused --accepted 2",
  "source set 1 --provider manual --provider-service 1",
])("%s is no whole sentence", async (line) => {
  expect(await run(line)).toMatchObject({ exitCode: 2 });
});

test("sources are added, listed, changed and taken away", async () => {
  const key = `${service} --provider manual --provider-service 7`;
  const added = await say(`source add ${key} --rate 0.5 --position 2`);
  expect(added.stdout).toContain("may also be delivered by manual");
  expect((await run(`source add ${key}`)).json()).toMatchObject({ code: "source_taken" });
  const set = await run(`source set ${key} --status disabled`);
  expect(set.json()).toMatchObject({ rate: "0.50", position: 2, status: "disabled" });
  expect((await run(`source list ${service}`)).json()).toMatchObject({
    routing: "preference",
    sources: [
      { provider: "Sandbox", position: "own", state: "open" },
      { provider: "By hand", provider_service: "7", rate: "0.50", state: "disabled" },
    ],
  });
  expect(await say(`source remove ${key}`)).toMatchObject({ exitCode: 0 });
});

test("an operator settles both ways, hears what it did to the money, and sends again", async () => {
  const again = await say(`order resend ${failed}`);
  expect(again.stdout).toContain(`Order ${failed} goes to Sandbox again. No money was moved.`);

  const refused = await say(`order settle ${unknown} --refused --note seen`);
  expect(refused.stdout).toContain(
    "waits on the desk as failed, outside Pending. No money was moved",
  );
  const twice = await run(`order settle ${unknown} --refused`);
  expect(twice.json()).toMatchObject({ code: "nothing_to_settle" });

  await panel.ctx.db.query(
    `insert into settings (key, value) values ('refused_orders', '"refund"')`,
  );
  const next = await tried("sandbox-unknown-2", "unknown");
  const refunded = await say(`order settle ${next} --refused`);
  expect(refunded.stdout).toContain("it is Canceled. 2.00 USD went back to the customer.");

  const other = await tried("sandbox-unknown-3", "unknown");
  const taken = await say(`order settle ${other} --accepted my-number`);
  expect(taken.stdout).toContain("is the provider's order my-number and is followed there");
});
