import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { trimLogs } from "./logs.ts";
import { cleanUp, makeTestFolder } from "#test/embedded/panel.ts";

afterEach(() => cleanUp());

test("a log past 10 MiB is emptied and its past kept once; a smaller one is left alone", () => {
  const folder = makeTestFolder();
  const [long, short] = [join(folder, "long.log"), join(folder, "short.log")];
  writeFileSync(long, "x".repeat(10 * 1024 * 1024 + 1));
  writeFileSync(short, "short");

  clearInterval(trimLogs([long, short, join(folder, "none.log")]));

  expect(statSync(long).size).toBe(0);
  expect(statSync(`${long}.1`).size).toBe(10 * 1024 * 1024 + 1);
  expect(readFileSync(short, "utf8")).toBe("short");
  expect(existsSync(`${short}.1`)).toBe(false);
});
