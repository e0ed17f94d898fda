import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiV2 } from "#providers/connectors/api-v2.ts";
import { testCall } from "#test/provider-call.ts";
import type { OrderId } from "#values/ids.ts";

/**
 * A provider whose answers come once too often: on each connection, before it answers a question, it
 * repeats its answer to the question before.
 */
const provider = createServer((socket) => {
  let before = "";
  socket.on("data", (data) => {
    const link = /post-(\d+)/.exec(decodeURIComponent(data.toString()))?.[1];
    const order = /order=(\d+)/.exec(data.toString())?.[1];
    const answer =
      link === undefined ? { status: "Partial", remains: order } : { order: Number(link) };
    const now = http(JSON.stringify(answer));
    socket.write(before + now);
    before = now;
  });
  socket.on("error", () => {});
});

function http(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

let call: ReturnType<typeof testCall>;

beforeAll(async () => {
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  const { port } = provider.address() as AddressInfo;
  call = testCall(`http://127.0.0.1:${port}/api/v2`, "0123456789abcdef0123456789abcdef");
});

afterAll(() => {
  provider.close();
});

test("an answer that comes twice is not taken for that of the next order", async () => {
  const numbers: string[] = [];
  for (const n of [101, 102, 103]) {
    const outcome = await apiV2.placeOrder(
      {
        orderId: n as OrderId,
        requestId: `twice-${n}`,
        providerService: "1",
        type: "Default",
        link: `https://example.com/post-${n}`,
        quantity: 100,
        runs: undefined,
        intervalMinutes: undefined,
        fields: {},
      },
      call,
    );
    numbers.push(outcome.kind === "accepted" ? outcome.providerOrder : outcome.kind);
  }
  expect(numbers).toEqual(["101", "102", "103"]);
});

test("nor for the state of the next order", async () => {
  const remains: unknown[] = [];
  for (const id of ["7", "8", "9"]) {
    const said = await apiV2.orderStates([id], call);
    const state = said.ok ? said.value.get(id) : undefined;
    remains.push(state?.kind === "state" ? state.remains : state);
  }
  expect(remains).toEqual([7, 8, 9]);
});
