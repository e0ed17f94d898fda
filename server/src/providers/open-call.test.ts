import { describe, expect, test } from "vitest";
import { upsertProcess } from "#database/processes.sql.ts";
import { tester } from "#test/actors.ts";
import { must, testPanel } from "#test/panel.ts";
import type { OrderId, ProviderId } from "#values/ids.ts";
import { forgetCalls } from "#workers/forget-calls.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { flushCallLog } from "./call-log.ts";
import type { CallNote } from "./connector.ts";
import { openCall } from "./open-call.ts";
import { insertCalls, listProviderCalls } from "./provider-calls.sql.ts";
import { findProvider } from "./providers.sql.ts";
import type { Provider } from "./providers.sql.ts";
import { awaitSlot } from "./request-pacing.ts";

const panel = testPanel();
let providers = 0;

async function addRemote(): Promise<Provider> {
  const input = {
    name: `Remote ${++providers}`,
    connector: "api-v2",
    baseUrl: "https://example.com",
    key: "0123456789abcdef",
  };
  const id = must(await addProvider(panel.ctx, tester, input));
  const provider = await findProvider(panel.ctx.db, id);
  if (provider === undefined) throw new Error("not there");
  return provider;
}

const note: CallNote = {
  action: "add",
  orderId: 5 as OrderId,
  durationMs: 12,
  httpStatus: 200,
  request: "POST https://example.com/api/v2 {}",
  answer: '{"order":1}',
  outcome: "answered",
};

describe("a call", () => {
  test("has the key in clear, which the database never has", async () => {
    const provider = await addRemote();

    expect((await openCall(panel.ctx, provider)).key).toBe("0123456789abcdef");
    expect(provider.sealedKey).not.toContain("0123456789abcdef");
  });

  test("is not opened with a key that was sealed for another provider", async () => {
    const [one, other] = [await addRemote(), await addRemote()];
    const mixed = { ...one, sealedKey: other.sealedKey };
    await expect(openCall(panel.ctx, mixed)).rejects.toThrow("does not open");
  });
});

describe("turns", () => {
  test("come evenly, in the order in which they were asked for, and never too fast", async () => {
    const id = 1001 as ProviderId;
    const startedAt = performance.now();
    const came: number[] = [];

    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await awaitSlot(id, 200);
        came.push(index);
      }),
    );

    expect(came).toEqual(Array.from({ length: 100 }, (_, index) => index));
    // What may be made up for is a fifth of a second: 40 at once, 60 at 200 a second.
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  test("of one provider are nothing to another", async () => {
    await awaitSlot(1002 as ProviderId, 0.1);
    const startedAt = performance.now();
    await awaitSlot(1003 as ProviderId, 0.1);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("are shared by the workers that live", async () => {
    const { ctx } = await panel.openAnother([]);
    for (const id of ["a", "b"]) {
      const process = { id: `00000000-0000-4000-8000-00000000000${id}`, roles: ["worker"] };
      await upsertProcess(ctx.db, { ...process, host: "test", pid: 1 });
    }
    const { countLiveWorkers } = await import("./live-workers.ts");

    // With a pool of its own: how many there are is remembered for a while.
    expect(await countLiveWorkers({ ...ctx, db: Object.create(ctx.db) as typeof ctx.db })).toBe(2);
  });
});

describe("the log of calls", () => {
  test("has them with their answers, newest first, by provider and by order", async () => {
    const provider = await addRemote();
    const call = await openCall(panel.ctx, provider);

    call.record(note);
    call.record({
      ...note,
      orderId: undefined,
      action: "status",
      httpStatus: undefined,
      answer: undefined,
      outcome: "unknown",
    });
    await flushCallLog(panel.ctx);

    const all = await listProviderCalls(panel.ctx.db, { providerId: provider.id, limit: 10 });
    expect(all).toMatchObject([
      { action: "status", outcome: "unknown", httpStatus: undefined, answer: undefined },
      { ...note, providerId: provider.id },
    ]);
    const ofOrder = { orderId: 5 as OrderId, providerId: provider.id, limit: 10 };
    expect(await listProviderCalls(panel.ctx.db, ofOrder)).toMatchObject([note]);
    expect(await listProviderCalls(panel.ctx.db, { limit: 1 })).toHaveLength(1);
  });

  test("is short for states that are well, longer for everything else, and takes any text", async () => {
    const provider = await addRemote();
    const call = await openCall(panel.ctx, provider);
    const answer = "x".repeat(50_000);

    call.record({ ...note, action: "status", answer });
    call.record({ ...note, action: "status", answer, outcome: "unknown" });
    call.record({ ...note, answer: "a\u0000b\ud800" });
    await flushCallLog(panel.ctx);

    const [odd, bad, well] = await listProviderCalls(panel.ctx.db, {
      providerId: provider.id,
      limit: 9,
    });
    expect(well?.answer).toBe(`${"x".repeat(2_000)}… (50000 characters)`);
    expect(bad?.answer).toBe(`${"x".repeat(20_000)}… (50000 characters)`);
    expect(odd?.answer).toBe("a\uFFFDb\uFFFD");
  });

  test("that cannot be written fails nobody", async () => {
    const provider = await addRemote();
    const warned: unknown[] = [];
    const db = Object.assign(Object.create(panel.ctx.db) as typeof panel.ctx.db, {
      query: () => Promise.reject(new Error("away")),
    });
    const log = Object.assign(Object.create(panel.ctx.log) as typeof panel.ctx.log, {
      warn: (fields: unknown) => warned.push(fields),
    });
    const { callLog } = await import("./call-log.ts");
    const broken = callLog({ ...panel.ctx, db, log });

    broken.add(provider.id, note);
    await broken.flush();

    expect(warned).toHaveLength(1);
  });

  test("forgets what is older than the setting says", async () => {
    const provider = await addRemote();
    const day = 24 * 60 * 60 * 1000;
    const made = [13, 15, 400].map((days) => ({
      ...note,
      providerId: provider.id,
      startedAt: new Date(Date.now() - days * day),
    }));
    await insertCalls(panel.ctx.db, made);

    await forgetCalls.run(panel.ctx, new AbortController().signal);

    const left = await listProviderCalls(panel.ctx.db, { providerId: provider.id, limit: 9 });
    expect(left.map((call) => call.startedAt)).toEqual([made[0]?.startedAt]);
  });
});
