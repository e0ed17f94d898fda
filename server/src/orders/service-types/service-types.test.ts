import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findServiceType, serviceTypeOf, serviceTypes } from "./index.ts";
import type { OrderDraft, OrderInput, ServiceType } from "./service-type.ts";

const samples: Readonly<Record<string, string>> = {
  link: "https://example.com/p/1",
  quantity: "100",
  comments: "Great\nLovely",
  usernames: "anna\nbert",
  hashtags: "#sun\n#sea",
  hashtag: "#sun",
  username: "anna",
  media: "https://example.com/p/2",
  answerNumber: "3",
  groups: "https://example.com/g/1",
  keywords: "shoes\nboots",
  country: "US",
  device: "5",
  typeOfTraffic: "3",
  list: "https://example.com/v/1",
  suggest: "https://example.com/v/2",
  min: "10",
  max: "20",
};

const service = { min: 1, max: 1000, dripfeed: true };
const types: readonly (readonly [string, ServiceType])[] = Object.entries(serviceTypes);
const fieldNames = [...new Set(types.flatMap(([, type]) => type.inputs.map(({ name }) => name)))];

function without(missing: string): OrderInput {
  return (field) => (field === missing ? undefined : samples[field]);
}

function textsOf(draft: OrderDraft): string[] {
  const values = Object.values(draft.fields ?? {}).flat();
  return [draft.link, ...values.filter((value) => typeof value === "string")];
}

test("every service type has a wire name of its own", () => {
  const names = types.map(([, type]) => type.wireName.toLowerCase());
  expect(new Set(names).size).toBe(types.length);
  expect(types.length).toBeGreaterThan(15);
});

test("a type name that nobody knows is not taken for another type", () => {
  const names = ["", "Special", "fb_viplike", "constructor", "Mention"];
  for (const name of names) expect(findServiceType(name)).toBeUndefined();
});

test.each(["Custom Comment", "custom-comment", "CustomComments", "CUSTOM_COMMENTS "])(
  "%s is custom comments, whatever it is written with",
  (name) => {
    expect(findServiceType(name)).toBe(serviceTypes.custom_comments);
  },
);

test("SEO2 is another name of SEO", () => {
  expect(findServiceType("SEO2")).toBe(serviceTypes.seo);
});

test("a stored name that is no type is a bug, not a refusal", () => {
  for (const name of ["default", "constructor", "SEO2", ""]) {
    expect(() => serviceTypeOf(name)).toThrow("no service type");
  }
});

describe.each(types)("service type %s", (slug, type) => {
  test("is found by its name in any spelling and by its slug", () => {
    const name = type.wireName;
    const spellings = [
      slug,
      name,
      name.toLowerCase(),
      name.toUpperCase(),
      name.toLowerCase().replaceAll(" ", "_"),
      name.replaceAll(" ", "-"),
      ` ${name.replaceAll(" ", "  ")} `,
    ];
    for (const spelling of spellings) expect(findServiceType(spelling)).toBe(type);
    expect(serviceTypeOf(name)).toBe(type);
  });

  test("names each of its inputs once", () => {
    const names = type.inputs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("takes an order with what it requires and keeps it", () => {
    const read = type.read(without(""), service);
    expect(read).toMatchObject({ ok: true });
    const kept = read.ok ? Object.keys(read.value.fields ?? {}) : [];
    const asked = type.inputs.map(({ name }) => name);
    const required = type.inputs.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    expect(asked).toEqual(expect.arrayContaining(kept));
    expect(["link", "quantity", ...kept]).toEqual(expect.arrayContaining(required));
  });

  test("names the required field that is missing", () => {
    for (const { name, isRequired } of type.inputs) {
      if (!isRequired) continue;
      const read = type.read(without(name), service);
      expect(read, name).toMatchObject({ ok: false, refusal: { field: name } });
    }
  });

  test("reads whatever is sent without failing, and drafts only what can be kept", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      }),
      fc.integer({ min: -5, max: 1200 }).map(String),
      fc.constantFrom("", " ", "\0", "\ud800", "a\n\udc00", "a\tb", "1e3", "9007199254740993", ","),
    );
    const sent = fc.record(
      Object.fromEntries(
        fieldNames.map((name) => [
          name,
          fc.oneof({ arbitrary: fc.constant(samples[name]), weight: 4 }, anyText),
        ]),
      ),
      { requiredKeys: [] },
    );
    const bounds = fc.record({
      min: fc.integer({ min: 1, max: 20 }),
      max: fc.integer({ min: 20, max: 1000 }),
      dripfeed: fc.boolean(),
    });

    fc.assert(
      fc.property(sent, bounds, (fields, service) => {
        const read = type.read((name) => fields[name] || undefined, service);
        if (!read.ok) {
          expect(type.inputs.map(({ name }) => name)).toContain(read.refusal.field);
          return;
        }
        const perRun = read.value.quantity / (read.value.runs ?? 1);
        const [low, high] = {
          per_thousand: [service.min, service.max],
          per_order: [1, 1],
          later: [0, 0],
        }[type.pricing];
        expect(perRun).toBeGreaterThanOrEqual(low ?? NaN);
        expect(perRun).toBeLessThanOrEqual(high ?? NaN);
        expect(Number.isSafeInteger(perRun)).toBe(true);
        for (const text of textsOf(read.value)) {
          expect(text).not.toBe("");
          expect(text.isWellFormed() && !text.includes("\0")).toBe(true);
        }
        expect(JSON.parse(JSON.stringify(read.value.fields ?? {}))).toEqual(
          read.value.fields ?? {},
        );
      }),
    );
  });
});
