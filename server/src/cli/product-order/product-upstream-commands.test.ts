import { expect, test } from "vitest";
import { goodsProvider, listedProduct } from "#test/goods-provider.ts";
import { goodsScene } from "#test/goods-scene.ts";
import { testPanel } from "#test/panel.ts";
import { runPanel, words } from "#test/run-panel.ts";

const panel = testPanel();
const goods = goodsProvider();
const scene = goodsScene(panel, goods);

const run = (line: string, ...more: string[]) =>
  runPanel(panel.database.url, ...words(line), ...more);

test("products are imported as a plan, then applied, and stopped by a brake", async () => {
  await scene.open();
  const { name } = await scene.provider();
  goods.products = [listedProduct, { ...listedProduct, product: 8, name: "Code 😀", rate: "0.5" }];

  const plan = await run("provider import-products", name, "--markup-percent", "10");
  expect(plan.stdout).toMatch(/new\s+-\s+8\s+Code 😀\s+0\.50\s+0\.55\s+1000/);
  expect(plan.stdout).toContain("Nothing was changed yet. To do it: --apply");
  const unasked = await run("provider import-products", name, "--json");
  expect(unasked.json()).toMatchObject({ not_asked_for: 1, changes: [], is_applied: false });
  const none = await run(
    "provider import-products",
    name,
    ...words("--markup-percent 10 --product 9 --apply --json"),
  );
  expect(none.json()).toMatchObject({ applied: 0, not_asked_for: 1 });
  const done = await run(
    "provider import-products",
    name,
    ...words("--markup-percent 10 --fixed 0.01 --apply --json"),
  );
  expect(done.json()).toMatchObject({
    applied: 1,
    is_applied: true,
    changes: [{ kind: "new", provider_product: "8", after: { rate: "0.56", cost: "0.50" } }],
  });

  goods.products = [listedProduct, { ...listedProduct, product: 8, rate: 1 }];
  const braked = await run("provider import-products", name, "--apply");
  expect(braked.stdout).toContain("1 wait for you: --accept-brakes");
  const accepted = await run("provider import-products", name, "--apply", "--accept-brakes");
  expect(accepted.stdout).toContain("1 done.");
  expect(await scene.product("8")).toMatchObject({ rate: 111_000_000n });
  goods.products = [];
  const stopped = await run("provider import-products", name, "--apply");
  expect(stopped.stdout).toContain("Stopped: the list is empty. Nothing was changed.");
});

test("an unknown outcome is settled from the command line", async () => {
  await scene.open();
  goods.faults = ["silent_after", "silent_before"];
  const [first, second] = [await scene.buy(), await scene.buy()];
  await scene.send();
  const number = String(goods.orders[0]?.id);

  const accepted = await run(`product settle ${first} --accepted ${number}`);
  expect(accepted.stdout).toContain(`is the provider's order ${number} and is followed`);
  const taken = await run(`product settle ${second} --accepted ${number} --json`);
  expect(taken.json()).toMatchObject({ code: "provider_product_order_taken" });
  const refused = await run(`product settle ${second} --refused --note asked`);
  expect(refused.stdout).toContain("waits on the desk as failed, outside Pending");
  const again = await run(`product settle ${second} --refused --json`);
  expect(again).toMatchObject({ exitCode: 1 });
  expect(again.json()).toMatchObject({ code: "nothing_to_settle" });
  expect((await run(`product settle ${second}`)).exitCode).toBe(2);
  await scene.poll();
  expect(await scene.shown(first)).toMatchObject({ status: "Completed" });
});
