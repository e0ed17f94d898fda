import fc from "fast-check";
import { expect, test } from "vitest";
import { serviceTypes } from "./index.ts";

const link = "https://example.com/p/1";
const dripfed = { min: 10, max: 100, dripfeed: true };
const plainOnly = { ...dripfed, dripfeed: false };
const site = { country: "US", device: "1", typeOfTraffic: "3" };

function order(runs?: string, interval?: string, service = dripfed, quantity = "50") {
  const fields: Record<string, string | undefined> = { link, quantity, runs, interval };
  return serviceTypes.default.read((name) => fields[name], service);
}

function refusal(code: string, field: string, details: object = {}) {
  return { ok: false, refusal: { code, field, ...details } };
}

test("a drip-feed charges the quantity of each run", () => {
  expect(order("5", "30")).toEqual({
    ok: true,
    value: { link, quantity: 250, runs: 5, intervalMinutes: 30 },
  });
  expect(order(" 2 ", " 0 ")).toMatchObject({
    value: { quantity: 100, runs: 2, intervalMinutes: 0 },
  });
});

test("web traffic can be drip-fed too", () => {
  const fields: Record<string, string> = { link, quantity: "50", runs: "3", interval: "60" };
  const read = serviceTypes.web_traffic.read((name) => ({ ...fields, ...site })[name], dripfed);
  expect(read).toMatchObject({ value: { quantity: 150, runs: 3, intervalMinutes: 60 } });
});

test("what clients send for no drip-feed is a plain order, drip-feed or not", () => {
  const plain = { ok: true, value: { link, quantity: 50 } };
  const pairs = [
    [undefined, undefined],
    ["0", undefined],
    ["1", undefined],
    ["0", "0"],
    ["1", "0"],
    [undefined, "0"],
    [" ", " "],
  ] as const;
  for (const [runs, interval] of pairs) {
    expect(order(runs, interval)).toEqual(plain);
    expect(order(runs, interval, plainOnly)).toEqual(plain);
  }
});

test("a service without drip-feed refuses to be drip-fed", () => {
  expect(order("2", "30", plainOnly)).toEqual(refusal("dripfeed_unsupported", "runs"));
  expect(order("2", undefined, plainOnly)).toEqual(refusal("dripfeed_unsupported", "runs"));
  expect(order(undefined, "30", plainOnly)).toEqual(refusal("dripfeed_unsupported", "interval"));
});

test("runs and interval belong together", () => {
  expect(order(undefined, "30")).toEqual(refusal("runs_required", "runs"));
  expect(order("2", undefined)).toEqual(refusal("interval_required", "interval"));
});

test("runs are 1 to 10,000", () => {
  expect(order("1", "30")).toMatchObject({ value: { quantity: 50, runs: 1 } });
  expect(order("10000", "1")).toMatchObject({ value: { quantity: 500_000, runs: 10_000 } });
  for (const runs of ["0", "10001", "-1", "1.5", "two"]) {
    expect(order(runs, "30")).toEqual(refusal("field_invalid", "runs", { expected: "1 to 10000" }));
  }
});

test("an interval is at most 30 days", () => {
  expect(order("2", "43200")).toMatchObject({ value: { intervalMinutes: 43_200 } });
  for (const interval of ["43201", "-1", "0.5", "1h"]) {
    expect(order("2", interval)).toEqual(
      refusal("field_invalid", "interval", { expected: "0 to 43200" }),
    );
  }
});

test("the bounds of the service hold for each run, not for the sum", () => {
  expect(order("5", "30", dripfed, "9")).toEqual(
    refusal("quantity_below_min", "quantity", { min: 10 }),
  );
  expect(order("5", "30", dripfed, "100")).toMatchObject({ value: { quantity: 500 } });
  expect(order("5", "30", dripfed, "101")).toEqual(
    refusal("quantity_above_max", "quantity", { max: 100 }),
  );
});

test("a sum beyond 2^53-1 is refused with the largest quantity that fits", () => {
  const limitless = { min: 1, max: Number.MAX_SAFE_INTEGER, dripfeed: true };
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10_000 }), (runs) => {
      const read = order(String(runs), "0", limitless, String(Number.MAX_SAFE_INTEGER));
      const largest = BigInt(Number.MAX_SAFE_INTEGER) / BigInt(runs);
      expect(read).toEqual(refusal("quantity_above_max", "quantity", { max: Number(largest) }));
      expect(order(String(runs), "0", limitless, String(largest))).toMatchObject({
        value: { quantity: Number(largest * BigInt(runs)) },
      });
      expect(order(String(runs), "0", limitless, String(largest + 1n)).ok).toBe(false);
    }),
  );
});
