import { describe, expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { listRow as row } from "#test/listing-scene.ts";
import type { ListRow as Row } from "#test/listing-scene.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { formatAmount } from "#values/money.ts";
import { changeService } from "#catalog/change-service.ts";
import { findCatalogVersion, listServices } from "#catalog/catalog.sql.ts";
import { importServices } from "./import-services.ts";
import { readServiceList } from "./read-service-list.ts";

const panel = testPanel({ roles: ["worker"] });

function importRows(rows: readonly Row[], providerName: string, markup = "0", isDryRun = false) {
  const list = must(readServiceList(JSON.stringify(rows), (name) => name));
  const order = { list, providerName, markupPercent: amount(markup), isDryRun };
  return importServices(panel.ctx, tester, order);
}

async function servicesOf(providerName: string) {
  const provider = await findProviderByName(panel.ctx.db, providerName);
  const services = await listServices(panel.ctx.db);
  return services.filter((service) => service.providerId === provider?.id);
}

describe("importing a provider's list", () => {
  test("puts it on sale in its own order, with the mark-up rounded up to 5 decimals", async () => {
    const rows = [
      row(9, { category: "Z", rate: "0.00001" }),
      row(2, { category: "A", rate: 3.33333 }),
      row(7, { category: "Z", rate: "10" }),
    ];
    const report = must(await importRows(rows, "Order", "12.5"));
    expect(report).toMatchObject({ imported: 3, updated: 0, refused: [], wasProviderMade: true });
    const services = await servicesOf("Order");
    expect(services.map((each) => [each.providerService, formatAmount(each.rate, 2)])).toEqual([
      ["9", "0.00002"],
      ["7", "11.25"],
      ["2", "3.75"],
    ]);
    expect(await findProviderByName(panel.ctx.db, "order")).toMatchObject({ connector: "manual" });
  });

  test("makes its prices of what was meant: the noise of a provider's floats is no cost", async () => {
    const rows = [row(1, { rate: 0.9600000000000001 }), row(2, { rate: "0.9600000000000001" })];
    must(await importRows(rows, "Noise", "25"));
    const services = await servicesOf("Noise");
    expect(services.map(({ rate }) => formatAmount(rate, 2))).toEqual(["1.20", "1.20"]);
  });

  test("again brings the same services up to date and makes no second ones", async () => {
    must(await importRows([row(1), row(2), row(3)], "Again", "10"));
    const before = await servicesOf("Again");
    const [first] = before;
    if (first === undefined) throw new Error("nothing was imported");
    must(await changeService(panel.ctx, tester, first.id, () => ({ isEnabled: false })));

    const rows = [row(1, { rate: "2" }), row(2), row(4)];
    const report = must(await importRows(rows, "AGAIN", "10"));

    expect(report).toMatchObject({ imported: 1, updated: 2, changed: 1, wasProviderMade: false });
    const after = await servicesOf("Again");
    expect(after.map((each) => [each.providerService, formatAmount(each.rate, 2)])).toEqual([
      ["1", "2.20"],
      ["2", "1.10"],
      ["3", "1.10"],
      ["4", "1.10"],
    ]);
    expect(after[0]).toMatchObject({ id: first.id, isEnabled: false });
    // What did not change keeps its version, so that no order has to be priced again.
    expect(after[1]?.version).toBe(before[1]?.version);
  });

  test("refuses a service that became another type", async () => {
    must(await importRows([row(1), row(2)], "Types"));
    const report = must(await importRows([row(1, { type: "Poll" }), row(2)], "Types"));
    expect(report).toMatchObject({ imported: 0, updated: 1 });
    expect(report.refused).toEqual([
      { row: 1, service: "1", field: "type", reason: "is another than at the import before" },
    ]);
    expect((await servicesOf("Types"))[0]?.type).toBe("Default");
  });

  test("of nothing that can be sold changes nothing", async () => {
    const version = await findCatalogVersion(panel.ctx.db);
    const result = await importRows([row(1, { rate: 0 })], "Nobody");
    expect(result).toMatchObject({ ok: false, refusal: { code: "nothing_importable" } });
    expect(await findProviderByName(panel.ctx.db, "Nobody")).toBeUndefined();
    expect(await findCatalogVersion(panel.ctx.db)).toBe(version);
  });

  test("as a dry run tells the same and changes nothing", async () => {
    const version = await findCatalogVersion(panel.ctx.db);
    const report = must(await importRows([row(1)], "Dry", "0", true));
    expect(report).toMatchObject({ imported: 1, wasProviderMade: true });
    expect(await findProviderByName(panel.ctx.db, "Dry")).toBeUndefined();
    expect(await findCatalogVersion(panel.ctx.db)).toBe(version);
  });

  test.each(["-1", "100001"])("refuses a mark-up of %s per cent", async (markup) => {
    const result = await importRows([row(1)], "Markup", markup);
    expect(result).toMatchObject({ ok: false, refusal: { code: "markup_invalid" } });
  });

  test("refuses a price that the mark-up makes too high", async () => {
    const rows = [row(1, { rate: "1000000000000" }), row(2)];
    const report = must(await importRows(rows, "High", "1"));
    expect(report.refused).toEqual([
      { row: 1, service: "1", field: "rate", reason: "is too high with the mark-up" },
    ]);
  });

  test("of 10,000 services takes seconds, is audited once, and two at a time do not mix", async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      row(index + 1, { category: `Category ${index % 100}` }),
    );
    const [one, two] = await Promise.all([
      importRows(rows, "manual", "20"),
      importRows(rows, "manual", "20"),
    ]);
    const [first, second] = [must(one), must(two)];
    expect(first.imported + second.imported).toBe(10_000);
    expect(first.updated + second.updated).toBe(10_000);
    const [entry] = await listAuditEntries(panel.ctx.db, 1);
    expect(entry).toMatchObject({ action: "service.import", actor: "cli:test" });
  }, 10_000);
});
