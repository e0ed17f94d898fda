import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openChance } from "./chance.ts";
import { faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { openFaultyWire } from "./faulty-wire.ts";

// A stray answer is for whoever comes next on the connection, which is nobody's choice.
const names = (Object.keys(faults) as readonly Fault[]).filter((name) => name !== "stray");
const timeoutMs = 1000;
let received = new Map<string, number>();
let url = "";

const panel = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
  request.on("end", () => {
    const link = new URLSearchParams(body).get("link") ?? "";
    received.set(link, (received.get(link) ?? 0) + 1);
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(`{"order":${received.size}}`);
  });
});

beforeAll(async () => {
  panel.listen(0, "127.0.0.1");
  await once(panel, "listening");
  url = `http://127.0.0.1:${(panel.address() as AddressInfo).port}`;
});
afterAll(() => {
  panel.close();
  panel.closeAllConnections();
});

function hideNumbers(text: string): string {
  return text.replaceAll(/[0-9]+/g, "N");
}

/** What each of 60 clients saw, how often each order arrived, and what the wire did. */
async function story(seed: number, share: number) {
  received = new Map();
  const wire = await openFaultyWire({
    name: "wire",
    chance: openChance(seed),
    target: () => url,
    timeoutMs,
    share: { add: share, other: 0 },
    faults: names,
  });
  wire.rage();
  const links = Array.from({ length: 60 }, (_, number) => `link${number}`);
  const waiting = links.values();
  const saw = new Set<string>();
  const client = async () => {
    for (const link of waiting) {
      const body = new URLSearchParams({ action: "add", link });
      // Well below how long the wire holds back what is to come late.
      const signal = AbortSignal.timeout(timeoutMs);
      const answer = await fetch(wire.url, { method: "POST", body, signal })
        .then(async (answered) => `${answered.status} ${hideNumbers(await answered.text())}`)
        .catch((error: Error) => (error.name === "TimeoutError" ? "gave up" : "broken"));
      saw.add(`${answer}, arrived ${received.get(link) ?? 0}`);
    }
  };
  await Promise.all([client(), client(), client()]);
  await wire.idle();
  await wire.close();
  return { saw, arrived: links.map((link) => received.get(link) ?? 0), did: wire.counts };
}

test("a good wire passes everything once", async () => {
  const { saw, did } = await story(1, 0);

  expect(saw).toEqual(new Set(['200 {"order":N}, arrived 1']));
  expect(did).toEqual(new Map());
});

test("the same seed does the same harm, whatever comes first", async () => {
  // A seed under which every kind of harm is done.
  const first = await story(43, 0.5);
  const again = await story(43, 0.5);
  const other = await story(44, 0.5);

  expect([again.arrived, again.did]).toEqual([first.arrived, first.did]);
  expect(other.arrived).not.toEqual(first.arrived);
  // Answered, given up and broken, with and without having arrived.
  expect([...first.saw]).toEqual(
    expect.arrayContaining([
      '200 {"order":N}, arrived 1',
      "gave up, arrived 1",
      "gave up, arrived 0",
      "broken, arrived 0",
      "broken, arrived 1",
    ]),
  );
});
