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
let lastBeat = 0;
let beatAt = performance.now();
let session: Session | undefined;
let what: string | undefined;

setInterval(look, lookEveryMs);

function look(): void {
  if (!(beats instanceof Int32Array)) return;
  const now = performance.now();
  const beat = Atomics.load(beats, 0);
  if (beat === lastBeat) {
    if (now - beatAt >= blockedMs) session ??= stop();
    return;
  }
  if (session !== undefined) {
    const blockage: Blockage = { ms: Math.round(now - beatAt), what: what ?? "not known" };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread has no origin.
    parentPort?.postMessage(blockage);
  }
  // A debugger that is attached makes every promise of the main thread dearer: a tenth of a request.
  session?.disconnect();
  session = undefined;
  what = undefined;
  lastBeat = beat;
  beatAt = now;
}

/** Attaches to the main thread and has it stop, wherever it is; what it was at is noted, and it goes on. */
function stop(): Session {
  const attached = new Session();
  const files = new Map<string, string>();
  attached.connectToMainThread();
  attached.on(
    "Debugger.scriptParsed",
    ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
      files.set(params.scriptId, path.basename(params.url));
    },
  );
  attached.on(
    "Debugger.paused",
    ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
      const frames = params.callFrames.slice(0, framesMax);
      what ??= frames.map((frame) => nameOf(frame, files)).join(" < ");
      attached.post("Debugger.resume");
      attached.post("Debugger.disable");
    },
  );
  attached.post("Debugger.enable");
  attached.post("Debugger.pause");
  return attached;
}

function nameOf(
  { functionName, location }: Debugger.CallFrame,
  files: ReadonlyMap<string, string>,
): string {
  const file = files.get(location.scriptId) ?? "";
  const name = functionName === "" ? "a function" : functionName;
  return `${name} (${file}:${location.lineNumber + 1})`;
}
