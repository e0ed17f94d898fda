import { expect, test } from "vitest";
import { dialectNames } from "#customers/dialect-names.ts";
import { dialects } from "./index.ts";

test("every dialect that a key may name is spoken, and every spoken one may be named", () => {
  expect([...dialectNames].toSorted()).toEqual(Object.keys(dialects).toSorted());
});
