import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const logFile = path.join(import.meta.dirname, "log.ts");

/** The lines that a process of its own writes that does this with a log. */
async function linesOf(script: string): Promise<Record<string, unknown>[]> {
  const program = `
    import { openLog } from ${JSON.stringify(logFile)};
    const log = openLog("info");
    ${script}`;
  const args = ["--input-type=module-typescript", "--eval", program];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("a fault that repeats is one line, and one more with how often it came", async () => {
  const lines = await linesOf(`
    for (let n = 0; n < 5000; n++) log.error({ error: new Error("refused " + n) }, "request failed");
  `);

  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ msg: "request failed", error: { message: "refused 0" } });
  expect(lines[1]).toMatchObject({
    msg: "request failed",
    times: 4999,
    error: { message: "refused 4999" },
  });
});

test("faults at other places, and what is no fault, are written each by itself", async () => {
  const lines = await linesOf(`
    for (const lane of ["send 1", "send 2"]) log.error({ lane }, "worker's turn failed");
    log.warn({ provider: 1 }, "worker's turn failed");
    for (const order of [1, 2, 3]) log.info({ order }, "said");
  `);

  expect(lines.map(({ lane, provider, order }) => lane ?? provider ?? order)).toEqual([
    "send 1",
    "send 2",
    1,
    1,
    2,
    3,
  ]);
});

test("a fault that goes on is told again after each second, with the count of that second", async () => {
  const lines = await linesOf(`
    let said = 0;
    const timer = setInterval(() => {
      log.warn({ n: ++said }, "not refreshed");
      if (said === 60) clearInterval(timer);
    }, 50);
  `);
  const counted = lines.slice(1).map(({ times }) => Number(times));

  expect(lines[0]).not.toHaveProperty("times");
  expect(lines.length).toBeLessThan(10);
  expect(counted.reduce((sum, times) => sum + times, 0)).toBe(59);
});

test("an error that is logged by itself, or without any words, is written as well", async () => {
  const lines = await linesOf(`
    log.error(new Error("key=abcdefgh"));
    log.error(new Error("key=abcdefgh"));
    log.warn("words alone");
  `);

  expect(JSON.stringify(lines)).not.toContain("abcdefgh");
  expect(lines.map(({ msg }) => msg)).toContain("words alone");
});
