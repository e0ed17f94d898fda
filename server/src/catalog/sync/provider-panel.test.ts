import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runPanel } from "#test/run-panel.ts";
import type { Run } from "#test/run-panel.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { readRealList, realLists } from "#test/real-lists.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { listServicesOfProvider } from "#catalog/catalog.sql.ts";
import { changeService } from "#catalog/change-service.ts";
import { markUpOf } from "#catalog/mark-up.ts";
import { runDueSyncs } from "./run-due-syncs.ts";
import { undoSync } from "./undo-sync.ts";
import { syncProvider } from "./sync-provider.ts";
import type { SyncOrder } from "./sync-provider.ts";

// What a new operator does, by command line: a second real panel as the provider, and lists as they
// are found in the wild.

const panel = testPanel();
const provider = testPanel();

type Json = Readonly<Record<string, unknown>>;

async function command(...args: string[]): Promise<Run & { readonly answer: Json }> {
  const run = await runPanel(panel.database.url, ...args, "--json");
  return { ...run, answer: run.json() as Json };
}

async function done(...args: string[]): Promise<Json> {
  const run = await command(...args);
  if (run.exitCode !== 0) throw new Error(`${args.join(" ")}: ${run.stdout}${run.stderr}`);
  return run.answer;
}

function addProvider(name: string, url: string, key: string): Promise<Json> {
  return done("provider", "add", "--name", name, "--url", url, "--key", key, "--private");
}

describe("another panel as the provider", () => {
  test("is imported from with a mark-up, sold, and synced when it raises a price", async () => {
    const likes = await provider.addService({ name: "Likes", rate: amount("1"), min: 10 });
    for (let n = 0; n < 11; n++) await provider.addService({ name: `More ${n}` });
    const account = await provider.addCustomer({ balance: "100" });
    await addProvider("upstream", `${provider.url}/api/v2`, account.key);

    const dry = await done("provider", "import", "upstream", "--markup-percent", "25", "--dry-run");
    expect(dry).toMatchObject({ run: null, counts: { new: 12 }, imported: 0 });
    const imported = await done(
      "provider",
      "import",
      "upstream",
      "--markup-percent",
      "25",
      "--apply",
    );
    expect(imported).toMatchObject({ status: "applied", imported: 12, listed: 12 });

    const services = (await done("service", "list", "--provider", "upstream")) as unknown as {
      service: number;
      name: string;
      rate: string;
      cost: string;
      provider_service: string;
    }[];
    const mine = services.find((service) => service.name === "Likes");
    expect(mine).toMatchObject({ rate: "1.25", cost: "1.00", provider_service: String(likes) });
    const customer = await panel.addCustomer();
    const order = { key: customer.key, action: "add", link: "a", quantity: 1000 };
    expect(await panel.api({ ...order, service: mine?.service ?? 0 })).toMatchObject({
      order: expect.any(Number),
    });

    must(await changeService(provider.ctx, tester, likes, () => ({ rate: amount("1.2") })));
    const plan = await done("provider", "sync", "upstream");
    expect(plan).toMatchObject({
      status: "planned",
      changes: [
        {
          kind: "changed",
          service: mine?.service,
          before: { rate: "1.25", cost: "1.00", margin_percent: "25.0" },
          after: { rate: "1.50", cost: "1.20", margin_percent: "25.0" },
          applied: null,
        },
      ],
    });
    const shown = await runPanel(panel.database.url, "provider", "sync", "upstream");
    expect(shown.stdout).toContain("1.25 → 1.50");
    expect(shown.stdout).toContain(`--apply ${Number(plan["run"]) + 1}`);
    const run = String(Number(plan["run"]) + 1);
    expect(await done("provider", "sync", "upstream", "--apply", run)).toMatchObject({ done: 1 });
    expect(await done("provider", "undo", run)).toMatchObject({ restored: 1 });

    // A jump waits for the operator; the margin is kept meanwhile.
    must(await changeService(provider.ctx, tester, likes, () => ({ rate: amount("2") })));
    expect(await done("provider", "sync", "upstream", "--apply")).toMatchObject({
      status: "stopped",
      done: 0,
    });
    expect(
      (await panel.api({ key: customer.key, action: "services" })) as unknown[],
    ).toContainEqual(expect.objectContaining({ service: mine?.service, rate: "2.00" }));
    const log = (await done("provider", "sync-log", "--provider", "upstream")) as unknown as Json[];
    expect(log.map((each) => [each["kind"], each["status"]])).toEqual([
      ["sync", "stopped"],
      ["sync", "undone"],
      ["sync", "replaced"],
      ["import", "applied"],
    ]);
    const waiting = String(log[0]?.["run"]);
    expect(await command("provider", "sync", "upstream", "--apply", waiting)).toMatchObject({
      exitCode: 1,
      answer: { code: "run_braked" },
    });
    await done("provider", "sync", "upstream", "--apply", waiting, "--accept-brakes");
    expect(await done("provider", "sync-log", "--run", waiting)).toMatchObject({
      status: "applied",
      changes: [{ brake: "its price rose by 100 %, more than 30 %", after: { rate: "2.50" } }],
    });

    const change = ["service", "set", String(mine?.service)];
    expect(await done(...change, "--rate", "3")).toMatchObject({
      rate: "3.00",
      follows: expect.not.arrayContaining(["rate"]),
    });
    expect(await done(...change, "--follow", "rate", "--mine", "name,refill")).toMatchObject({
      rate: "2.50",
      follows: expect.not.arrayContaining(["name", "refill"]),
    });
    expect(await done(...change, "--markup-percent", "50")).toMatchObject({ rate: "3.00" });
    expect(await done(...change, "--provider-markup")).toMatchObject({ rate: "2.50" });
    expect(
      await done(
        ...change,
        "--margin-percent",
        "30",
        "--below-margin",
        "stop",
        "--routing",
        "price",
      ),
    ).toMatchObject({ margin_percent: "30", below_margin: "stop", routing: "price" });
    expect(await done("service", "below-cost")).toMatchObject([
      { service: mine?.service, agreed: "2.50", cost: "2.00", floor: "2.60", pays: null },
    ]);
    expect(
      await done("provider", "markup", "upstream", "--markup-percent", "40", "--band", "1:60:0.01"),
    ).toMatchObject({ repriced: 12 });
    expect(await done("service", "list", "--provider", "upstream")).toContainEqual(
      expect.objectContaining({ name: "Likes", rate: "2.80" }),
    );
    expect(await done("provider", "markup", "upstream")).toMatchObject({
      markup: { percent: "40", bands: [{ cost_up_to: "1", percent: "60", fixed: "0.01" }] },
    });
    await done("provider", "set", "upstream", "--exchange-rate", "0.5");
    expect(await done("service", "list", "--provider", "upstream")).toContainEqual(
      expect.objectContaining({ name: "Likes", cost: "1.00", rate: "1.61" }),
    );
  });

  test("is synced when its time has come", async () => {
    await done("provider", "schedule", "upstream", "--minutes", "60");

    await runDueSyncs(panel.ctx, (name) => findServiceType(name)?.wireName);

    const log = (await done("provider", "sync-log", "--limit", "1")) as unknown as Json[];
    expect(log).toMatchObject([{ actor: "system:sync-providers" }]);
    expect(await done("provider", "schedule", "upstream", "--off")).toMatchObject({
      sync_minutes: null,
    });
  });

  test.each<[code: string, ...args: string[]]>([
    ["provider_without_list", "provider", "sync", "manual"],
    ["provider_without_list", "provider", "schedule", "sandbox", "--minutes", "60"],
    ["sync_minutes_invalid", "provider", "schedule", "upstream", "--minutes", "4"],
    ["run_unknown", "provider", "undo", "999999"],
    ["run_unknown", "provider", "sync", "upstream", "--apply", "999999"],
    ["run_unknown", "provider", "sync-log", "--run", "999999"],
    ["selection_unknown", "provider", "import", "upstream", "--service", "999999"],
    ["margin_invalid", "service", "set", "1", "--margin-percent", "-1"],
  ])("is not %s", async (code, ...args) => {
    const run = await command(...args);
    expect(run).toMatchObject({ exitCode: 1, answer: { code, error: run.stderr.trim() } });
    expect(run.stderr).toMatch(/^\S.*\.\n$/s);
  });
});

