import { describe, expect, test } from "vitest";
import { setProviderBalance } from "#providers/provider-states.sql.ts";
import { findPollRest } from "#providers/poll-rests.sql.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { dispatchScene } from "#test/dispatch-scene.ts";
import type { OrderId } from "#values/ids.ts";
import { pollOrders } from "./poll-orders.ts";
import { setOrder } from "#orders/set-order.ts";

const panel = testPanel();
const scene = dispatchScene(panel);
const { first, place, send, makeDue, change, order, desk } = scene;

type Said = { readonly json: unknown } | { readonly text: string };

/** An order that the first provider took. */
async function taken(link = "a"): Promise<OrderId> {
  const id = await place(link);
  first.takesAll();
  await send(first);
  return id;
}

/** Lets the provider answer every question so, and asks it so many times. */
async function hear(said: Said, times = 1): Promise<void> {
  first.answers(() => said);
  for (let time = 0; time < times; time++) {
    await makeDue();
    await panel.ctx.db.query("update provider_states set poll_rest_until = null");
    await pollOrders(panel.ctx, await scene.provider(first));
  }
}

const problem = async () => (await findPollRest(panel.ctx.db, first.id())).problem;

describe("answers that nobody can read", () => {
  test.each<[what: string, said: Said, excerpt: RegExp]>([
    ["null", { json: null }, /null/],
    ["an empty body", { text: "" }, /empty/],
    ["an empty object", { json: {} }, /\{\}/],
    ["a page", { text: "<html><h1>Be right back</h1></html>" }, /Be right back/],
    ["a state under a name that nobody knows", { json: { Zustand: "Fertig" } }, /Zustand/],
  ])(
    "%s: from the third on it is noted and lies on the desk, until it is read again",
    async (_, said, excerpt) => {
      const id = await taken();

      await hear(said, 2);
      expect(await desk(id)).toEqual([]);
      expect(await order(id)).toMatchObject({ status: "pending", note: undefined });
      await hear(said);

      const noted = await order(id);
      expect(noted).toMatchObject({ status: "pending", note: expect.stringMatching(excerpt) });
      expect(await desk(id)).toMatchObject([
        { reason: "unreadable", note: expect.stringMatching(excerpt) },
      ]);
      expect(await problem()).toMatch(excerpt);

      await hear({ json: { status: "In progress", remains: "5", charge: "1.00" } });
      expect(await order(id)).toMatchObject({ status: "in_progress", note: undefined });
      expect(await desk(id)).toEqual([]);
      expect(await problem()).toBeUndefined();
    },
  );

  test("a number that nobody mapped lies on the desk as a word that nobody knows", async () => {
    const id = await taken();
    await hear({ json: { status: 3, charge: "1.00" } }, 3);

    expect(await order(id)).toMatchObject({ note: 'Provider: unknown status "3"' });
    expect(await desk(id)).toMatchObject([{ reason: "status_unknown" }]);

    await change(first, { settings: { status_words: "3:Completed" } });
    await hear({ json: { status: 3, charge: "1.00", remains: 0 } });
    expect(await order(id)).toMatchObject({ status: "completed", note: undefined });
    expect(await desk(id)).toEqual([]);
  });

  test.each(["100", "1"])("a mapped number is a state, with status_batch=%s", async (batch) => {
    await change(first, { settings: { status_words: "2:Completed", status_batch: batch } });
    const id = await taken();
    await hear({ json: { status: 2, charge: "0.01", remains: 0 } });
    expect(await order(id)).toMatchObject({ status: "completed", bookedCost: amount("0.01") });
  });

  test("one row of a batch that cannot be read is noted, and the others move", async () => {
    const [one, two] = [await taken("a"), await place("b")];
    await send(first);
    const [known, odd] = [(await order(one)).providerOrder, (await order(two)).providerOrder];
    const said = { [known ?? ""]: { status: "Processing" }, [odd ?? ""]: { status: null, x: 1 } };
    await hear({ json: said }, 3);

    expect(await order(one)).toMatchObject({ status: "processing", note: undefined });
    expect(await desk(two)).toMatchObject([
      { reason: "unreadable", note: expect.stringContaining('"x":"1"') },
    ]);
  });

  test("bytes that are no text are counted in the note, not shown", async () => {
    const id = await taken();
    await hear({ text: "\u0000\u0001\u0002{\u0003" }, 3);
    expect(await order(id)).toMatchObject({
      note: expect.stringContaining("5 bytes that are no text"),
    });
  });
});

