import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listAuditEntries } from "#audit/audit.sql.ts";
import { findProviderState, holdProvider } from "#providers/provider-states.sql.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { testPanel } from "#test/panel.ts";
import type { ProviderId } from "#values/ids.ts";
import { runPanel } from "#test/run-panel.ts";

// The panel that buys is also the one that sells: what is tested is the way between.
const panel = testPanel();
let key = "";

beforeAll(async () => {
  const reseller = await panel.addCustomer({ balance: "42.5" });
  key = reseller.key;
  await panel.addService();
});

const run = (...args: string[]) => runPanel(panel.database.url, "provider", ...args, "--json");

describe("a second panel as a provider", () => {
  test("is added, recognised, asked for its balance, and its calls are shown without the key", async () => {
    const file = path.join(tmpdir(), `panel-key-${process.pid}`);
    await writeFile(file, `${key}\n`);
    const url = `${panel.url}/api/v2`;

    const added = await run(
      "add",
      "--name",
      "Second",
      "--alias",
      "S2",
      "--url",
      url,
      "--key-file",
      file,
      "--private",
      "--timeout",
      "5",
      "--rps",
      "50",
      "--parallel",
      "4",
      "--low-balance",
      "50",
      "--set",
      "honours_request_id=true",
    );
    const tested = await run("test", "second");
    const balance = await run("balance", "Second");
    const log = await run("log", "--provider", "Second");
    const list = await run("list");

    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(tested.json()).toMatchObject({ ok: true, dialect: "Panelwright", balance: "42.50" });
    expect(tested.exitCode).toBe(0);
    expect(balance.json()).toMatchObject({ balance: "42.50", currency: "USD", low: true });
    expect(balance.stderr).toContain("below the mark of 50.00");
    const calls = log.json() as { action: string; request: string; answer: string }[];
    expect(calls.map((call) => call.action)).toEqual([
      "balance",
      "orders",
      "status",
      "services",
      "balance",
    ]);
    expect(calls[0]).toMatchObject({ outcome: "answered", http_status: 200 });
    expect(calls[0]?.request).toContain('"key":"***"');
    expect(list.json()).toContainEqual(
      expect.objectContaining({
        name: "Second",
        alias: "S2",
        url,
        has_key: true,
        timeout_seconds: 5,
        rps: 50,
        parallel: 4,
        low_balance: "50.00",
        balance: "42.50",
        balance_low: true,
        private: true,
        settings: { honours_request_id: true },
        held: null,
      }),
    );
    const written = JSON.stringify([
      log.stdout,
      list.stdout,
      await listAuditEntries(panel.ctx.db, 100),
      (await findProviderByName(panel.ctx.db, "Second"))?.sealedKey,
    ]);
    expect(written).not.toContain(key);
  });

  test("is held and released by an operator", async () => {
    await run("hold", "Second", "--reason", "holiday");
    const held = (await run("list")).json();
    const released = await run("release", "Second");

    expect(held).toContainEqual(
      expect.objectContaining({
        name: "Second",
        held: expect.objectContaining({ kind: "operator", reason: "holiday", probe: null }),
      }),
    );
    expect(released.json()).toMatchObject({ held: false, was_held: "operator" });
    expect((await run("list")).stdout).not.toContain("holiday");
  });

  test("with a wrong key is said to have one, and a corrected one is taken", async () => {
    await run("set", "Second", "--key", "0".repeat(32));
    const wrong = await run("test", "Second");
    await run("set", "Second", "--key", key, "--set", "honours_request_id=");
    const right = await run("test", "Second");

    expect(wrong.exitCode).toBe(1);
    expect(wrong.stdout).toContain("Invalid API key. Check the key");
    expect(right.exitCode).toBe(0);
    expect(right.stdout).toContain("--set honours_request_id=true");
  });

  test("that was held for its key is tried again with a new one, not against an operator", async () => {
    const { id } = (await findProviderByName(panel.ctx.db, "Second")) ?? { id: 0 as ProviderId };
    const kind = async () => (await findProviderState(panel.ctx.db, id)).hold?.kind;
    const held = { reason: "Invalid API key", probeSeconds: 900 };
    await holdProvider(panel.ctx.db, id, { kind: "key", ...held });

    await run("set", "Second", "--timeout", "6");
    expect(await kind()).toBe("key");
    await run("set", "Second", "--key", key);
    expect(await kind()).toBeUndefined();

    await run("hold", "Second");
    await run("set", "Second", "--key", key);
    expect(await kind()).toBe("operator");
    await run("release", "Second");
  });

  test("that counts in another currency is pointed out", async () => {
    const args = ["--currency", "eur", "--exchange-rate", "1.1"];
    const set = await run("set", "Second", ...args);
    const balance = await run("balance", "Second");
    const tested = await run("test", "Second");

    expect(set.exitCode).toBe(0);
    expect(balance.json()).toMatchObject({ currency_differs: true });
    expect(balance.stderr).toContain("counts in USD, but is set up in EUR");
    expect(tested.exitCode).toBe(1);
  });
});

test("a provider that answers with a web page is told from one with a wrong key", async () => {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>Welcome</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await run(
      "add",
      "--name",
      "Page",
      "--url",
      `http://127.0.0.1:${port}`,
      "--key",
      "k",
      "--private",
    );
    const tested = await run("test", "Page");

    expect(tested.exitCode).toBe(1);
    expect(tested.stdout).toContain("web page");
    expect(tested.stdout).toContain("/api/v2");
  } finally {
    server.close();
  }
});

describe("what is refused", () => {
  const url = ["--url", "https://example.com/api/v2"];
  const good = [...url, "--key", "abc"];
  test.each<[code: string, ...args: string[]]>([
    ["provider_url_missing", "--name", "a", "--key", "x"],
    ["provider_key_missing", "--name", "a", ...url],
    ["provider_key_invalid", "--name", "a", ...url, "--key", "a b"],
    ["provider_url_invalid", "--name", "a", "--url", "ftp://example.com", "--key", "x"],
    ["provider_url_invalid", "--name", "a", "--url", "https://u:p@example.com", "--key", "x"],
    ["provider_url_invalid", "--name", "a", "--url", "http://127.0.0.1/api/v2", "--key", "x"],
    ["provider_url_invalid", "--name", "a", "--url", "http://0x7f.1/api/v2", "--key", "x"],
    ["provider_url_invalid", "--name", "a", "--url", "http://[::ffff:10.0.0.1]/", "--key", "x"],
    ["provider_not_remote", "--name", "a", "--connector", "manual", "--key", "x"],
    ["provider_alias_invalid", "--name", "a", "--alias", "x".repeat(101), ...good],
    ["provider_currency_invalid", "--name", "a", "--currency", "dollars", ...good],
    ["provider_exchange_rate_missing", "--name", "a", "--currency", "EUR", ...good],
    ["provider_setting_invalid", "--name", "a", "--set", "colour=red", ...good],
    ["provider_setting_invalid", "--name", "a", "--set", "status_words=Gone:Away", ...good],
    ["provider_setting_invalid", "--name", "a", "--set", "status_batch=0", ...good],
  ])("%s: %s", async (code, ...args) => {
    const added = await run("add", ...args);
    expect(added.exitCode).toBe(1);
    expect(added.json()).toEqual({ error: added.stderr.trim(), code });
  });

  afterAll(async () => {
    expect(await findProviderByName(panel.ctx.db, "a")).toBeUndefined();
  });
});
