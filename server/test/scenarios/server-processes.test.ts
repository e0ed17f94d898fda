import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { formRequest, openWire } from "#test/attack/wire.ts";
import { amount, testPanel } from "#test/panel.ts";
import { startPanelProcess } from "./panel-process.ts";
import type { PanelProcess } from "./panel-process.ts";

const shop = testPanel();
const running: PanelProcess[] = [];
afterEach(() => Promise.all(running.splice(0).map((panel) => panel.stop())));

async function start(options: Parameters<typeof startPanelProcess>[1]): Promise<PanelProcess> {
  const panel = await startPanelProcess(shop.database.url, options);
  running.push(panel);
  return panel;
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

const isLinux = process.platform === "linux";

test.runIf(isLinux)(
  "where one of several processes is killed its connections end at once, and it is replaced",
  async () => {
    const { key } = await shop.addCustomer();
    const panel = await start({ processes: 2 });
    const request = formRequest(`key=${key}&action=balance`);
    const [first = 0, second = 0] = childrenOf(panel.pid);
    // It still is given connections, and takes none.
    process.kill(first, "SIGSTOP");
    const wires = await Promise.all(Array.from({ length: 64 }, () => openWire(panel.url)));
    const asked = wires.map((wire) => wire.ask(request));
    process.kill(first, "SIGKILL");

    const heard = await Promise.all(asked);
    const kinds = new Set(heard.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["answered", "closed"]));
    await expect
      .poll(() => childrenOf(panel.pid).filter((pid) => pid !== first).length, { timeout: 20_000 })
      .toBe(2);
    expect(childrenOf(panel.pid)).toContain(second);
    for (const wire of wires) wire.close();
    const wire = await openWire(panel.url);
    expect(await wire.ask(request)).toMatchObject({ kind: "answered", status: 200 });
    wire.close();
  },
);

test("two panels never share a port, however many processes they have", async () => {
  const panel = await start({ processes: 2 });
  const { port } = new URL(panel.url);

  await expect(start({ processes: 2, env: { PANEL_PORT: port } })).rejects.toThrow(/EADDRINUSE/);
  await expect(start({ env: { PANEL_PORT: port } })).rejects.toThrow(/EADDRINUSE/);
});

test("a panel ends cleanly while a provider keeps it waiting, and what was sent is not sent again", async () => {
  const asked: string[] = [];
  const provider = createServer((request) => {
    void text(request).then((body) => asked.push(new URLSearchParams(body).get("action") ?? ""));
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const { port } = provider.address() as AddressInfo;
  // Longer than any test may take.
  await shop.ctx.db.query(
    `with made as (
       insert into providers (name, alias, connector, base_url, timeout_ms, is_private)
       values ('slow', 'slow', 'api-v2', 'http://127.0.0.1:${port}/', 120000, true) returning id)
     insert into provider_states (provider_id) select id from made`,
  );
  const service = await shop.addService({
    provider: "slow",
    providerService: "1",
    rate: amount("1"),
    min: 1,
  });
  const { key } = await shop.addCustomer();
  const panel = await start({ roles: "api,worker" });
  const add = { key, action: "add", service, link: "https://a.example/", quantity: 10 };
  const { order } = (await shop.api(add)) as { order: number };
  await expect.poll(() => asked, { timeout: 20_000 }).toContain("add");

  expect(await panel.stop()).toBe(0);

  provider.closeAllConnections();
  provider.close();
  const { rows } = await shop.ctx.db.query(
    "select outcome from attempts where order_id = $1 order by number",
    [order],
  );
  expect(rows).toEqual([{ outcome: null }]);
});
