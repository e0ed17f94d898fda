/** The one process that a launch runs at a time, and the signals that belong to it. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ended */

/** @type {import("node:child_process").ChildProcess | undefined} */
let current;

/** @type {NodeJS.Signals | undefined} */
let askedToStopBy;

/**
 * Runs a program until it ends, and keeps what it prints unless `stdio` is "inherit".
 *
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { onStart?: (pid: number) => void }} options
 * @returns {Promise<Ended & { output: string }>} rejects where the program cannot be started
 */
export function run(program, args, { onStart, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, options);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    child.once("error", (error) => {
      current = undefined;
      reject(new Error(`cannot run ${program}: ${error.message}.`));
    });
    child.once("close", (code, signal) => {
      current = undefined;
      resolve({ code, signal, output });
    });
    current = child;
    if (child.pid !== undefined) onStart?.(child.pid);
  });
}

/**
 * Hands SIGINT, SIGTERM and SIGHUP on to the process that runs, or ends where none does.
 *
 * A terminal sends Ctrl-C to the whole group, and npm sends it once more: so SIGINT is left to
 * the terminal where there is one, and a signal repeated at once counts as one.
 */
export function forwardSignals() {
  /** @type {Map<NodeJS.Signals, number>} */
  const sentAt = new Map();
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    process.on(signal, () => {
      askedToStopBy = signal;
      if (current === undefined) process.exit(exitCodeOf({ code: null, signal }));
      if (signal === "SIGINT" && isatty(0)) return;
      if (performance.now() - (sentAt.get(signal) ?? -Infinity) < 500) return;
      sentAt.set(signal, performance.now());
      current.kill(signal);
    });
  }
}

/** What a step that a signal cut short throws: nothing is to be reported, only the exit code. */
export class Stopped extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`was stopped by ${signal}.`);
    this.exitCode = exitCodeOf({ code: null, signal });
  }
}

/** Throws `Stopped` where a signal asked for it while a step ran: the next one must not start. */
export function endIfAskedTo() {
  if (askedToStopBy !== undefined) throw new Stopped(askedToStopBy);
}

/**
 * The exit code as a shell would give it: 128 plus the number of the signal that ended it.
 *
 * @param {Ended} ended
 * @returns {number}
 */
export function exitCodeOf({ code, signal }) {
  return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
}
