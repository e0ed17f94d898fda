import { expect, test } from "vitest";
import { webTraffic } from "./web-traffic.ts";

const service = { min: 10, max: 100, dripfeed: false };
const link = "https://example.com";
const sent = { link, quantity: "50", country: "US", device: "1" };

function order(fields: Record<string, string>) {
  const all: Record<string, string> = { ...sent, ...fields };
  return webTraffic.read((name) => all[name], service);
}

function refusal(code: string, field: string, details: object = {}) {
  return { ok: false, refusal: { code, field, ...details } };
}

test("traffic from a search keeps its keyword and nothing of the other kinds", () => {
  const fields = { typeOfTraffic: "1", googleKeyword: "red shoes", referringUrl: "https://a.test" };
  expect(order(fields)).toEqual({
    ok: true,
    value: {
      link,
      quantity: 50,
      fields: { country: "US", device: 1, typeOfTraffic: 1, googleKeyword: "red shoes" },
    },
  });
});

test("traffic from a site keeps its address", () => {
  const fields = { typeOfTraffic: "2", referringUrl: "https://a.test" };
  expect(order(fields)).toHaveProperty("value.fields", {
    country: "US",
    device: 1,
    typeOfTraffic: 2,
    referringUrl: "https://a.test",
  });
});

test("blank traffic asks for no origin", () => {
  expect(order({ typeOfTraffic: "3", googleKeyword: "a\0b" })).toHaveProperty("value.fields", {
    country: "US",
    device: 1,
    typeOfTraffic: 3,
  });
});

test("the origin that the type of traffic needs is required", () => {
  expect(order({ typeOfTraffic: "1" })).toEqual(refusal("field_required", "googleKeyword"));
  expect(order({ typeOfTraffic: "2" })).toEqual(refusal("field_required", "referringUrl"));
});

test("device is 1 to 5 and type of traffic 1 to 3", () => {
  for (const device of ["0", "6", "desktop"]) {
    const expected = "1 to 5";
    expect(order({ device })).toEqual(refusal("field_invalid", "device", { expected }));
  }
  for (const typeOfTraffic of ["0", "4", "google"]) {
    const expected = "1 to 3";
    expect(order({ typeOfTraffic })).toEqual(
      refusal("field_invalid", "typeOfTraffic", { expected }),
    );
  }
});
