/** Builds the web app when its sources changed. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endIfAskedTo, run } from "./child.mjs";
import { withFolderLock } from "./folder-lock.mjs";

const sources = [
  "web/src",
  "web/public",
  "web/index.html",
  "web/package.json",
  "web/vite.config.ts",
  "contract/src",
  "package-lock.json",
];

/**
 * @param {string} root
 * @returns {boolean} whether the web app must be built before it can be served
 */
export function isStale(root) {
  if (!existsSync(join(root, "web/vite.config.ts"))) return false;
  return (
    !existsSync(stampFile(root)) || readFileSync(stampFile(root), "utf8") !== hashSources(root)
  );
}

/**
 * Builds web/dist; launches that come together build once.
 *
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
export async function build(root, node, env) {
  const onWait = () => process.stderr.write("panelwright waits for another launch …\n");
  await withFolderLock(join(root, ".launch-lock"), { onWait }, async ({ alsoHeldBy }) => {
    if (!isStale(root)) return;
    process.stderr.write("panelwright builds the web app (once after each change of it) …\n");
    // Read before the build: what changes during it must count as changed.
    const built = hashSources(root);
    rmSync(stampFile(root), { force: true });
    const { code, output } = await run(
      node,
      [join(root, "node_modules/vite/bin/vite.js"), "build"],
      {
        cwd: join(root, "web"),
        env: { ...env, NODE_ENV: "production" },
        stdio: ["ignore", "pipe", "pipe"],
        onStart: alsoHeldBy,
      },
    );
    endIfAskedTo();
    if (code !== 0) throw new Error(`could not build the web app; vite said:\n${output.trimEnd()}`);
    writeFileSync(stampFile(root), built);
  });
}

/** @param {string} root */
function stampFile(root) {
  return join(root, "web/dist/.built-from");
}

/** @param {string} root */
function hashSources(root) {
  const hash = createHash("sha256");
  for (const source of sources) {
    for (const file of filesUnder(root, source)) {
      const content = readFileSync(join(root, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} path
 * @returns {string[]} the file itself or the files in the folder, in a stable order
 */
function filesUnder(root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = readdirSync(join(root, path)).sort();
  return names
    .filter((name) => !/\.test\.tsx?$/.test(name))
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
