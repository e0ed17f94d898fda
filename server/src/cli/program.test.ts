import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { panelEnv, runPanel, runProgram } from "#test/run-panel.ts";

// The program in a process of its own: its exit codes and its two outputs, as a shell sees them. What
// the commands do is tested without one.

const panel = testPanel();

const run = (...args: string[]) => runProgram(panelEnv(panel.database.url), ...args);

test("an account is opened and filled, and its key works at once on the running panel", async () => {
  const email = "program@example.com";

  const opened = await run("customer", "create", email);
  const filled = await run("customer", "deposit", "--email", email, "--amount", "100", "--json");
  const made = await run("key", "create", "--email", email, "--json");

  expect(opened).toMatchObject({ exitCode: 0, stderr: "" });
  expect(filled.json()).toMatchObject({ balance: "100.00" });
  const { key = "" } = made.json() as { key?: string };
  expect(await panel.api({ key, action: "balance" })).toMatchObject({ balance: "100.00" });
});

test.each<[exitCode: number, ...args: string[]]>([
  [0, "provider", "list", "--json"],
  [0, "help", "customer"],
  [1, "order", "show", "999999", "--json"],
  [1, "order", "show", "999999"],
  [2, "custmer", "list", "--json"],
  [2, "customer"],
])("exit code %i: panel %s %s ends in a shell as it does here", async (exitCode, ...args) => {
  const [inShell, here] = await Promise.all([run(...args), runPanel(panel.database.url, ...args)]);

  const { stdout, stderr } = here;
  expect(inShell).toMatchObject({ exitCode, stdout, stderr });
  expect(here.exitCode).toBe(exitCode);
});

test("a database that cannot be reached: exit code 3", async () => {
  const unreachable = await runProgram(
    panelEnv("postgres://owner@127.0.0.1:1/panel"),
    "customer",
    "list",
    "--json",
  );

  expect(unreachable.exitCode).toBe(3);
  expect(unreachable.json()).toMatchObject({ code: "database_unreachable" });
});

test("a reader that goes away early is no failure of the command", async () => {
  const main = path.join(import.meta.dirname, "../main.ts");
  const env = { PATH: process.env["PATH"], ...panelEnv(panel.database.url) };
  const child = spawn(process.execPath, [main, "settings", "get"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // Before the program can have written a word.
  child.stdout.destroy();

  const [exitCode] = await once(child, "close");

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
});
