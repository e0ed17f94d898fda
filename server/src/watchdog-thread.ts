/**
 * The thread of the watchdog. It looks whether the main thread still beats; where it does not, it stops
 * it for an instant as a debugger would, and reads from its stack what was running. It opens no port.
 */
import { Session } from "node:inspector";
import type { Debugger, InspectorNotification } from "node:inspector";
import path from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { Blockage } from "./watchdog.ts";

const blockedMs = 200;
const lookEveryMs = 50;
const framesMax = 6;

const beats: unknown = workerData;
const session = new Session();
const files = new Map<string, string>();
let lastBeat = 0;
let beatAt = performance.now();
let isAsked = false;
let what: string | undefined;

session.connectToMainThread();
session.on(
  "Debugger.scriptParsed",
  ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
    files.set(params.scriptId, path.basename(params.url));
  },
);
session.on("Debugger.paused", ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
  what ??= params.callFrames.slice(0, framesMax).map(nameOf).join(" < ");
  session.post("Debugger.resume");
  session.post("Debugger.disable");
});
setInterval(look, lookEveryMs);

function look(): void {
  if (!(beats instanceof Int32Array)) return;
  const now = performance.now();
  const beat = Atomics.load(beats, 0);
  if (beat === lastBeat) {
    if (now - beatAt < blockedMs || isAsked) return;
    isAsked = true;
    session.post("Debugger.enable");
    session.post("Debugger.pause");
    return;
  }
  if (isAsked) {
    const blockage: Blockage = { ms: Math.round(now - beatAt), what: what ?? "not known" };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
    parentPort?.postMessage(blockage);
  }
  isAsked = false;
  what = undefined;
  lastBeat = beat;
  beatAt = now;
}

function nameOf({ functionName, location }: Debugger.CallFrame): string {
  const file = files.get(location.scriptId) ?? "";
  const name = functionName === "" ? "a function" : functionName;
  return `${name} (${file}:${location.lineNumber + 1})`;
}
