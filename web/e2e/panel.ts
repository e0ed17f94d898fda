import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export type RunningPanel = {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
};

const root = path.resolve(import.meta.dirname, "../..");
const startWithinMs = 90_000;

/**
 * Starts a panel as an operator does, with the web app built and an empty folder for its data, on a
 * free port. WEB_TEST_URL names one that runs already, in its place.
 */
export async function startPanel(): Promise<RunningPanel> {
  const running = process.env["WEB_TEST_URL"];
  if (running !== undefined) return { url: running, close: async () => {} };

  const dataFolder = await mkdtemp(path.join(tmpdir(), "panel-web-"));
  const child = spawn(process.execPath, [path.join(root, "tools/launch.mjs"), "start"], {
    cwd: root,
    env: { ...environment(), PANEL_DATA: dataFolder, PANEL_PORT: "0", PANEL_LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    }
    await rm(dataFolder, { recursive: true, force: true });
  };
  try {
    return { url: await readUrl(child), close };
  } catch (error) {
    await close();
    throw error;
  }
}

// What the panel of the person who runs the tests is set to says nothing about this one.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PANEL_|NODE_ENV$)/.test(name)),
  );
}

function readUrl(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the panel has no output");
  const said: string[] = [];
  stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new Error(`${what}; it said:\n${said.join("")}`));
    const timer = setTimeout(() => fail("the panel did not start"), startWithinMs);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`the panel ended with ${code}`);
    });
    createInterface(stdout).on("line", (line) => {
      said.push(`${line}\n`);
      const url = /https?:\/\/[^\s/]+/.exec(line)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
