import { describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { listingScene, listRow as row } from "#test/listing-scene.ts";
import type { ListRow as Row } from "#test/listing-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { findProviderByName, lockProvider, updateProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { inTransaction } from "#database/transaction.ts";
import { formatAmount } from "#values/money.ts";
import { applySync } from "./apply-sync.ts";
import { findCatalogVersion, listServicesOfProvider } from "#catalog/catalog.sql.ts";
import { changeService } from "#catalog/change-service.ts";
import { changeSource } from "#catalog/change-source.ts";
import { createService } from "#catalog/create-service.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { repriceProvider } from "./reprice-provider.ts";
import { runDueSyncs } from "./run-due-syncs.ts";
import { scheduleSync } from "./schedule-sync.ts";
import type { Service } from "#catalog/service.ts";
import { setMarkUp } from "./set-mark-up.ts";
import { listSources } from "#catalog/sources.sql.ts";
import { listSyncChanges } from "./sync-changes.sql.ts";
import { listSyncRuns } from "./sync-runs.sql.ts";
import { findSyncTerms } from "#catalog/sync-terms.sql.ts";
import { syncProvider } from "./sync-provider.ts";
import type { SyncOrder } from "./sync-provider.ts";
import { undoSync } from "./undo-sync.ts";

const panel = testPanel();

const listings = listingScene(panel);
const rows = (
  count: number,
  changes: Readonly<Record<number, Row | undefined>> = {},
): readonly Row[] =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap((id) =>
    id in changes ? [changes[id]].filter((each) => each !== undefined) : [row(id)],
  );

async function makeProvider(list: readonly Row[], markUp: string | null = "25") {
  const provider = await listings.add({ list });
  if (markUp !== null) must(await run(provider, importing(markUp)));
  return provider;
}

function say(provider: Provider, list: readonly Row[] | string): void {
  listings.says(provider, { list });
}

const importing = (markUp: string, change: Partial<SyncOrder> = {}): SyncOrder => ({
  kind: "import",
  markUp: markUpOf(amount(markUp)),
  mode: "apply",
  ...change,
});
const planning: SyncOrder = { kind: "sync", mode: "plan" };
const syncing: SyncOrder = { kind: "sync", mode: "apply" };

function run(provider: Provider, order: SyncOrder) {
  return syncProvider(panel.ctx, tester, provider, order, (name) => name);
}

async function runIdOf(provider: Provider, order: SyncOrder): Promise<number> {
  const id = must(await run(provider, order)).run?.id;
  if (id === undefined) throw new Error("no run was kept");
  return id;
}

async function soldBy(provider: Provider): Promise<Map<string, Service>> {
  const services = await listServicesOfProvider(panel.ctx.db, provider.id);
  return new Map(services.map((service) => [service.providerService ?? "", service]));
}

const rateOf = (service: Service | undefined) => formatAmount(service?.rate ?? 0n, 2);

describe("an import from a provider", () => {
  test("puts a selection on sale with its mark-up, which becomes the provider's", async () => {
    const provider = await makeProvider(
      rows(10, { 2: row(2, { category: "B" }), 3: row(3, { category: "B" }) }),
      null,
    );
    expect(await run(provider, { kind: "import", mode: "apply" })).toMatchObject({
      refusal: { code: "markup_missing" },
    });
    const order = importing("25", { categories: ["b"], providerServices: ["7"] });
    const report = must(await run(provider, order));

    expect(report).toMatchObject({ listed: 10, run: { status: "applied", kind: "import" } });
    const services = await soldBy(provider);
    expect([...services.keys()]).toEqual(["2", "3", "7"]);
    expect(rateOf(services.get("2"))).toBe("1.25");
    expect(services.get("2")?.follows).not.toContain("category");
    expect((await findSyncTerms(panel.ctx.db, provider.id)).markUp?.percent).toBe(amount("25"));

    // Another mark-up later is that of the services which it brings.
    must(await run(provider, importing("50", { providerServices: ["8"] })));
    must(await run(provider, { kind: "import", mode: "apply" }));
    const later = await soldBy(provider);
    expect(later.size).toBe(10);
    expect(later.get("8")?.markUp?.percent).toBe(amount("50"));
    expect([rateOf(later.get("8")), rateOf(later.get("9"))]).toEqual(["1.50", "1.25"]);
  });

  test("says which wishes the list does not have", async () => {
    const provider = await makeProvider(rows(3), null);
    const order = importing("25", { categories: ["Nothing"], providerServices: ["1", "99"] });
    expect(await run(provider, order)).toMatchObject({
      refusal: { code: "selection_unknown", missing: ["99", "Nothing"] },
    });
  });

  test("as a plan changes nothing until it is applied, and as a dry run keeps nothing", async () => {
    const provider = await makeProvider(rows(3), null);
    const version = await findCatalogVersion(panel.ctx.db);
    must(await run(provider, importing("25", { mode: "dry" })));
    expect(await listSyncRuns(panel.ctx.db, 10, provider.id)).toEqual([]);
    const id = await runIdOf(provider, importing("25", { mode: "plan" }));
    expect(await findCatalogVersion(panel.ctx.db)).toBe(version);
    expect((await soldBy(provider)).size).toBe(0);

    const applied = must(await applySync(panel.ctx, tester, id, { kind: "all" }));
    expect(applied).toMatchObject({ done: 3, leftAlone: 0, waiting: 0 });
    expect((await soldBy(provider)).size).toBe(3);
    expect(await applySync(panel.ctx, tester, id, { kind: "all" })).toMatchObject({
      refusal: { code: "run_over", status: "applied" },
    });
  });

  test("undone is withdrawn from sale, and comes back with the next import alone", async () => {
    const provider = await makeProvider(rows(3), null);
    const id = await runIdOf(provider, importing("25"));
    const before = await soldBy(provider);
    const second = before.get("2")?.id;
    if (second === undefined) throw new Error("nothing was imported");
    must(await changeService(panel.ctx, tester, second, () => ({ name: "My own" })));

    const undone = must(await undoSync(panel.ctx, tester, id));
    expect(undone.restored).toBe(2);
    expect(undone.leftAlone.map((change) => change.providerService)).toEqual(["2"]);
    const isOnSale = async () =>
      [...(await soldBy(provider)).values()].map((service) => service.isEnabled);
    expect(await isOnSale()).toEqual([false, true, false]);
    must(await run(provider, syncing));
    expect(await isOnSale()).toEqual([false, true, false]);
    must(await run(provider, { kind: "import", mode: "apply" }));
    expect(await isOnSale()).toEqual([true, true, true]);
    expect((await soldBy(provider)).get("1")?.id).toBe(before.get("1")?.id);
    expect(await undoSync(panel.ctx, tester, id)).toMatchObject({
      refusal: { code: "run_not_applied" },
    });
  });
});

describe("a sync with a provider", () => {
  test("proposes a raised price with cost, rate and margin, and does it when told to", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: "1.2" }) }));
    const report = must(await run(provider, planning));

    expect(report.run?.status).toBe("planned");
    expect(report.changes).toMatchObject([
      {
        kind: "changed",
        providerService: "3",
        before: { rate: amount("1.25"), providerRate: amount("1") },
        after: { rate: amount("1.5"), providerRate: amount("1.2") },
        brake: undefined,
      },
    ]);
    expect(rateOf((await soldBy(provider)).get("3"))).toBe("1.25");

    must(await applySync(panel.ctx, tester, report.run?.id ?? 0, { kind: "all" }));
    expect(rateOf((await soldBy(provider)).get("3"))).toBe("1.50");
    must(await undoSync(panel.ctx, tester, report.run?.id ?? 0));
    const restored = (await soldBy(provider)).get("3");
    expect([rateOf(restored), restored?.providerRate]).toEqual(["1.25", amount("1")]);
  });

  test("that finds nothing to change raises no version", async () => {
    const provider = await makeProvider(rows(20));
    const version = await findCatalogVersion(panel.ctx.db);
    const report = must(await run(provider, syncing));
    expect(report).toMatchObject({ changes: [], run: { status: "applied" } });
    expect(await findCatalogVersion(panel.ctx.db)).toBe(version);
  });

  test("does what no brake stops; a price that jumped waits, with its higher cost known", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: "2" }), 4: row(4, { rate: "1.1" }), 5: undefined }));
    for (const turn of ["first", "second"]) {
      // Again and again: what waits goes on waiting.
      const report = must(await run(provider, syncing));
      expect(report.run?.status, turn).toBe("stopped");
      const waiting = report.changes.filter(({ appliedAt }) => appliedAt === undefined);
      expect(waiting).toMatchObject([
        { providerService: "3", before: { providerRate: amount("1") } },
      ]);
      const services = await soldBy(provider);
      expect([rateOf(services.get("3")), services.get("3")?.cost]).toEqual(["1.25", amount("2")]);
      expect(rateOf(services.get("4"))).toBe("1.375");
      expect(services.get("5")).toMatchObject({ isEnabled: false, listing: "gone" });
    }
    const [latest] = await listSyncRuns(panel.ctx.db, 1, provider.id);
    const id = latest?.id ?? 0;
    expect(await applySync(panel.ctx, tester, id, { kind: "all" })).toMatchObject({
      refusal: { code: "run_braked" },
    });
    must(await applySync(panel.ctx, tester, id, { kind: "only", providerServices: ["3"] }));
    expect(rateOf((await soldBy(provider)).get("3"))).toBe("2.50");
  });

  test("switches off what has no usable price, and on again when it has one", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: 0 }) }));
    must(await run(provider, syncing));
    expect((await soldBy(provider)).get("3")).toMatchObject({
      isEnabled: false,
      listing: "unpriced",
      rate: amount("1.25"),
    });
    say(provider, rows(20));
    expect(must(await run(provider, syncing)).changes).toMatchObject([{ kind: "returned" }]);
    expect((await soldBy(provider)).get("3")).toMatchObject({ isEnabled: true });
  });

  test("changes nothing where the list lacks many services, until an operator says so", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(8, { 1: row(1, { rate: "1.1" }) }));
    const report = must(await run(provider, syncing));
    expect(report.run).toMatchObject({ status: "stopped" });
    expect(report.run?.brakes).toHaveLength(2);
    const isOnSale = async () =>
      [...(await soldBy(provider)).values()].filter((service) => service.isEnabled).length;
    expect(await isOnSale()).toBe(20);
    expect(rateOf((await soldBy(provider)).get("1"))).toBe("1.25");
    const id = report.run?.id ?? 0;
    for (const kind of ["all", "all_but_braked"] as const) {
      expect(await applySync(panel.ctx, tester, id, { kind })).toMatchObject({
        refusal: { code: "run_braked" },
      });
    }

    must(await applySync(panel.ctx, tester, id, { kind: "accept_brakes" }));
    expect(await isOnSale()).toBe(8);
    expect(must(await run(provider, syncing)).run).toMatchObject({ status: "applied", brakes: [] });
    must(await undoSync(panel.ctx, tester, id));
    expect(await isOnSale()).toBe(20);
  });

  test.each([
    ["", "empty"],
    ["[]", "the list is empty"],
    ["<html>", "the answer is a web page"],
    ['{"error":"Maintenance"}', "Maintenance"],
  ])("that is answered %j fails in words and changes nothing", async (answered, words) => {
    const provider = await makeProvider(rows(3));
    const version = await findCatalogVersion(panel.ctx.db);
    say(provider, answered);
    expect((await run(provider, syncing)).ok).toBe(false);
    expect(await findCatalogVersion(panel.ctx.db)).toBe(version);
    const [latest] = await listSyncRuns(panel.ctx.db, 1, provider.id);
    expect(latest?.status).toBe("failed");
    expect(latest?.failure).toContain(words);
  });

  test("lists new services, and brings those that are named", async () => {
    const provider = await makeProvider(rows(5));
    must(await run(provider, syncing));
    say(provider, rows(7));
    const report = must(await run(provider, syncing));
    expect(report.changes.map(({ kind, providerService }) => [kind, providerService])).toEqual([
      ["new", "6"],
      ["new", "7"],
    ]);
    expect(report.run?.status).toBe("applied");
    const id = await runIdOf(provider, planning);
    const selection = { kind: "only", providerServices: ["7"] } as const;
    must(await applySync(panel.ctx, tester, id, selection));
    expect([...(await soldBy(provider)).keys()]).toEqual(["1", "2", "3", "4", "5", "7"]);
  });

  test("leaves alone what was changed after its plan, and a later plan replaces an earlier", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: "1.2" }), 4: row(4, { rate: "1.2" }) }));
    const earlier = await runIdOf(provider, planning);
    const id = await runIdOf(provider, planning);
    const third = (await soldBy(provider)).get("3")?.id;
    if (third === undefined) throw new Error("nothing was imported");
    must(await changeService(panel.ctx, tester, third, () => ({ rate: amount("9") })));

    expect(await applySync(panel.ctx, tester, earlier, { kind: "all" })).toMatchObject({
      refusal: { code: "run_over", status: "replaced" },
    });
    const only = (providerServices: string[]) => ({ kind: "only", providerServices }) as const;
    expect(await applySync(panel.ctx, tester, id, only(["3"]))).toMatchObject({
      refusal: { code: "plan_stale" },
    });
    expect(await applySync(panel.ctx, tester, id, only(["33"]))).toMatchObject({
      refusal: { code: "changes_unknown", providerServices: ["33"] },
    });
    expect(must(await applySync(panel.ctx, tester, id, { kind: "all" }))).toMatchObject({
      done: 1,
      leftAlone: 1,
    });
    const services = await soldBy(provider);
    expect([rateOf(services.get("3")), rateOf(services.get("4"))]).toEqual(["9.00", "1.50"]);
    // Changed by hand, it is the operator's from now on.
    expect(services.get("3")?.follows).not.toContain("rate");
  });

  test("two that apply the same plan at once do it once", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: "1.2" }) }));
    const id = await runIdOf(provider, planning);
    const both = await Promise.all(
      [1, 2].map(() => applySync(panel.ctx, tester, id, { kind: "all" })),
    );
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    expect(both.find((one) => !one.ok)).toMatchObject({ refusal: { code: "run_over" } });
  });

  test("follows a service that was mapped by hand only in being there, and learns its cost", async () => {
    const provider = await makeProvider(rows(20), null);
    const description = {
      category: "Mine",
      name: "Mapped",
      type: "Default",
      rate: amount("5"),
      min: 1,
      max: 10,
      refill: false,
      cancel: false,
      dripfeed: false,
      description: "",
      providerId: provider.id,
      providerService: "3",
      providerRate: undefined,
    };
    must(await createService(panel.ctx, tester, description));
    must(await run(provider, syncing));
    const { rate, name, min, cost, isEnabled } = (await soldBy(provider)).get("3") ?? {};
    expect({ rate, name, min, cost, isEnabled }).toEqual({
      rate: amount("5"),
      name: "Mapped",
      min: 1,
      cost: amount("1"),
      isEnabled: true,
    });
  });
});

