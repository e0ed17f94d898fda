/** Makes sure that node_modules holds what package-lock.json names, Node 24 among it. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { endIfAskedTo, run } from "./child.mjs";

const neededNode = 24;

/** @typedef {{ lock: string, platform: string, hasDev: boolean, node: string | null }} Stamp */
/** @typedef {{ version?: string, integrity?: string, dev?: true, optional?: true, devOptional?: true, link?: true }} Entry */

/**
 * Installs the dependencies if package-lock.json changed since the last time; launches that come
 * together install once. Refuses in words where that fails or where there is no Node 24.
 *
 * @param {string} root
 * @param {boolean} needsDev whether development dependencies are needed too
 * @returns {Promise<string>} the Node to run everything else with
 */
export async function ensureInstalled(root, needsDev) {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const lock = createHash("sha256").update(lockText).digest("hex");
  const stampFile = join(root, "node_modules", ".panelwright.json");
  const platform = `${process.platform}-${process.arch}`;

  /** @returns {Stamp | undefined} */
  const readStamp = () => {
    const stamp = readJson(stampFile);
    const isFresh = stamp?.lock === lock && stamp.platform === platform;
    return isFresh && (stamp.hasDev || !needsDev) ? stamp : undefined;
  };

  const stamp = readStamp();
  if (stamp) return nodeOf(root, stamp);

  /** Takes over what npm installed without us, or for a launch that ended before it. */
  const adopt = async () => {
    const found = installedScope(root, lockText);
    if (!found || (needsDev && !found.hasDev)) return undefined;
    return writeStamp({ lock, platform, hasDev: found.hasDev });
  };

  const holder = join(root, ".launch-lock");
  const adopted = existsSync(holder) ? undefined : await adopt();
  if (adopted) return nodeOf(root, adopted);

  // Loaded here because nearly every launch ends above.
  const { withFolderLock } = await import("./folder-lock.mjs");
  const onWait = () => say("waits for another launch that installs the dependencies …");
  return withFolderLock(holder, { onWait }, async ({ alsoHeldBy }) => {
    const made = readStamp() ?? (await adopt());
    if (made) return nodeOf(root, made);
    say("installs its dependencies (once after each change of package-lock.json) …");
    rmSync(stampFile, { force: true });
    await npmCi(root, needsDev, alsoHeldBy);
    const hasDev = needsDev || (installedScope(root, lockText)?.hasDev ?? false);
    return nodeOf(root, await writeStamp({ lock, platform, hasDev }));
  });

  /**
   * @param {Omit<Stamp, "node">} scope
   * @returns {Promise<Stamp>}
   */
  async function writeStamp(scope) {
    const made = { ...scope, node: await workingNode(root, platform) };
    try {
      writeFileSync(stampFile, JSON.stringify(made));
    } catch {
      // A read-only installation is checked anew at each launch.
    }
    return made;
  }
}

/**
 * Whether node_modules already is what the lock file says, as after `npm ci` by hand, and whether
 * the development dependencies are among it. Undefined where something else is installed.
 *
 * @param {string} root
 * @param {string} lockText
 * @returns {{ hasDev: boolean } | undefined}
 */
function installedScope(root, lockText) {
  /** @type {Record<string, Entry> | undefined} */
  const installed = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (installed === undefined) return undefined;
  /** @type {Record<string, Entry>} */
  const wanted = JSON.parse(lockText).packages;
  let hasDev = true;
  for (const [path, want] of Object.entries(wanted)) {
    const have = installed[path];
    if (!path.includes("node_modules/")) continue;
    if (have === undefined) {
      if (want.optional || want.devOptional) continue;
      if (!want.dev) return undefined;
      hasDev = false;
    } else if (have.version !== want.version || have.integrity !== want.integrity) {
      return undefined;
    }
  }
  return { hasDev };
}

/**
 * @param {string} root
 * @param {boolean} needsDev
 * @param {(pid: number) => void} onStart
 */
async function npmCi(root, needsDev, onStart) {
  const quiet = [
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
  ];
  const args = ["ci", ...quiet, ...(needsDev ? ["--include=dev"] : [])];
  const npm = process.env["npm_execpath"] ?? "";
  const isNpm = /^npm(-cli)?\.c?js$/.test(basename(npm)) && existsSync(npm);
  const env = { ...process.env, npm_config_update_notifier: "false" };
  const { code, output } = await run(
    isNpm ? process.execPath : "npm",
    isNpm ? [npm, ...args] : args,
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], onStart },
  );
  endIfAskedTo();
  if (code !== 0) {
    throw new Error(`could not install its dependencies; npm said:\n${output.trimEnd()}`);
  }
}

/**
 * The Node of this platform among the dependencies, if it runs here, relative to the root. Null
 * where none is pinned (macOS), where it was left out, or where the C library is another.
 *
 * @param {string} root
 * @param {string} platform
 */
async function workingNode(root, platform) {
  const pinned = join("node_modules", `node-${platform}`, "bin", "node");
  if (!existsSync(join(root, pinned))) return null;
  try {
    const { output } = await run(join(root, pinned), ["--version"], {});
    return majorOf(output.trim().replace("v", "")) >= neededNode ? pinned : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} root
 * @param {Stamp} stamp
 * @returns {string}
 */
function nodeOf(root, { node, platform }) {
  if (node !== null) return join(root, node);
  if (majorOf(process.versions.node) >= neededNode) return process.execPath;
  throw new Error(
    `needs Node ${neededNode} or later on ${platform}, where it brings none of its own that runs; ` +
      `this is Node ${process.versions.node}. Install Node ${neededNode} and try again.`,
  );
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split(".")[0]);
}

/**
 * @param {string} file
 * @returns {any} undefined where there is no such file or it was cut short
 */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param {string} what continues the sentence "panelwright …" */
function say(what) {
  process.stderr.write(`panelwright ${what}\n`);
}