const expected: Readonly<Record<string, { imported: number } | { code: string }>> = {
  "empty-file.json": { code: "list_not_fetched" },
  "error-instead-of-list.json": { code: "list_not_fetched" },
  "large-string-ids.json": { imported: 5586 },
};

describe.skipIf(realLists.length === 0)(
  "lists of real panels (skipped where they are not at hand)",
  () => {
    let listed = "";
    const server = createServer((request, response) => {
      request.resume();
      request.on("end", () => response.end(listed));
    });
    beforeAll(async () => {
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    test.each(realLists)("%s", async (file) => {
      listed = readRealList(file);
      const { port } = server.address() as AddressInfo;
      await addProvider(file, `http://127.0.0.1:${port}/api/v2`, "key");
      const wanted = expected[file];
      if (wanted !== undefined) {
        const started = performance.now();
        const run = await command("provider", "import", file, "--markup-percent", "25", "--apply");
        expect(performance.now() - started).toBeLessThan(10_000);
        expect(run.answer).toMatchObject(wanted);
        if ("code" in wanted) return;
      }
      const from = await findProviderByName(panel.ctx.db, file);
      if (from === undefined) throw new Error("no provider was made");
      const findTypeName = (name: string) => findServiceType(name)?.wireName;
      const sync = async (order: SyncOrder) =>
        must(await syncProvider(panel.ctx, tester, from, order, findTypeName));
      const { plan } = await sync({
        kind: "import",
        markUp: markUpOf(amount("25")),
        mode: "apply",
      });
      const rows = JSON.parse(listed) as unknown[];
      expect(plan.changes.length + plan.sold + plan.refused.length).toBe(rows.length);
      const services = await listServicesOfProvider(panel.ctx.db, from.id);
      expect(services).toHaveLength(plan.changes.length + plan.sold);
      // What is left has a way on, but for a price: its words mapped, and bounds for rows without any.
      const words = plan.refused.flatMap(({ word }) => (word === undefined ? [] : [word]));
      const types = Object.fromEntries(words.map((word) => [word, "Default"]));
      const listTerms = { types, min: 1, max: 1_000_000 };
      const markUp = markUpOf(amount("25"));
      const rest = await sync({ kind: "import", markUp, mode: "apply", listTerms });
      const unpriced = rest.plan.refused.filter(({ field }) => field === "rate");
      expect(rest.plan.refused).toEqual(unpriced);
      const all = await listServicesOfProvider(panel.ctx.db, from.id);
      expect(all).toHaveLength(rows.length - unpriced.length);
      for (const { cost, rate } of all) expect(rate).toBeGreaterThan(cost ?? rate);
      // The same list again has nothing to say.
      expect(await sync({ kind: "sync", mode: "apply" })).toMatchObject({ changes: [] });
      if (rest.run === undefined) throw new Error("no run was kept");
      const undone = await undoSync(panel.ctx, tester, rest.run.id);
      expect(rest.plan.changes.length === 0 || undone.ok).toBe(true);
    });
  },
);
