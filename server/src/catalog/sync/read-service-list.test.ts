import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readRealList, realLists } from "#test/real-lists.ts";
import { decimalFromAmount } from "#values/money.ts";
import { readServiceList } from "./read-service-list.ts";
import type { ServiceList } from "./read-service-list.ts";

const wireNames = new Map([
  ["default", "Default"],
  ["custom comments", "Custom Comments"],
]);

const findTypeName = (name: string) => wireNames.get(name.toLowerCase().replaceAll("_", " "));

function readSample(name: string): string {
  return readFileSync(path.join(import.meta.dirname, "samples", name), "utf8");
}

function readAccepted(text: string): ServiceList {
  const read = readServiceList(text, findTypeName);
  if (!read.ok) throw new Error(`refused: ${read.refusal.code}`);
  return read.value;
}

function refusalOf(text: string): string | undefined {
  const read = readServiceList(text, findTypeName);
  return read.ok ? undefined : read.refusal.code;
}

describe("a provider's service list", () => {
  test("may write flags, ids and counts as numbers or text", () => {
    const { services, refused, notes } = readAccepted(readSample("flags-as-numbers.json"));
    expect(refused).toEqual([]);
    expect(
      services.map(({ cost, ...rest }) => ({ ...rest, cost: decimalFromAmount(cost) })),
    ).toEqual([
      {
        row: 1,
        providerService: "3",
        name: "Likes",
        category: "Photo likes",
        type: "Default",
        cost: "9600.00000000",
        min: 1,
        max: 500,
        refill: false,
        cancel: true,
        dripfeed: false,
        description: undefined,
      },
      {
        row: 2,
        providerService: "4",
        name: "Comments",
        category: "12",
        type: "Custom Comments",
        cost: "0.00120000",
        min: 10,
        max: 1500,
        refill: true,
        cancel: false,
        dripfeed: true,
        description: "Slow &amp; steady",
      },
    ]);
    expect(notes).toEqual([{ row: 1, service: "3", field: "min", reason: "is zero: taken as 1" }]);
  });

  test("may write flags as words and names with line breaks", () => {
    const [service] = readAccepted(readSample("flags-as-words.json")).services;
    expect(service).toMatchObject({ refill: true, cancel: false, dripfeed: false });
    expect(service?.name).toBe("Viewers\r\n- 15 minutes");
    expect(decimalFromAmount(service?.cost ?? 0n)).toBe("450.45000000");
  });

  test("may be wrapped and begin with a byte order mark; HTML entities stay", () => {
    for (const text of [readSample("wrapped.json"), `\uFEFF${readSample("wrapped.json")}`]) {
      expect(readAccepted(text).services[0]?.name).toBe("Followers &quot;real&quot;");
    }
    const wrapped = readSample("wrapped.json").replace("data", "services");
    expect(readAccepted(wrapped).services).toHaveLength(1);
  });

  test("loses each row that cannot be sold safely, with its reason", () => {
    const { services, refused } = readAccepted(readSample("unsafe-rows.json"));
    expect(services.map((service) => service.name)).toEqual(["Good"]);
    expect(refused.map(({ row, service, field, reason }) => [row, service, field, reason])).toEqual(
      [
        [2, "2", "rate", "is missing"],
        [3, "3", "rate", "is zero"],
        [4, "4", "rate", "is negative"],
        [5, "5", "rate", "cannot be read"],
        [6, "6", "max", "is missing"],
        [7, "7", "max", "is zero"],
        [8, "8", "min", "is above max"],
        [9, "9", "type", "is not known"],
        [10, "10", "name", "is missing"],
        [11, undefined, "service", "is missing or no id"],
        [12, "1", "service", "stands in the list twice"],
        [13, "11", "max", "is too large"],
        [14, "12", "min", "cannot be read"],
        [15, "13", "type", "is missing"],
        [16, "14", "rate", "is too high"],
        [17, undefined, "row", "is not an object"],
      ],
    );
  });

  test.each([
    { service: 1.5 },
    { service: true },
    { service: "" },
    { service: "x".repeat(101) },
    { name: "x".repeat(1001) },
    { name: "a\u0000b" },
    { category: "x".repeat(501) },
    { rate: { amount: 1 } },
    { rate: null },
    { max: 10.5 },
    { max: "1,000" },
    { max: -1 },
    { max: true },
  ])("refuses a row with %j", (change) => {
    const row = { service: 1, name: "A", type: "Default", category: "C", rate: "1", max: 10 };
    const list = readAccepted(JSON.stringify([{ ...row, ...change }]));
    expect(list.services).toEqual([]);
    expect(list.refused).toHaveLength(1);
    expect(list.refused[0]?.field).toBe(Object.keys(change)[0]);
  });

  test("takes a missing category and unreadable flags for the harmless thing, and says so", () => {
    const row = { service: 1, name: "A", type: "Default", rate: "1", max: 10, refill: "2" };
    const { services, notes } = readAccepted(JSON.stringify([row]));
    expect(services[0]).toMatchObject({ category: "Uncategorized", refill: false, min: 1 });
    expect(notes.map((note) => note.field)).toEqual(["category", "min", "refill"]);
  });

  test.each([
    ["", "list_empty_file"],
    [" \r\n", "list_empty_file"],
    ["\uFEFF", "list_empty_file"],
    ["[]", "list_empty"],
    ['{"status":"success","data":"Empty Data"}', "list_empty"],
    ["<!DOCTYPE html><html></html>", "list_html"],
    ["Service not available", "list_not_json"],
    ['[{"service":1', "list_not_json"],
    ['{"error":"Invalid API key"}', "list_error"],
    ['{"data":null,"message":"Too many requests"}', "list_error"],
    ['{"balance":"1"}', "list_not_a_list"],
    ["null", "list_not_a_list"],
    ["12", "list_not_a_list"],
  ])("%j is no list: %s", (text, code) => {
    expect(refusalOf(text)).toBe(code);
  });
});

describe.skipIf(realLists.length === 0)(
  "lists of real panels (skipped where they are not at hand)",
  () => {
    test.each([
      ["category-ids.json", 68],
      ["large-string-ids.json", 5586],
      ["minimal-fields.json", 398],
      ["no-min-max.json", 24],
      ["numbers-and-platform.json", 617],
      ["true-strings.json", 272],
      ["zero-one-flags.json", 96],
      ["desc-and-dripfeed-strings.json", 350],
    ])("every row of %s is either safe or refused with a reason", (file, rows) => {
      const { services, refused } = readAccepted(readRealList(file));
      expect(services.length + refused.length).toBe(rows);
      for (const service of services) {
        expect(service.cost).toBeGreaterThan(0n);
        expect(service.min).toBeGreaterThanOrEqual(1);
        expect(service.max).toBeGreaterThanOrEqual(service.min);
      }
    });

    test("an empty file and an error are refused", () => {
      expect(refusalOf(readRealList("empty-file.json"))).toBe("list_empty_file");
      expect(refusalOf(readRealList("error-instead-of-list.json"))).toBe("list_error");
    });
  },
);
