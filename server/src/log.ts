import pino from "pino";
import type { Logger } from "pino";

// Names under which secrets travel; a log line shows that they were there and nothing of them.
const secretPaths = ["key", "*.key", "password", "*.password", "url", "*.connectionString"];

/** The log of a process: JSON lines on standard error, so that standard output stays for answers. */
export function openLog(level: string): Logger {
  return pino(
    {
      level,
      redact: { paths: secretPaths, censor: "(hidden)" },
      serializers: { error: pino.stdSerializers.err },
      base: null,
    },
    pino.destination(2),
  );
}