test("a list says what further sources of services cost", async () => {
  const provider = await makeProvider(rows(3));
  const service = await panel.addService();
  const key = { serviceId: service, providerId: provider.id, providerService: "2" };
  must(await changeSource(panel.ctx, tester, key, { kind: "add", terms: {} }));
  say(provider, rows(3, { 2: row(2, { rate: "1.7" }) }));
  must(await run(provider, syncing));
  const sources = await listSources(panel.ctx.db, [service]);
  expect(sources.find(({ isOwn }) => !isOwn)?.providerRate).toBe(amount("1.7"));
});

describe("a schedule", () => {
  test("syncs when its time has come, once, and undoing such a run ends it", async () => {
    const provider = await makeProvider(rows(20));
    say(provider, rows(20, { 3: row(3, { rate: "1.2" }) }));
    must(await scheduleSync(panel.ctx, tester, provider, 60));
    await Promise.all([1, 2].map(() => runDueSyncs(panel.ctx, (name) => name)));
    await runDueSyncs(panel.ctx, (name) => name);

    const runs = (await listSyncRuns(panel.ctx.db, 10, provider.id)).filter(
      ({ kind }) => kind === "sync",
    );
    expect(runs).toMatchObject([{ actor: "system:sync-providers", status: "applied" }]);
    expect(rateOf((await soldBy(provider)).get("3"))).toBe("1.50");
    const undone = must(await undoSync(panel.ctx, tester, runs[0]?.id ?? 0));
    expect(undone.wasScheduled).toBe(true);
    expect((await findSyncTerms(panel.ctx.db, provider.id)).syncMinutes).toBeUndefined();
  });

  test("needs a provider with a list, and 5 minutes at least", async () => {
    const provider = await makeProvider(rows(1));
    expect(await scheduleSync(panel.ctx, tester, provider, 4)).toMatchObject({
      refusal: { code: "sync_minutes_invalid" },
    });
    const manual = await findProviderByName(panel.ctx.db, "manual");
    if (manual === undefined) throw new Error("no provider is named manual");
    expect(await scheduleSync(panel.ctx, tester, manual, 60)).toMatchObject({
      refusal: { code: "provider_without_list" },
    });
  });
});

