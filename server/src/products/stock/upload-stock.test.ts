import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { inTransaction } from "#database/transaction.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { insertSoldItems, itemPurpose, lockStock, takeFreeItems } from "#products/items.sql.ts";
import { sealLine } from "#product-orders/deliver-lines.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import { addProduct, buy, keys } from "#test/store.ts";
import type { ProductId } from "#values/ids.ts";
import { listProducts } from "#products/products.sql.ts";
import { countItems, findItem, listItems } from "./stock.sql.ts";
import { asFile } from "#test/as-file.ts";
import { uploadStock } from "./upload-stock.ts";
import { listUploads } from "./uploads.sql.ts";
import { voidStock } from "./void-stock.ts";

const panel = testPanel();

const upload = (id: ProductId, text: string | Uint8Array) =>
  uploadStock(panel.ctx, tester, id, asFile(text, 1000));

async function freeOf(id: ProductId): Promise<number | undefined> {
  return (await listProducts(panel.ctx.db)).find((product) => product.id === id)?.free;
}

/** The lines of a product's free items in the order in which they will be sold. */
async function linesOf(id: ProductId): Promise<(string | undefined)[]> {
  const secrets = await panel.ctx.secrets();
  const items = await listItems(panel.ctx.db, id, { state: "free", after: 0, limit: 200_000 });
  const lines: (string | undefined)[] = [];
  for (const { id: item } of items) {
    const found = await findItem(panel.ctx.db, id, item);
    lines.push(found && secrets.open(itemPurpose(found.digest), found.sealed));
  }
  return lines;
}

