import { copyFileSync, statSync, truncateSync } from "node:fs";

const bytesMax = 10 * 1024 * 1024;
const everyMs = 60_000;

/**
 * Bounds log files, now and every minute: one that has grown past 10 MiB is copied to `<file>.1`
 * and emptied. Its writers append, so they continue at the new end. Stop with `clearInterval`.
 */
export function trimLogs(files: readonly string[]): NodeJS.Timeout {
  const trim = (): void => files.forEach(trimLog);
  trim();
  return setInterval(trim, everyMs).unref();
}

function trimLog(file: string): void {
  try {
    if (statSync(file).size <= bytesMax) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // No log yet, or a full disk: neither is a reason to stop the database.
  }
}
