import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { takeLock } from "./lock.ts";
import { cleanUp, makeTestFolder } from "#test/embedded/panel.ts";

afterEach(() => cleanUp());

test("a lock is held by one process, and free the moment that its holder is killed", async () => {
  const file = join(makeTestFolder(), "some.lock");
  const lockFile = fileURLToPath(new URL("./lock.ts", import.meta.url));
  const script = `
    import { takeLock } from ${JSON.stringify(lockFile)};
    globalThis.lock = takeLock(${JSON.stringify(file)}, 0);
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(holder.stdout, "data");

  const whileHeld = takeLock(file, 0);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const afterwards = takeLock(file, 0);
  afterwards?.release();

  expect(whileHeld).toBeUndefined();
  expect(afterwards).toBeDefined();
});