describe("an upload", () => {
  test("keeps lines in their order and as they are, sealed, and says what it did", async () => {
    const id = await addProduct(panel);
    const lines = ["zed:1", "🦊‍🔥 café", "مفتاح: ٤٢ abc", "a b\tc", `long ${"x".repeat(3000)}`];

    const done = must(await upload(id, `\uFEFF${lines.join("\r\n")}\r\n\r\n \n`));

    expect(done).toMatchObject({ added: 5, repeated: 0, empty: 2, free: 5, firstRepeated: [] });
    expect(await linesOf(id)).toEqual(lines);
    expect(await listUploads(panel.ctx.db, id, 10)).toMatchObject([
      { actor: "cli:test", added: 5, repeated: 0, empty: 2 },
    ]);
    const { rows } = await panel.ctx.db.query(
      "select i::text as item from product_items i where product_id = $1",
      [id],
    );
    expect(JSON.stringify(rows)).not.toMatch(/zed:1|café|مفتاح|x{20}/);
    const audit = await panel.ctx.db.query("select after::text from audit_entries");
    expect(JSON.stringify(audit.rows)).not.toMatch(/zed:1|café|مفتاح|x{20}/);
  });

  test("leaves out what came before: in the file, in this product, in another, void or sold", async () => {
    const [id, other] = [await addProduct(panel), await addProduct(panel)];
    const customer = await panel.addCustomer();
    const name = randomUUID();
    must(await upload(id, `sold ${name}\nvoid ${name}\nfree ${name}`));
    must(await upload(other, `other ${name}`));
    await buy(panel, customer.key, id);
    must(await voidStock(panel.ctx, tester, id, asFile(`void ${name}`)));

    const done = must(
      await upload(
        id,
        ["new", "sold", "void", "free", "other", "new", "last"]
          .map((word) => `${word} ${name}`)
          .join("\n"),
      ),
    );

    expect(done).toMatchObject({ added: 2, repeated: 5, free: 3 });
    expect(done.firstRepeated).toEqual([
      { line: 2, productId: id, lineBefore: undefined },
      { line: 3, productId: id, lineBefore: undefined },
      { line: 4, productId: id, lineBefore: undefined },
      { line: 5, productId: other, lineBefore: undefined },
      { line: 6, productId: undefined, lineBefore: 1 },
    ]);
    expect(await linesOf(id)).toEqual(["free", "new", "last"].map((word) => `${word} ${name}`));
  });

  test("leaves out what a provider gave or staff delivered by hand", async () => {
    const [id, other] = [await addProduct(panel), await addProduct(panel)];
    const customer = await panel.addCustomer();
    const name = randomUUID();
    const secrets = await panel.ctx.secrets();
    must(await upload(other, `a ${name}\nb ${name}`));
    const first = await buy(panel, customer.key, other);
    if (typeof first !== "number") throw new Error("not bought");
    await inTransaction(panel.ctx, async (tx) => {
      const to = { accountId: customer.id, productOrderId: first, placesBefore: 1 };
      await insertSoldItems(tx, other, "provider", [sealLine(secrets, `given ${name}`)], to);
      const next = { ...to, placesBefore: 2 };
      await insertSoldItems(tx, other, "hand", [sealLine(secrets, `hand ${name}`)], next);
      // Else the order would have more items than it was delivered.
      await tx.query("update product_items set state = 'replaced' where place > 1");
    });

    const done = must(await upload(id, `given ${name}\nnew ${name}\nhand ${name}`));

    expect(done).toMatchObject({ added: 1, repeated: 2 });
    expect(done.firstRepeated.map(({ line, productId }) => [line, productId])).toEqual([
      [1, other],
      [3, other],
    ]);
  });

  test("with a line that cannot be stored writes nothing at all", async () => {
    const id = await addProduct(panel);
    const bytes = Buffer.concat([Buffer.from(`${randomUUID()}\n`), Buffer.of(0xff, 10)]);

    expect(await upload(id, bytes)).toEqual({
      ok: false,
      refusal: { code: "stock_line_invalid", line: 2, problem: "not_utf8" },
    });
    expect(await upload(id, "\n \n")).toMatchObject({ refusal: { code: "stock_empty" } });

    expect(await freeOf(id)).toBe(0);
    expect(await listUploads(panel.ctx.db, id, 10)).toEqual([]);
  });

  test("of the same file twice at once adds each line once, to whichever product", async () => {
    const products = [await addProduct(panel), await addProduct(panel), await addProduct(panel)];
    const lines = keys(5000, randomUUID());
    const backwards = lines.toReversed();

    const done = await Promise.all([
      ...products.map((id) => upload(id, lines.join("\n"))),
      ...products.map((id) => upload(id, backwards.join("\n"))),
    ]);

    expect(done.map(must).reduce((sum, { added }) => sum + added, 0)).toBe(5000);
    const stocks = await Promise.all(products.map(linesOf));
    expect(stocks.flat()).toHaveLength(5000);
    expect(new Set(stocks.flat())).toEqual(new Set(lines));
    expect(await Promise.all(products.map(freeOf))).toEqual(stocks.map((stock) => stock.length));
  });

  test("while buyers buy loses no line and sells none twice", async () => {
    const id = await addProduct(panel);
    const customer = await panel.addCustomer({ balance: "1000" });
    const lines = keys(60, randomUUID());
    const files = [0, 20, 40].map((at) => lines.slice(at, at + 20).join("\n"));

    const buying = Array.from({ length: 40 }, () => buy(panel, customer.key, id));
    const added = await Promise.all(files.map((file) => upload(id, file)));
    const bought = (await Promise.all(buying)).filter((order) => typeof order === "number");

    expect(added.map((each) => must(each).added)).toEqual([20, 20, 20]);
    expect(await countItems(panel.ctx.db, id)).toMatchObject({
      free: 60 - bought.length,
      sold: bought.length,
    });
    expect(await freeOf(id)).toBe(60 - bought.length);
  });

  test("without the encryption key, or after a change of it, refuses in words and writes nothing", async () => {
    const id = await addProduct(panel);
    const words = "The encryption key file is missing.";
    const lost = () => Promise.reject(new SecretsUnavailable(words));
    const secrets = await panel.ctx.secrets();
    const other = { ...secrets, fingerprint: "0123456789abcdef" };
    const text = randomUUID();

    const without = uploadStock({ ...panel.ctx, secrets: lost }, tester, id, asFile(text));
    await expect(without).rejects.toThrow(words);
    const changed = uploadStock(
      { ...panel.ctx, secrets: () => Promise.resolve(other) },
      tester,
      id,
      asFile(text),
    );
    await expect(changed).rejects.toThrow(SecretsUnavailable);

    expect(await freeOf(id)).toBe(0);
    expect(must(await upload(id, text)).added).toBe(1);
  });

  test("goes to products with a stock of their own only", async () => {
    const service = await addProduct(panel, { type: "service" });

    expect(await upload(service, "x")).toMatchObject({
      refusal: { code: "product_without_stock" },
    });
    expect(await upload(999_999 as ProductId, "x")).toMatchObject({
      refusal: { code: "product_unknown" },
    });
  });

  test(
    "of 100000 lines is one transaction of seconds, and lets other work go on",
    { timeout: 120_000 },
    async () => {
      const id = await addProduct(panel);
      const name = randomUUID();
      const lines = keys(100_000, name);
      const text = lines.join("\r\n");
      let turns = 0;
      const watch = setInterval(() => turns++, 5);

      const before = process.cpuUsage();
      const done = must(await upload(id, text));
      const used = process.cpuUsage(before);
      const turnsMeanwhile = turns;
      const again = must(await upload(id, text));
      clearInterval(watch);

      expect(done).toMatchObject({ added: 100_000, repeated: 0, free: 100_000 });
      expect(again).toMatchObject({ added: 0, repeated: 100_000, free: 100_000 });
      expect(again.firstRepeated).toHaveLength(20);
      expect(await freeOf(id)).toBe(100_000);
      // What this process has worked, however busy the machine is with other things.
      expect((used.user + used.system) / 1e6).toBeLessThan(30);
      expect(turnsMeanwhile).toBeGreaterThan(50);
    },
  );
});

test("the oldest free items are sold first, and the low mark is noted and cleared with the count", async () => {
  const id = await addProduct(panel, { lowMark: 2 });
  const low = async () => {
    const found = (await listProducts(panel.ctx.db)).find((product) => product.id === id);
    return found?.lowSince !== undefined;
  };
  const name = randomUUID();
  expect(await low()).toBe(true);
  must(await upload(id, keys(3, name).join("\n")));
  expect(await low()).toBe(false);

  // One is sold as an order does it, and the transaction is broken off.
  const taking = inTransaction(panel.ctx, async (tx) => {
    await lockStock(tx, id);
    const to = { accountId: 1 as never, productOrderId: 1 as never, placesBefore: 0 };
    await takeFreeItems(tx, id, 1, to);
    throw new Error("broken off");
  });
  await expect(taking).rejects.toThrow();
  expect(await low()).toBe(false);
  const customer = await panel.addCustomer();
  await buy(panel, customer.key, id);
  expect(await low()).toBe(true);
  expect(await linesOf(id)).toEqual([`${name}-2`, `${name}-3`]);
  must(await upload(id, randomUUID()));
  expect(await low()).toBe(false);
});