describe("prices made of costs", () => {
  test("follow the mark-up and the exchange rate, unless they are the operator's own", async () => {
    const provider = await makeProvider(rows(3));
    const services = await soldBy(provider);
    const [first, second] = [services.get("1"), services.get("2")];
    if (first === undefined || second === undefined) throw new Error("nothing was imported");
    must(await changeService(panel.ctx, tester, first.id, () => ({ rate: amount("7") })));
    const own = markUpOf(amount("100"));
    const changed = must(
      await changeService(panel.ctx, tester, second.id, () => ({ markUp: own })),
    );
    expect(rateOf(changed)).toBe("2.00");
    const ratesNow = async () => [...(await soldBy(provider)).values()].map(rateOf);

    must(await setMarkUp(panel.ctx, tester, provider.id, markUpOf(amount("50"))));
    expect(await ratesNow()).toEqual(["7.00", "2.00", "1.50"]);

    const version = await findCatalogVersion(panel.ctx.db);
    await inTransaction(panel.ctx, async (tx) => {
      const locked = await lockProvider(tx, provider.id);
      if (locked === undefined) throw new Error("the provider is gone");
      await updateProvider(tx, { ...locked, exchangeRate: amount("3") });
      await repriceProvider(tx, provider.id);
    });
    expect(await ratesNow()).toEqual(["7.00", "6.00", "4.50"]);
    // The cost of all of them is another, so that all of them are priced again.
    for (const service of (await soldBy(provider)).values()) {
      expect(service.version).toBeGreaterThan(version);
    }
    const third = (await soldBy(provider)).get("1");
    if (third === undefined) throw new Error("it is gone");
    const followed = must(
      await changeService(panel.ctx, tester, third.id, ({ follows }) => ({
        follows: [...follows, "rate"],
      })),
    );
    expect(rateOf(followed)).toBe("4.50");
  });
});

test("5,586 services are imported, synced and undone in seconds", async () => {
  const list = rows(5586).map((each, index) => ({ ...each, category: `Category ${index % 200}` }));
  const provider = await makeProvider(list, null);
  const started = performance.now();
  const id = await runIdOf(provider, importing("25"));
  say(
    provider,
    list.map((each) => ({ ...each, rate: "1.05" })),
  );
  const report = must(await run(provider, syncing));
  expect(report.changes.filter(({ appliedAt }) => appliedAt !== undefined)).toHaveLength(5586);
  must(await undoSync(panel.ctx, tester, report.run?.id ?? 0));
  expect(must(await undoSync(panel.ctx, tester, id)).restored).toBe(5586);
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(await listSyncChanges(panel.ctx.db, id)).toHaveLength(5586);
}, 60_000);
