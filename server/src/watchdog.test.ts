import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const file = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));

/** What a process of its own logs that runs this under the watchdog, until a line of it came. */
async function logOf(script: string): Promise<Record<string, unknown>[]> {
  const program = `
    import { openLog } from ${file("log.ts")};
    import { startWatchdog } from ${file("watchdog.ts")};
    const log = openLog("info");
    let isHeard = false;
    const watchdog = startWatchdog({
      warn: (fields, text) => { log.warn(fields, text); isHeard = true; },
    });
    const spin = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ); };
    ${script}
    await watchdog.close();`;
  const args = ["--input-type=module-typescript", "--eval", program];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("what blocks the event loop is logged, with how long and by its name", async () => {
  const lines = await logOf(`
    function readHugeList() { spin(2000); }
    while (!isHeard) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      readHugeList();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }`);

  expect(lines[0]).toMatchObject({
    msg: "event loop was blocked",
    what: expect.stringMatching(/spin \([^()]+:\d+\) < readHugeList \([^()]+:\d+\)/),
  });
  expect(Number(lines[0]?.["ms"])).toBeGreaterThan(200);
});

test("a process that ends takes its watchdog with it", async () => {
  expect(await logOf("")).toEqual([]);
});
