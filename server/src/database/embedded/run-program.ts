import { spawn } from "node:child_process";
import { sendSignal } from "./process-table.ts";

/** A user of this computer. */
export type Account = { readonly uid: number; readonly gid: number; readonly name: string };

const outputCharactersMax = 16_384;

/** The environment of our child processes: nothing of our own, which may hold secrets. */
export const plainEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  LC_ALL: "C",
};

/** Code 0 is success; undefined means it could not be started or was ended by a signal. */
export type Ran = { readonly code: number | undefined; readonly output: string };

/** The user to run a child process as; undefined means ourselves. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number } {
  // There, numbers above 2^31 (the macOS user nobody) are written as negative ones.
  return account === undefined ? {} : { uid: account.uid | 0, gid: account.gid | 0 };
}

/**
 * Runs a program to its end and returns the end of what it printed. It is killed, with all that it
 * started, after `limitMs` or when `signal` aborts. Never throws.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { account?: Account | undefined; input?: string; limitMs: number; signal?: AbortSignal },
): Promise<Ran> {
  if (options.signal?.aborted === true) {
    return Promise.resolve({ code: undefined, output: "not begun: the panel is stopping" });
  }
  return new Promise((resolve) => {
    let output = "";
    const add = (text: string): void => {
      output = (output + text).slice(-outputCharactersMax);
    };
    // Detached, it leads a process group of its own, which can be killed as a whole.
    const child = spawn(program, [...args], {
      ...asAccount(options.account),
      cwd: "/",
      env: plainEnvironment,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const kill = (why: string): void => {
      add(`\n(${why})`);
      if (child.pid !== undefined) sendSignal(-child.pid, "SIGKILL");
    };
    const abort = (): void => kill("ended: the panel is stopping");
    const timer = setTimeout(
      () => kill(`ended: it took over ${options.limitMs} ms`),
      options.limitMs,
    );
    options.signal?.addEventListener("abort", abort);
    const finish = (code: number | undefined): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
      resolve({ code, output: output.trim() });
    };
    child.stdout.setEncoding("utf8").on("data", add);
    child.stderr.setEncoding("utf8").on("data", add);
    child.stdin.on("error", () => {}); // It ended without reading all: its exit code tells more.
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      add(error.message);
      finish(undefined);
    });
    child.on("close", (code) => finish(code ?? undefined));
  });
}
