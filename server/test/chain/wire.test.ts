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
const timeoutMs = 100;
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

/** What the client saw of each of 60 orders, and how often each arrived. */
async function story(seed: number, share: number): Promise<string[]> {
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
  const seen: string[] = [];
  const numbers = Array.from({ length: 60 }, (_, number) => number).values();
  const client = async () => {
    for (const number of numbers) {
      const body = new URLSearchParams({ action: "add", link: `link${number}` });
      const signal = AbortSignal.timeout(timeoutMs + 50);
      const saw = await fetch(wire.url, { method: "POST", body, signal })
        .then(async (answer) => `${answer.status} ${hideNumbers(await answer.text())}`)
        .catch((error: Error) => (error.name === "TimeoutError" ? "gave up" : "broken"));
      seen[number] = saw;
    }
  };
  await Promise.all([client(), client(), client()]);
  await wire.idle();
  await wire.close();
  return seen.map((saw, number) => `${saw}, arrived ${received.get(`link${number}`) ?? 0}`);
}

test("a good wire passes everything once", async () => {
  expect(new Set(await story(1, 0))).toEqual(new Set(['200 {"order":N}, arrived 1']));
});

test("the same seed does the same harm, whatever comes first", async () => {
  const first = await story(7, 0.5);

  expect(await story(7, 0.5)).toEqual(first);
  expect(await story(8, 0.5)).not.toEqual(first);
  // Answered, and given up or broken with and without having arrived.
  expect(first).toEqual(
    expect.arrayContaining([
      '200 {"order":N}, arrived 1',
      "gave up, arrived 1",
      "broken, arrived 0",
      "broken, arrived 1",
    ]),
  );
});
