/** A lock between processes: who makes the folder has it. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 100;
const heartbeatMs = 1_000;
/** A holder on another machine, or one that died before it could sign, is waited for this long. */
const silentMsMax = 30_000;

/**
 * Runs `work` while this process alone holds the lock `folder`. The lock of a holder that died is
 * taken over. `onWait` is called once if another process has it.
 *
 * @template T
 * @param {string} folder
 * @param {{ onWait: () => void }} options
 * @param {(lock: { alsoHeldBy: (pid: number) => void }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFolderLock(folder, { onWait }, work) {
  await take(folder, onWait);
  const signed = join(folder, "holder.json");
  const pids = [process.pid];
  const sign = () => writeFileSync(signed, JSON.stringify({ host: hostname(), pids }));
  sign();
  const heartbeat = setInterval(() => touch(folder), heartbeatMs);
  try {
    return await work({
      // A process that we started may outlive us: until it has ended too the lock is not free.
      alsoHeldBy(pid) {
        pids.push(pid);
        sign();
      },
    });
  } finally {
    clearInterval(heartbeat);
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {() => void} onWait
 */
async function take(folder, onWait) {
  let hasWaited = false;
  let seen = { beat: -1, at: 0 };
  while (!make(folder)) {
    if (!hasWaited) onWait();
    hasWaited = true;
    const beat = beatOf(folder);
    if (beat !== seen.beat) seen = { beat, at: performance.now() };
    // The silence is measured by our own clock: the file system's may be another machine's.
    if (isDead(folder) || performance.now() - seen.at > silentMsMax) removeStale(folder, beat);
    await delay(pollMs);
  }
}

/**
 * Two processes may find the same lock stale. The second must not remove the new lock that the
 * first has made since, so the removal itself is behind a folder and looks again.
 *
 * @param {string} folder
 * @param {number} beat the heartbeat that was found stale
 */
function removeStale(folder, beat) {
  const removal = `${folder}.removal`;
  if (!make(removal)) {
    if (Date.now() - beatOf(removal) > silentMsMax)
      rmSync(removal, { recursive: true, force: true });
    return;
  }
  try {
    if (beatOf(folder) === beat) rmSync(folder, { recursive: true, force: true });
  } finally {
    rmSync(removal, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function make(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} folder
 * @returns {boolean} whether every process that signed the lock is known to be gone
 */
function isDead(folder) {
  try {
    const holder = JSON.parse(readFileSync(join(folder, "holder.json"), "utf8"));
    return (
      holder.host === hostname() && holder.pids.every((/** @type {number} */ pid) => isGone(pid))
    );
  } catch {
    return false; // Not signed yet, or just released.
  }
}

/** @param {number} pid */
function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

/** @param {string} folder */
function beatOf(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} folder */
function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // The folder was removed by hand: the work goes on, the lock is lost.
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
