import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { compileCache } from "#test/run-panel.ts";
import { testDataFolder } from "#test/database.ts";

const mainFile = path.join(import.meta.dirname, "../../src/main.ts");

/** A panel in a process of its own, as an operator starts it. */
export type PanelProcess = {
  readonly url: string;
  readonly pid: number;
  /** Everything that it has written so far: answers and log. */
  output(): string;
  /** Ends it as an operator does, waits until it is gone, and returns its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
};

/**
 * Starts `panel start` over this database on a free port, and resolves once it says where. Without
 * a database it uses its own, in the folder that `env` names.
 */
export async function startPanelProcess(
  databaseUrl: string | undefined,
  options: {
    readonly roles?: string;
    readonly processes?: number;
    /** For Node itself, such as memory limits. */
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<PanelProcess> {
  const { flags = [], roles = "api", processes = 1 } = options;
  const args = ["start", "--roles", roles, "--processes", String(processes)];
  const child = spawn(process.execPath, [...flags, mainFile, ...args], {
    env: {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: compileCache,
      PANEL_DATABASE_URL: databaseUrl,
      PANEL_PORT: "0",
      PANEL_DATA: databaseUrl && testDataFolder(databaseUrl),
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      const found = /http:\/\/127\.0\.0\.1:[0-9]+/.exec(output);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`ended with ${code}:\n${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
