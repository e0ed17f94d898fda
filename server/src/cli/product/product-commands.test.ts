import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findProduct } from "#products/products.sql.ts";
import { testPanel } from "#test/panel.ts";
import { buy } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { runHere, runPanel, words } from "#test/run-panel.ts";

const panel = testPanel();
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "panel-products-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a command answers in JSON; it must be carried out. */
async function done(...args: string[]): Promise<unknown> {
  const run = await runPanel(panel.database.url, ...args, "--json");
  if (run.exitCode !== 0) throw new Error(`${args.join(" ")}: ${run.stderr}`);
  return run.json();
}

async function create(...more: string[]): Promise<ProductId> {
  const made = await done(
    ...words("product create --category Keys --name Key --type auto --rate 2.5"),
    ...more,
  );
  return (made as { product: ProductId }).product;
}

async function file(name: string, text: string): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, text);
  return at;
}

test("a product is made, changed, listed and shown", async () => {
  const id = await create("--question", "Your account", "--check", "email", "--low-mark", "5");

  const set = ["product", "set", String(id), "--rate", "3", "--question", "", "--min", "2"];
  const changed = await done(...set, "--max", "5", "--part-delivery", "--low-mark", "");
  await done("product", "discount", String(id), "--from", "3", "--percent", "10");
  const discounts = await done(
    ..."product discount".split(" "),
    String(id),
    "--from",
    "5",
    "--percent",
    "20",
  );
  await done("product", "discount", String(id), "--from", "3", "--remove");
  const listed = await done("product", "list");
  const shown = await done("product", "show", String(id));
  const spoken = await runPanel(panel.database.url, "product", "show", String(id));

  expect(changed).toMatchObject({ rate: "3.00", require: null, check: null, low_mark: null });
  expect(discounts).toMatchObject({ discounts: [{ from: 3 }, { from: 5, percent: "20" }] });
  expect(shown).toMatchObject({
    product: id,
    type: "Auto",
    min: 2,
    max: 5,
    status: "Out of stock",
    inventory: 0,
    part_delivery: true,
    discounts: [{ from: 5, percent: "20" }],
  });
  expect(listed).toEqual(expect.arrayContaining([shown]));
  expect(spoken.stdout).toContain("from 5: 20 %");
});

test("stock comes from a file, repetitions are named, lines are taken out and shown", async () => {
  const [id, other] = [await create("--low-mark", "1"), await create()];
  const customer = await panel.addCustomer();
  const first = await file("a.txt", "\uFEFFone 🎁\r\ntwo\r\n\r\nמפתח\r\none 🎁\r\n");
  const second = await file("b.txt", "two\nthree\n");

  const added = await done("product", "stock", String(id), first);
  const repeated = await done("product", "stock", String(other), "--file", second);
  const spoken = await runPanel(panel.database.url, "product", "stock", String(id), first);
  await buy(panel, customer.key, id);
  const items = (await done("product", "items", String(id))) as { item: number; state: string }[];
  const revealed = await done("product", "stock", String(id), "--reveal", String(items[2]?.item));
  const voided = await done(
    "product",
    "stock",
    String(id),
    "--void",
    `${items[0]?.item}-${items[1]?.item}`,
  );
  const burnt = await file("c.txt", "מפתח\n");
  const named = await done("product", "stock", String(id), burnt, "--void-lines");
  const shown = await done("product", "stock", String(id));

  expect(added).toMatchObject({ added: 3, repeated: 1, empty: 1, free: 3 });
  expect(added).toMatchObject({ first_repeated: [{ line: 5, product: id, line_before: 1 }] });
  expect(repeated).toMatchObject({
    added: 1,
    first_repeated: [{ line: 1, product: id, line_before: null }],
  });
  expect(spoken.stdout).toContain("0 added, 4 repeated, 1 empty");
  expect(items.map(({ state }) => state)).toEqual(["sold", "free", "free"]);
  expect(JSON.stringify(items)).not.toContain("two");
  expect(revealed).toMatchObject({ text: "מפתח", state: "free" });
  expect(voided).toMatchObject({ voided: 1, left: 1, free: 1 });
  expect(named).toMatchObject({ voided: 1, left: 0, free: 0 });
  expect(shown).toMatchObject({ free: 0, sold: 1, void: 2 });
  expect(await done("product", "list", "--low")).toMatchObject([{ product: id }]);
});

test("a customer gets a price of their own, and categories are moved", async () => {
  const id = await create("--category", "Games", "--visibility", "chosen");
  const { email } = await panel.addCustomer();
  const of = ["product", "rate", "--email", email, "--product", String(id)];

  expect(await done(...of, "--percent", "50")).toMatchObject({ rate: "1.25" });
  expect(await done(...of, "--fixed", "7")).toMatchObject({ rate: "7.00" });
  expect(await done("product", "rates", "--email", email)).toMatchObject([
    { product: id, list_rate: "2.50", fixed: "7.00", percent: null, rate: "7.00" },
  ]);
  expect(await done(...of, "--remove")).toMatchObject({ rate: "2.50" });
  await done("product", "category", "Games", "--rename", "Play", "--position", "0");
  expect(await done("product", "category")).toMatchObject([{ category: "Play", products: 1 }, {}]);
  expect((await findProduct(panel.ctx.db, id))?.category).toBe("Play");
});

test("a lost encryption key stops an upload with words, and writes nothing", async () => {
  const id = await create();
  await done("product", "stock", String(id), await file("d.txt", "before\n"));
  const after = await file("e.txt", "after\n");
  const env = {
    PANEL_DATABASE_URL: panel.database.url,
    PANEL_DATA: folder,
    PANEL_SECRET_FILE: path.join(folder, "missing.key"),
  };

  const lost = await runHere(env, "product", "stock", String(id), after, "--json");

  expect(lost.exitCode).toBe(1);
  expect(lost.json()).toMatchObject({ code: "secret_unavailable" });
  expect(lost.stderr).toContain("missing.key is missing");
  expect(await done("product", "stock", String(id))).toMatchObject({ free: 1 });
  expect(await done("product", "stock", String(id), after)).toMatchObject({ added: 1 });
});