describe("a charge that is not clear", () => {
  const completed = (more: object) => ({ json: { status: "Completed", remains: 0, ...more } });

  test.each<[said: object, words: string]>([
    [{ charge: "free of charge" }, 'charge "free of charge" cannot be read'],
    [{ charge: "1,234" }, 'charge "1,234" cannot be read'],
    [{ charge: "1.00", currency: "EUR" }, "charge 1.00 EUR not booked"],
    [{ charge: "€1.00" }, "charge 1.00 EUR not booked"],
    [{ charge: "-1.00" }, "charge -1.00 not booked"],
    [{ charge: "99999" }, "charge 99999.00 not booked, 1.00 expected"],
  ])("%j is booked as nothing else, and staff see it", async (said, words) => {
    const id = await taken();
    await hear({ json: { status: "In progress", remains: 10, charge: "0.90" } });
    await hear(completed(said));

    const ended = await order(id);
    expect(ended).toMatchObject({ status: "completed", bookedCost: amount("0.90") });
    expect(ended.note).toContain(words);
    expect(await desk(id)).toMatchObject([{ reason: "cost_unclear" }]);
    const { rowCount } = await panel.ctx.db.query(
      "select from postings where order_id = $1 and kind = 'cost'",
      [id],
    );
    expect(rowCount).toBe(1);

    must(await setOrder(panel.ctx, tester, id, { note: "asked: 1.00" }));
    expect(await desk(id)).toEqual([]);
  });

  test.each<[said: object, booked: string]>([
    [{ charge: "1,234.50" }, "1234.50"],
    [{ charge: "1.00", currency: "USD" }, "1.00"],
    [{ charge: "1.00", currency: "usd" }, "1.00"],
    [{ charge: "0,95" }, "0.95"],
    [{ charge: null }, "0"],
    [{ charge: 0, currency: "EUR" }, "0"],
  ])("%j is clear", async (said, booked) => {
    const id = await place("a");
    await panel.ctx.db.query("update orders set cost = 1000 where id = $1", [id]);
    first.takesAll();
    await send(first);
    await hear(completed(said));

    expect(await order(id)).toMatchObject({ bookedCost: amount(booked), note: undefined });
    expect(await desk(id)).toEqual([]);
  });

  test("while the order goes on it is a note, which goes away with a clear one", async () => {
    const id = await taken();
    await hear({ json: { status: "In progress", remains: 10, charge: "?!" } });
    expect((await order(id)).note).toContain('charge "?!" cannot be read');
    expect(await desk(id)).toEqual([]);

    await hear({ json: { status: "In progress", remains: 10, charge: "1" } });
    expect(await order(id)).toMatchObject({ note: undefined, bookedCost: amount("1") });
  });

  test("the provider's own currency is what it is set up in", async () => {
    await change(first, { currency: "EUR", exchangeRate: amount("2") });
    const id = await taken();
    await hear(completed({ charge: "0.40", currency: "EUR" }));
    expect(await order(id)).toMatchObject({ bookedCost: amount("0.80"), note: undefined });
  });

  test("is in what the provider called its currency when a rate for it was set", async () => {
    const provider = await scene.provider(first);
    await setProviderBalance(panel.ctx.db, provider.id, { balance: amount("9"), currency: "EUR" });
    await change(first, { exchangeRate: amount("2") });
    const id = await taken();
    await hear(completed({ charge: "0.40", currency: "EUR" }));
    expect(await order(id)).toMatchObject({ bookedCost: amount("0.80"), note: undefined });
  });
});

describe("counts that cannot be read", () => {
  test("are noted, and stand for no number", async () => {
    const id = await taken();
    await hear({
      json: { status: "In progress", start_count: "lots", remains: "12.5", charge: "1" },
    });
    expect(await order(id)).toMatchObject({
      status: "in_progress",
      startCount: undefined,
      remains: 1000,
      note: 'Provider: start_count "lots" cannot be read; remains "12.5" cannot be read',
    });
  });

  test("Completed with remains that cannot be read is not believed", async () => {
    const id = await taken();
    await hear({ json: { status: "Completed", remains: "some", charge: "1" } });
    expect(await order(id)).toMatchObject({ status: "pending" });
    expect(await desk(id)).toMatchObject([{ reason: "completed_short" }]);
  });
});
