import { describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { listingScene, listRow as row } from "#test/listing-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { checkProviders } from "#doctor/provider-checks.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import type { ProviderTerms } from "#providers/upkeep/provider-terms.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { importProducts } from "#products/import/import-products.ts";
import { listProductsOfProvider } from "#products/products.sql.ts";
import { syncProducts } from "#products/import/sync-products.ts";
import { formatAmount } from "#values/money.ts";
import { applySync } from "#catalog/sync/apply-sync.ts";
import { listServicesOfProvider } from "./catalog.sql.ts";
import { changeService } from "./change-service.ts";
import { changeSource } from "./change-source.ts";
import { createService } from "./create-service.ts";
import type { ServiceDescription } from "./create-service.ts";
import { followable } from "./follows.ts";
import { importServices } from "#catalog/sync/import-services.ts";
import { changedListTerms, mappedType, noListTerms } from "./list-terms.ts";
import { markUpOf } from "./mark-up.ts";
import { readServiceList } from "#catalog/sync/read-service-list.ts";
import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import type { Service } from "./service.ts";
import { setListTerms } from "#catalog/sync/set-list-terms.ts";
import { listSources } from "./sources.sql.ts";
import { listSyncRuns } from "#catalog/sync/sync-runs.sql.ts";
import { findSyncTerms } from "./sync-terms.sql.ts";
import { syncProvider } from "#catalog/sync/sync-provider.ts";
import type { SyncOrder } from "#catalog/sync/sync-provider.ts";
import { undoSync } from "#catalog/sync/undo-sync.ts";

// What operators decide of a provider whose list says too little, says it in other words, or is sold
// by several terms.

const panel = testPanel();

const listings = listingScene(panel);

const importing = (change: Partial<SyncOrder> = {}): SyncOrder => ({
  kind: "import",
  markUp: markUpOf(amount("25")),
  mode: "apply",
  ...change,
});
const syncing: SyncOrder = { kind: "sync", mode: "apply" };

async function run({ id }: Provider, order: SyncOrder) {
  const provider = await findProvider(panel.ctx.db, id);
  if (provider === undefined) throw new Error("the provider is gone");
  const findTypeName = (name: string) => findServiceType(name)?.wireName;
  return syncProvider(panel.ctx, tester, provider, order, findTypeName);
}

async function runIdOf(provider: Provider, order: SyncOrder): Promise<number> {
  return must(await run(provider, order)).run?.id ?? 0;
}

function set({ id }: Provider, terms: ProviderTerms) {
  return changeProvider(panel.ctx, tester, id, terms, repriceProvider);
}

async function sold({ id }: Provider): Promise<Service[]> {
  return listServicesOfProvider(panel.ctx.db, id);
}

const described = (
  provider: Provider,
  providerService: string,
  change: Partial<ServiceDescription> = {},
): ServiceDescription => ({
  category: "Mine",
  name: "By hand",
  type: "Default",
  rate: amount("5"),
  min: 20,
  max: 50,
  refill: false,
  cancel: false,
  dripfeed: false,
  description: "",
  providerId: provider.id,
  providerService,
  providerRate: undefined,
  ...change,
});

describe("a row that cannot be sold as it is listed", () => {
  test("and is sold by hand keeps the operator's fields through every sync, and learns its cost", async () => {
    const list = [
      row(1, { type: "fb_viplike", rate: "2" }),
      row(2, { min: 0, max: 0 }),
      row(3, { name: "", min: "few" }),
      row(4),
    ];
    const provider = await listings.add({ list });
    for (const id of ["1", "2", "3"]) {
      must(await createService(panel.ctx, tester, described(provider, id)));
    }
    for (let times = 0; times < 2; times++) {
      const { plan, run: kept } = must(await run(provider, syncing));
      expect(plan.changes.map(({ kind }) => kind)).toEqual(
        times === 0 ? ["changed", "changed", "changed"] : [],
      );
      expect(plan).toMatchObject({ sold: 3, refused: [] });
      expect(kept?.status).toBe("applied");
    }
    for (const service of await sold(provider)) {
      expect(service).toMatchObject({ isEnabled: true, listing: "listed", name: "By hand" });
      expect(service).toMatchObject({ min: 20, max: 50, rate: amount("5"), type: "Default" });
    }
    expect((await sold(provider)).map(({ cost }) => cost)).toEqual(["2", "1", "1"].map(amount));
  });

  test("is unpriced only where it has no price, and unfit only where its bounds are followed", async () => {
    const provider = await listings.add({ list: [1, 2, 3, 4, 5].map((id) => row(id)) });
    must(await run(provider, importing()));
    const services = await sold(provider);
    const mine = followable.filter((field) => field !== "max" && field !== "min");
    for (const id of [services[1]?.id, services[3]?.id]) {
      if (id === undefined) throw new Error("nothing was imported");
      must(await changeService(panel.ctx, tester, id, () => ({ follows: mine })));
    }
    listings.says(provider, {
      list: [
        row(1, { type: "Special" }),
        row(2, { max: 0, rate: "1.1" }),
        row(3, { max: 0 }),
        row(4, { rate: 0, max: 0 }),
        row(5, { category: "x".repeat(501) }),
      ],
    });
    const stopped = must(await run(provider, syncing));
    expect(stopped.plan.brakes).toEqual([
      "2 of 5 services on sale are gone, have no price or no bounds: more than 10 %",
    ]);
    must(await applySync(panel.ctx, tester, stopped.run?.id ?? 0, { kind: "accept_brakes" }));
    expect((await sold(provider)).map(({ isEnabled, listing }) => [isEnabled, listing])).toEqual([
      [true, "listed"],
      [true, "listed"],
      [false, "unfit"],
      [false, "unpriced"],
      [true, "listed"],
    ]);
    expect(formatAmount((await sold(provider))[1]?.rate ?? 0n, 2)).toBe("1.375");

    listings.says(provider, { list: [1, 2, 3, 4, 5].map((id) => row(id)) });
    const back = must(await run(provider, syncing));
    expect(back.plan.changes.map(({ kind }) => kind)).toEqual(["changed", "returned", "returned"]);
    expect((await sold(provider)).every(({ isEnabled }) => isEnabled)).toBe(true);
  });

  test("keeps the cost of a further source up to date all the same", async () => {
    const provider = await listings.add({ list: [row(1), row(2, { type: "Special", rate: "3" })] });
    must(await run(provider, importing()));
    const [service] = await sold(provider);
    if (service === undefined) throw new Error("nothing was imported");
    const key = { serviceId: service.id, providerId: provider.id, providerService: "2" };
    must(await changeSource(panel.ctx, tester, key, { kind: "add", terms: {} }));
    must(await run(provider, syncing));
    expect(await listSources(panel.ctx.db, [service.id])).toMatchObject([
      { isOwn: true },
      { providerService: "2", providerRate: amount("3") },
    ]);
  });
});

describe("what an operator says of a list", () => {
  const list = [
    row(1, { type: "Custom Comment" }),
    row(2, { type: "FB_vip-like" }),
    row(3, { type: "Special" }),
    row(4, { type: undefined }),
    row(5, { min: undefined, max: undefined }),
    row(6, { min: 0, max: "0" }),
    row(7, { min: "", max: null }),
  ];

  test("maps types and gives bounds, is kept, and holds in every sync", async () => {
    const provider = await listings.add({ list });
    const plain = must(await run(provider, importing({ mode: "plan" })));
    expect(plain.plan.changes).toMatchObject([{ type: "Custom Comments" }]);
    expect(plain.plan.refused).toMatchObject([
      { service: "2", field: "type", reason: "is not known", word: "FB_vip-like" },
      { service: "3", field: "type", word: "Special" },
      { service: "4", field: "type", reason: "is missing", word: "" },
      { service: "5", field: "max", reason: "is missing" },
      { service: "6", field: "max", reason: "is zero" },
      { service: "7", field: "max", reason: "is missing" },
    ]);

    const types = { "fb viplike": "Package", "fb_*": "Default", "": "Default", SPECIAL: "Poll" };
    const listTerms = { types, min: 5, max: 500 };
    const report = must(await run(provider, importing({ listTerms })));
    expect(report.plan.refused).toEqual([]);
    expect((await sold(provider)).map(({ type, min, max }) => [type, min, max])).toEqual([
      ["Custom Comments", 10, 100],
      ["Package", 10, 100],
      ["Poll", 10, 100],
      ["Default", 10, 100],
      ["Default", 5, 500],
      ["Default", 5, 500],
      ["Default", 5, 500],
    ]);
    expect((await findSyncTerms(panel.ctx.db, provider.id)).listTerms).toEqual(listTerms);
    expect(must(await run(provider, syncing)).plan).toMatchObject({ changes: [], refused: [] });

    must(await setListTerms(panel.ctx, tester, provider.id, { max: 400 }));
    expect(must(await run(provider, syncing)).plan.changes).toHaveLength(3);
    expect((await sold(provider)).at(-1)).toMatchObject({ min: 5, max: 400 });
  });

  test("is refused where it is impossible, and then nothing of it is kept", async () => {
    const provider = await listings.add({ list });
    for (const listTerms of [{ min: 0 }, { max: 2 ** 53 }, { min: 10, max: 9 }]) {
      expect(await run(provider, importing({ listTerms }))).toMatchObject({
        refusal: { code: "list_bounds_invalid" },
      });
    }
    const types = { ["x".repeat(101)]: "Default" };
    expect(await setListTerms(panel.ctx, tester, provider.id, { types })).toMatchObject({
      refusal: { code: "type_word_invalid" },
    });
    expect((await findSyncTerms(panel.ctx.db, provider.id)).listTerms).toEqual(noListTerms);
  });

  test("counts the longest word that fits, however it is written, until it is taken away", () => {
    const types = { "Fb_*": "Default", "fb vip*": "Package", "FB-VIPLIKE": "Poll" };
    const terms = changedListTerms(noListTerms, { types });
    const nobody = () => undefined;
    const typeOf = (word: string) => mappedType(terms, word, nobody);
    expect(["fb_viplike", "fb_vip_2", "fb_eyes", "eyes"].map(typeOf)).toEqual([
      "Poll",
      "Package",
      "Default",
      undefined,
    ]);
    // Whatever is left is not what has a name of its own.
    const rest = changedListTerms(noListTerms, { types: { "*": "Default", Poll: "Package" } });
    const known = (word: string) => findServiceType(word)?.wireName;
    expect(
      ["eyes", "", "custom_comments", "poll"].map((word) => mappedType(rest, word, known)),
    ).toEqual(["Default", "Default", "Custom Comments", "Package"]);
    const less = changedListTerms(terms, { types: { fb_viplike: undefined }, min: 4 });
    expect(mappedType(less, "fb_viplike", nobody)).toBe("Package");
    expect(changedListTerms(less, { min: null })).toEqual({ ...less, min: undefined });
  });
});

describe("one service of a provider", () => {
  test("is sold twice by an import, each with its own category and mark-up, through sync and undo", async () => {
    const provider = await listings.add({ list: [row(1), row(2)] });
    must(await run(provider, importing()));
    const again = importing({
      markUp: markUpOf(amount("100")),
      providerServices: ["1"],
      into: "VIP",
      isAgain: true,
    });
    const copy = await runIdOf(provider, again);
    const shown = async () =>
      (await sold(provider)).map(({ category, providerService, rate, isEnabled }) => [
        category,
        providerService,
        formatAmount(rate, 2),
        isEnabled,
      ]);
    expect(await shown()).toEqual([
      ["A", "1", "1.25", true],
      ["A", "2", "1.25", true],
      ["VIP", "1", "2.00", true],
    ]);

    listings.says(provider, { list: [row(1, { rate: "1.2" }), row(2)] });
    const synced = must(await run(provider, syncing));
    expect(
      synced.changes.map(({ providerService, known }) => [providerService, known?.id]),
    ).toEqual(
      [(await sold(provider))[0], (await sold(provider))[2]].map((each) => ["1", each?.id]),
    );
    expect((await shown()).map(([, , rate]) => rate)).toEqual(["1.50", "1.25", "2.40"]);
    expect(must(await undoSync(panel.ctx, tester, synced.run?.id ?? 0)).restored).toBe(2);
    expect((await shown()).map(([, , rate]) => rate)).toEqual(["1.25", "1.25", "2.00"]);

    expect(must(await undoSync(panel.ctx, tester, copy))).toMatchObject({ restored: 1 });
    expect((await shown()).map(([, , , isEnabled]) => isEnabled)).toEqual([true, true, false]);
    // What is sold already stays as it is: the copy comes back only where it is asked for.
    expect(must(await run(provider, importing())).plan).toMatchObject({ changes: [], sold: 2 });
    must(await run(provider, syncing));
    expect((await shown()).map(([, , , isEnabled]) => isEnabled)).toEqual([true, true, false]);
  });

  test("that jumped waits in each copy, and both stay above their cost meanwhile", async () => {
    const provider = await listings.add({ list: [row(1)] });
    must(await run(provider, importing()));
    must(await run(provider, importing({ isAgain: true, into: "Other" })));
    listings.says(provider, { list: [row(1, { rate: "2" })] });
    for (let times = 0; times < 2; times++) {
      const { changes } = must(await run(provider, syncing));
      expect(changes).toHaveLength(2);
      for (const { brake, before } of changes) {
        expect(brake).toContain("rose by 100 %");
        expect(before?.providerRate).toBe(amount("1"));
      }
    }
    expect((await sold(provider)).map(({ cost }) => cost)).toEqual([amount("2"), amount("2")]);
  });

  test("is sold twice by hand, has the other's provider as its source, and is left when it is gone", async () => {
    const provider = await listings.add({ list: [row(1), ...[2, 3].map((id) => row(id))] });
    const first = must(await createService(panel.ctx, tester, described(provider, "1")));
    const second = must(
      await createService(panel.ctx, tester, described(provider, "1", { rate: amount("7") })),
    );
    const key = { serviceId: second, providerId: provider.id, providerService: "2" };
    must(await changeSource(panel.ctx, tester, key, { kind: "add", terms: {} }));
    const own = { ...key, providerService: "1" };
    expect(await changeSource(panel.ctx, tester, own, { kind: "add", terms: {} })).toMatchObject({
      refusal: { code: "source_taken" },
    });
    must(await run(provider, syncing));
    listings.says(provider, { list: [row(2), row(3)] });
    const gone = must(await run(provider, { kind: "sync", mode: "plan" }));
    expect(gone.changes.map(({ kind, known }) => [kind, known?.id])).toEqual([
      ["gone", first],
      ["gone", second],
    ]);
  });

  test("that came meanwhile is not brought by an older plan", async () => {
    const provider = await listings.add({ list: [row(1)] });
    must(await run(provider, importing()));
    const plan = await runIdOf(provider, importing({ isAgain: true, mode: "plan" }));
    must(await createService(panel.ctx, tester, described(provider, "1")));
    expect(await applySync(panel.ctx, tester, plan, { kind: "all" })).toMatchObject({
      refusal: { code: "plan_stale" },
    });
    expect(await sold(provider)).toHaveLength(2);
  });
});

describe("a provider that counts in another currency than anybody has said", () => {
  const list = [row(1)];
  const euros = { balance: "10", currency: "EUR" };
  const doubt = { ok: false, refusal: { code: "provider_currency_doubtful", said: "EUR" } };

  test("is neither imported from nor synced until a rate is set; the doctor knows", async () => {
    const provider = await listings.add({ list, balance: euros });
    for (const order of [importing(), importing({ mode: "dry" }), syncing]) {
      expect(await run(provider, order)).toMatchObject(doubt);
    }
    expect(await sold(provider)).toEqual([]);
    const [kept] = await listSyncRuns(panel.ctx.db, 1, provider.id);
    expect(kept).toMatchObject({
      status: "failed",
      failure: "it counts in EUR, but is set up in USD",
    });
    expect((await checkProviders(panel.ctx)).text).toContain(
      `${provider.name} counts in EUR and is set up in USD`,
    );
    const file = must(readServiceList(JSON.stringify(list), () => "Default"));
    const order = { list: file, providerName: provider.name, markupPercent: amount("25") };
    const fromFile = await importServices(panel.ctx, tester, { ...order, isDryRun: false });
    expect(fromFile).toMatchObject(doubt);

    must(await set(provider, { currency: "EUR", exchangeRate: amount("2") }));
    must(await run(provider, importing()));
    expect((await sold(provider))[0]).toMatchObject({ cost: amount("2"), rate: amount("2.5") });
    expect((await checkProviders(panel.ctx)).text).not.toContain(provider.name);
  });

  test.each<[string, ProviderTerms]>([
    ["that its prices are in the panel's currency all the same", { currency: "USD" }],
    ["what one unit costs, one for one", { exchangeRate: amount("1") }],
  ])("goes on when an operator says %s", async (_, terms) => {
    const provider = await listings.add({ list, balance: euros });
    expect(await run(provider, importing())).toMatchObject(doubt);
    must(await set(provider, terms));
    must(await run(provider, importing()));
    must(await run(provider, syncing));
    // Another word is another matter.
    listings.says(provider, { list, balance: { ...euros, currency: "GBP" } });
    expect(await run(provider, syncing)).toMatchObject({
      refusal: { code: "provider_currency_doubtful", said: "GBP" },
    });
  });

  test("has its products neither brought nor brought up to date", async () => {
    const goods = [{ product: 1, name: "Key", rate: 1, inventory: 5 }];
    const provider = await listings.add({
      list: goods,
      balance: { balance: "1", currency: "USD" },
    });
    const order = { markUp: markUpOf(amount("25")), mode: "apply", acceptsBrakes: false } as const;
    const first = await importProducts(panel.ctx, tester, provider, order);
    expect(must(first).applied).toBe(1);
    listings.says(provider, { list: [{ ...goods[0], rate: 1.1 }], balance: euros });
    await syncProducts(panel.ctx);
    const later = await importProducts(panel.ctx, tester, provider, { ...order, mode: "plan" });
    expect(later).toMatchObject(doubt);
    expect(await listProductsOfProvider(panel.ctx.db, provider.id)).toMatchObject([
      { cost: amount("1"), rate: amount("1.25") },
    ]);
  });

  test("is stopped when it changes its currency later, and by its last word where it says none", async () => {
    const provider = await listings.add(
      { list, balance: { balance: "1", currency: "EUR" } },
      { exchangeRate: amount("1.1") },
    );
    must(await run(provider, importing()));
    listings.says(provider, { list, balance: { balance: "1", currency: "USD" } });
    expect(await run(provider, syncing)).toMatchObject({
      refusal: { code: "provider_currency_doubtful", said: "USD", expected: "EUR" },
    });
    listings.says(provider, { list, balance: { balance: "1" } });
    expect(await run(provider, syncing)).toMatchObject({
      refusal: { code: "provider_currency_doubtful", said: "USD" },
    });
  });

  test.each([{ balance: "1" }, { balance: "1", currency: "$" }, { error: "Disabled" }])(
    "is believed where it says %j",
    async (balance) => {
      const provider = await listings.add({ list, balance });
      expect(must(await run(provider, importing())).plan.changes).toHaveLength(1);
    },
  );
});
