import { expect, test } from "vitest";
import { flushCallLog } from "#providers/call-log.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import { testPanel } from "#test/panel.ts";
import { pollOrders } from "./poll-orders.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, place, send, makeDue, order, desk, task, attempts } = scene;

const odd: readonly string[] = [
  "",
  " ",
  "null",
  "true",
  "0",
  "-1",
  "23501",
  '"ok"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '{"order":null}',
  '{"order":0}',
  '{"order":""}',
  '{"order":{}}',
  '{"order":[1,2]}',
  '{"order":"success"}',
  '{"status":"success"}',
  '{"status":200,"message":"Thank you"}',
  '{"data":null}',
  '{"data":[]}',
  '{"result":"ok"}',
  '{"response":[]}',
  '{"error":null}',
  '{"error":""}',
  '{"error":false}',
  '{"error":0}',
  '{"order":5,"error":"x"}',
  '{"order":1}{"order":2}',
  '{"order":1',
  "<html>OK</html>",
  "<?xml version='1.0'?><order>5</order>",
  "Fatal error: Allowed memory size",
  "order=5&status=ok",
  "\u0000\u0001",
  "<br />Notice: x[1]<br />",
  "{'order': 5}",
  '{"order":5,}',
  "NaN",
];

test("whatever an add is answered, it is sent once, and known to be with somebody", async () => {
  const ids = [];
  for (const [index] of odd.entries()) ids.push(await place(`link-${index}`));
  const left = new Map(odd.map((text, index) => [`link-${index}`, text]));
  first.answers(({ action, link = "" }) =>
    action === "add"
      ? { text: left.get(link) ?? "" }
      : { json: { balance: "1000", currency: "USD" } },
  );
  // Held as silent again and again: each hold is asked about until all are sent.
  for (let turn = 0; turn < 4 * odd.length && first.added().length < odd.length; turn++) {
    await makeDue();
    await send(first);
  }
  await makeDue();
  await send(first);

  expect(first.added().toSorted()).toEqual([...left.keys()].toSorted());
  for (const id of ids) {
    const [attempt, ...others] = await attempts(id);
    const { providerOrder, note } = await order(id);
    expect(others).toEqual([]);
    expect(["accepted", "unknown"]).toContain(attempt?.outcome);
    if (attempt?.outcome === "unknown") {
      expect(providerOrder).toBeUndefined();
      expect(note).toMatch(/^Outcome unknown: ./);
      expect(await desk(id)).toMatchObject([{ reason: "unknown" }]);
    } else {
      expect(providerOrder).toMatch(/^[0-9]+$/);
      expect(await task(id)).toMatchObject({ kind: "poll" });
    }
  }
}, 120_000);

test("whatever a state is answered, staff know of it after a few, and no charge becomes 0", async () => {
  for (const text of [
    ...odd,
    '{"status":3}',
    '{"status":"Weird","charge":"1,000"}',
    '{"status":{"a":1}}',
    '{"status":"Partial","remains":"lots"}',
    '{"status":"Completed","remains":"x"}',
    '{"Zustand":"Fertig"}',
  ]) {
    const id = await place("a");
    first.takesAll();
    await send(first);
    first.answers(() => ({ json: { status: "Processing", charge: "0.90" } }));
    await makeDue();
    await pollOrders(panel.ctx, await scene.provider(first));
    first.answers(() => ({ text }));
    for (let time = 0; time < 3; time++) {
      await makeDue();
      await panel.ctx.db.query("update provider_states set poll_rest_until = null");
      await pollOrders(panel.ctx, await scene.provider(first));
    }
    const now = await order(id);
    expect(now, text).toMatchObject({
      status: "processing",
      bookedCost: 90_000_000n,
      refunded: 0n,
    });
    const entries = await desk(id);
    expect(entries, text).toHaveLength(1);
    expect(entries[0]?.note?.length, text).toBeGreaterThan(20);
    await panel.ctx.db.query("delete from tasks");
  }
}, 120_000);

test("however a provider spells our key back, it stands in no log, note, attempt and desk", async () => {
  const key = "k3y/0123456789abcdef+ABCDEF&9'xyz";
  await scene.change(first, { key });
  const spelled = [
    JSON.stringify({ error: `bad key ${key}` }).replaceAll("/", "\\/"),
    `{"error":"bad key ${Array.from(key, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"}`,
    JSON.stringify({ error: `at https://x.example/?key=${encodeURIComponent(key)}` }),
    `<html>${key.replaceAll("&", "&amp;").replaceAll("'", "&#039;")}</html>`,
    JSON.stringify({ debug: Buffer.from(`key=${key}&action=add`).toString("base64") }),
    JSON.stringify({ error: `your key ${key.slice(0, 20)}… is wrong` }),
  ];
  const ids = [];
  for (const [index, text] of spelled.entries()) {
    const id = await place(`link-${index}`);
    ids.push(id);
    first.answers(({ action }) =>
      action === "add" ? { text } : { json: { balance: "1000", currency: "USD" } },
    );
    await makeDue();
    await send(first);
    await send(first);
  }
  await flushCallLog(panel.ctx);

  const { rows } = await panel.ctx.db.query<{ text: string }>(
    `select (select string_agg(c::text, ' ') from provider_calls c where provider_id = $1)
         || coalesce((select string_agg(a::text, ' ') from attempts a), '')
         || coalesce((select string_agg(d::text, ' ') from desk_entries d), '')
         || coalesce((select string_agg(s::text, ' ') from provider_states s), '')
         || (select string_agg(note, ' ') from orders where note is not null) as text`,
    [first.id()],
  );
  const [{ text } = { text: "" }] = rows;
  expect(text).toContain("***");
  for (let at = 0; at + 12 <= key.length; at++) expect(text).not.toContain(key.slice(at, at + 12));
  expect(text).not.toContain(Buffer.from(key).toString("base64").slice(4, 20));
  expect(text).not.toMatch(/u006b.{0,3}u0033.{0,3}u0079/);
  expect(new Set(first.added()).size).toBe(ids.length);
});
