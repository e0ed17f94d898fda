import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { compileCache, panelEnv } from "./run-panel.ts";

const root = path.join(import.meta.dirname, "../..");
const mainFile = path.join(root, "server/src/main.ts");

/** How a walk-through went. */
export type Walk = { readonly exitCode: number | null; readonly output: string };

/**
 * Follows a document of `docs/` as a reader would: runs every `sh` block in one shell, in order.
 * The first command that fails ends it. `panel` is the command line over this database.
 */
export function followWalkthrough(
  name: string,
  panel: { readonly databaseUrl: string; readonly url: string },
  variables: Readonly<Record<string, string>> = {},
): Promise<Walk> {
  const text = readFileSync(path.join(root, "docs", name), "utf8");
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  if (blocks.length === 0) throw new Error(`${name} has no commands`);
  const script = [
    "set -euo pipefail",
    'panel() { "$NODE" "$MAIN_FILE" "$@"; }',
    ...blocks.flatMap((block) => block.split("\n")),
  ];
  const child = spawn("bash", ["-c", script.join("\n")], {
    env: {
      PATH: process.env["PATH"],
      NODE: process.execPath,
      NODE_NO_WARNINGS: "1",
      MAIN_FILE: mainFile,
      NODE_COMPILE_CACHE: compileCache,
      ...panelEnv(panel.databaseUrl),
      ADDRESS: panel.url,
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
