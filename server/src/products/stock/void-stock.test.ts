import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import { addProduct, buy, keys } from "#test/store.ts";
import { commandLineActor } from "#values/actor.ts";
import type { ProductId } from "#values/ids.ts";
import { listProducts } from "#products/products.sql.ts";
import { revealItem } from "./reveal-item.ts";
import { countItems, listItems } from "./stock.sql.ts";
import { asFile } from "#test/as-file.ts";
import { uploadStock } from "./upload-stock.ts";
import { voidStock } from "./void-stock.ts";

const panel = testPanel();

const upload = (id: ProductId, text: string) => uploadStock(panel.ctx, tester, id, asFile(text));

async function freeOf(id: ProductId): Promise<number | undefined> {
  return (await listProducts(panel.ctx.db)).find((product) => product.id === id)?.free;
}

describe("items of a stock", () => {
  test("that are taken out are gone for good, and what is sold stays", async () => {
    const id = await addProduct(panel);
    const customer = await panel.addCustomer();
    const lines = keys(6, randomUUID());
    must(await upload(id, lines.join("\n")));
    await buy(panel, customer.key, id);
    const items = await listItems(panel.ctx.db, id, { state: undefined, after: 0, limit: 10 });
    const ids = items.map((item) => item.id);

    const some = must(await voidStock(panel.ctx, tester, id, ids.slice(0, 2)));
    const named = must(await voidStock(panel.ctx, tester, id, asFile(`${lines[2]}\nunknown`)));
    const rest = must(await voidStock(panel.ctx, tester, id, "all"));

    expect(some).toEqual({ voided: 1, left: 1, free: 4 });
    expect(named).toEqual({ voided: 1, left: 1, free: 3 });
    expect(rest).toEqual({ voided: 3, left: 0, free: 0 });
    expect(await countItems(panel.ctx.db, id)).toMatchObject({ sold: 1, void: 5, free: 0 });
    expect(must(await upload(id, lines.join("\n")))).toMatchObject({ added: 0, repeated: 6 });
  });

  test("are taken out or sold, never both", async () => {
    const id = await addProduct(panel);
    const customer = await panel.addCustomer({ balance: "1000" });
    must(await upload(id, keys(20, randomUUID()).join("\n")));

    const buying = Array.from({ length: 20 }, () => buy(panel, customer.key, id));
    const voided = must(await voidStock(panel.ctx, tester, id, "all"));
    const bought = (await Promise.all(buying)).filter((order) => typeof order === "number");

    expect(voided.voided + bought.length).toBe(20);
    expect(await freeOf(id)).toBe(0);
  });

  test("are shown to staff one by one, and the audit says who looked, not at what text", async () => {
    const [id, other] = [await addProduct(panel), await addProduct(panel)];
    const text = `secret ${randomUUID()}`;
    must(await upload(id, text));
    const [item] = await listItems(panel.ctx.db, id, { state: "free", after: 0, limit: 1 });
    if (item === undefined) throw new Error("there is no item");

    const shown = must(await revealItem(panel.ctx, commandLineActor("anna"), id, item.id));

    expect(shown).toEqual({ text, state: "free" });
    expect(await revealItem(panel.ctx, commandLineActor("anna"), other, item.id)).toMatchObject({
      refusal: { code: "item_unknown" },
    });
    must(await upload(other, `another ${randomUUID()}`));
    await panel.ctx.db.query("update product_items set sealed = $2 where product_id = $1", [
      other,
      Buffer.from("damaged"),
    ]);
    const [damaged] = await listItems(panel.ctx.db, other, { state: "free", after: 0, limit: 1 });
    if (damaged === undefined) throw new Error("there is no item");
    expect(await revealItem(panel.ctx, tester, other, damaged.id)).toMatchObject({
      refusal: { code: "item_unreadable" },
    });
    const { rows } = await panel.ctx.db.query(
      "select actor, subject, after from audit_entries where action = 'product.reveal'",
    );
    expect(rows).toEqual([
      {
        actor: "cli:anna",
        subject: `product:${id}`,
        after: { item: item.id, state: "free", productOrder: null },
      },
    ]);
  });
});
