import pino from "pino";
import type { DestinationStream, LogFn, Logger } from "pino";
import { hideSecrets } from "#values/hide-secrets.ts";

const repeatMs = 1000;
/** More faults than this at the same time are written as they come. */
const faultsMax = 1000;
/** Where a fault is, for which it is counted by itself; orders and customers are too many. */
const placeFields = ["lane", "provider", "providerId", "webhookId", "what"];

/**
 * The log of a process: JSON lines on standard error, so that standard output stays for answers. No
 * line holds secrets (`hideSecrets`). A warning or error that repeats is written once, and after each
 * second in which it came again once more, with `times`: how often it did.
 */
export function openLog(
  level: string,
  destination: DestinationStream = openStandardError(),
): Logger {
  return pino(
    {
      level,
      formatters: { log: hideSecrets },
      hooks: { logMethod: onceASecond() },
      base: null,
    },
    destination,
  );
}

function openStandardError(): DestinationStream {
  // Synchronous: also at the very end, when nothing can be waited for any more.
  const destination = pino.destination({ dest: 2, sync: true });
  // Lines that cannot be written, on a full disk, are lost; the panel goes on.
  destination.on("error", () => {});
  return destination;
}

type Repeating = { times: number; write: (times: number) => void };
type LogMethod = (this: Logger, given: Parameters<LogFn>, method: LogFn, level: number) => void;

const counting: Map<string, Repeating>[] = [];

// What was counted since the last second would be lost with the process.
process.once("exit", () => {
  for (const { times, write } of counting.flatMap((faults) => [...faults.values()])) {
    if (times > 0) write(times);
  }
});

function onceASecond(): LogMethod {
  const repeating = new Map<string, Repeating>();
  const flush = (fault: string) => {
    const known = repeating.get(fault);
    if (known === undefined) return;
    if (known.times === 0) {
      repeating.delete(fault);
      return;
    }
    known.write(known.times);
    known.times = 0;
    setTimeout(flush, repeatMs, fault).unref();
  };
  counting.push(repeating);
  return function log(given, method, level) {
    const args = withFields(given);
    const write = (times?: number) => {
      const [fields, ...words] = args;
      Reflect.apply(method, this, [times === undefined ? fields : { ...fields, times }, ...words]);
    };
    if (level < (pino.levels.values["warn"] ?? 0)) return write();
    const fault = `${level} ${faultOf(args)}`;
    const known = repeating.get(fault);
    if (known === undefined) {
      write();
      if (repeating.size >= faultsMax) return;
      repeating.set(fault, { times: 0, write });
      setTimeout(flush, repeatMs, fault).unref();
      return;
    }
    known.times++;
    known.write = write;
  };
}

type Line = readonly [fields: object, ...words: unknown[]];

/** However little was given: a line has fields, and an error is one of them. */
function withFields([first, ...words]: readonly unknown[]): Line {
  if (first instanceof Error) return [{ error: first }, ...(words.length > 0 ? words : ["failed"])];
  return typeof first === "object" && first !== null ? [first, ...words] : [{}, first, ...words];
}

function faultOf([fields, text]: Line): string {
  const place = placeFields.map((name) => String(Reflect.get(fields, name) ?? ""));
  return [String(text), ...place].join("|");
}
