import fc from "fast-check";
import { expect, test } from "vitest";
import { subscriptions } from "./subscriptions.ts";

const service = { min: 10, max: 100, dripfeed: false };
const sent = { username: "anna", min: "20", max: "30" };

function order(fields: Record<string, string>) {
  const all: Record<string, string> = { ...sent, ...fields };
  return subscriptions.read((name) => all[name], service);
}

function refusal(code: string, field: string, details: object = {}) {
  return { ok: false, refusal: { code, field, ...details } };
}

test("a subscription counts nothing yet, links to its user and keeps all it was told", () => {
  const told = { delay: "90", posts: "5", oldPosts: "2", expiry: "31/12/2030" };
  const kept = { delay: 90, posts: 5, oldPosts: 2, expiry: "31/12/2030" };
  const fields = { username: "anna", min: 20, max: 30, ...kept };
  expect(order(told)).toEqual({ ok: true, value: { link: "anna", quantity: 0, fields } });
});

test("without delay, posts and expiry it starts at once, for all posts, without an end", () => {
  expect(order({})).toEqual({
    ok: true,
    value: {
      link: "anna",
      quantity: 0,
      fields: { username: "anna", min: 20, max: 30, delay: 0 },
    },
  });
});

test("a username is a name or an http address, without signs that nobody sees", () => {
  expect(order({ username: "https://anna.example/feed" }).ok).toBe(true);
  expect(order({ username: "\u200ban\u00adna" })).toMatchObject({ value: { link: "anna" } });
  const expected = "a name or an http address";
  for (const username of ["javascript:alert(1)", "file:///etc/passwd", "feed:https://a.example"]) {
    expect(order({ username })).toEqual(refusal("field_invalid", "username", { expected }));
  }
});

test("a username is needed, and one that can be read", () => {
  expect(order({ username: " " })).toEqual(refusal("username_required", "username"));
  expect(order({ username: "a\0b" })).toMatchObject(refusal("field_invalid", "username"));
});

test("min and max lie within the service's bounds, min not above max", () => {
  expect(order({ min: "10", max: "100" }).ok).toBe(true);
  expect(order({ min: "25", max: "25" }).ok).toBe(true);
  expect(order({ min: "" })).toEqual(refusal("quantity_required", "min"));
  expect(order({ max: "x" })).toEqual(refusal("quantity_invalid", "max"));
  expect(order({ min: "9" })).toEqual(refusal("quantity_below_min", "min", { min: 10 }));
  expect(order({ max: "101" })).toEqual(refusal("quantity_above_max", "max", { max: 100 }));
  expect(order({ min: "31" })).toEqual(refusal("min_above_max", "min"));
});

test("a delay is one of the listed minutes", () => {
  const minutes = Array.from({ length: 1000 }, (_, minute) => minute);
  expect(minutes.filter((minute) => order({ delay: String(minute) }).ok)).toEqual([
    0, 5, 10, 15, 20, 30, 40, 50, 60, 90, 120, 150, 180, 210, 240, 270, 300, 360, 420, 480, 540,
    600,
  ]);
  expect(order({ delay: " 90 " })).toMatchObject({ value: { fields: { delay: 90 } } });
  for (const delay of ["1", "601", "-5", "5.0", "soon"]) {
    expect(order({ delay })).toEqual(refusal("delay_invalid", "delay"));
  }
});

test("posts and old posts are whole numbers", () => {
  for (const junk of ["-1", "1.5", "all"]) {
    expect(order({ posts: junk })).toEqual(refusal("posts_invalid", "posts"));
    expect(order({ oldPosts: junk })).toEqual(refusal("posts_invalid", "oldPosts"));
  }
});

test("no new posts are asked for together with old ones; posts=0 alone is without an end", () => {
  for (const none of [{ posts: "0" }, { posts: "0", oldPosts: "0" }]) {
    expect(order(none)).toMatchObject({ ok: true, value: { fields: { min: 20, max: 30 } } });
    expect(order(none)).not.toHaveProperty("value.fields.posts");
  }
  expect(order({ posts: "0", oldPosts: "3" })).toMatchObject({
    value: { fields: { posts: 0, oldPosts: 3 } },
  });
});

test("an expiry is a day of the calendar", () => {
  expect(order({ expiry: "29/02/2028" }).ok).toBe(true);
  expect(order({ expiry: "29/02/2000" }).ok).toBe(true);
  expect(order({ expiry: "1/2/2030" })).toMatchObject({
    value: { fields: { expiry: "01/02/2030" } },
  });
  const wrong = [
    "29/02/2027",
    "29/02/2100",
    "31/04/2030",
    "0/1/2030",
    "1/0/2030",
    "1/13/2030",
    "01/01/0000",
  ];
  for (const expiry of [...wrong, "2030-01-01", "01/01/30", "12/31/2030", "tomorrow", "//"]) {
    expect(order({ expiry }), expiry).toEqual(
      refusal("field_invalid", "expiry", { expected: "d/m/Y" }),
    );
  }
});

test("every real date is taken as it stands", () => {
  const day = fc.date({
    min: new Date("1900-01-01T00:00:00Z"),
    max: new Date("9999-12-31T00:00:00Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(day, (date) => {
      const expiry = date.toISOString().slice(0, 10).split("-").toReversed().join("/");
      expect(order({ expiry })).toMatchObject({ value: { fields: { expiry } } });
    }),
  );
});
