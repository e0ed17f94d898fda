/**
 * Runs one of the project's commands: `node tools/launch.mjs <verb> [arguments]`.
 *
 * It is plain JavaScript without dependencies because it comes first: it runs on whatever Node the
 * machine has, which may be too old to run TypeScript, and before anything is installed. It
 * installs what package-lock.json names (Node 24 is part of that), builds the web app where the
 * verb needs it, and then hands over to Node 24: same stdin, stdout and stderr, same exit code.
 *
 * What it says itself goes to stderr, so that the stdout of a command stays the command's own.
 */
import process from "node:process";

const oldestNode = 20;

/**
 * What each verb runs, relative to the root. `dev`: also needs what the package only has for
 * development. `production`: NODE_ENV is "production" unless it is set. `web`: needs the web app.
 *
 * @type {Record<string, { run: string[], dev?: true, production?: true, web?: true }>}
 */
const verbs = {
  start: { run: ["server/src/main.ts", "start"], production: true, web: true },
  panel: { run: ["server/src/main.ts"], production: true },
  test: { run: ["tools/check.ts"], dev: true },
  "test-server": { run: ["tools/check.ts", "--server"], dev: true },
  "test-crash": { run: ["tools/check.ts", "--crash"], dev: true },
  "test-attack": { run: ["tools/check.ts", "--attack"], dev: true },
  "test-chain": { run: ["tools/check.ts", "--chain"], dev: true },
  "test-simulation": { run: ["tools/check.ts", "--simulation"], dev: true },
  bench: { run: ["server/bench/bench.ts"], dev: true },
  "bench-cli": { run: ["server/bench/cli-start.ts"], dev: true },
  "bench-scale": { run: ["server/bench/scale.ts"], dev: true },
  "bench-providers": { run: ["server/bench/providers.ts"], dev: true },
  schema: { run: ["server/schema/write-schema.ts"], dev: true },
  "schema-release": { run: ["server/schema/record-release.ts"], dev: true },
  format: { run: ["node_modules/oxfmt/bin/oxfmt"], dev: true },
};

const major = Number(process.versions.node.split(".")[0]);
if (major < oldestNode) {
  stop(`needs Node ${oldestNode} or later to start, this is Node ${process.versions.node}.`);
}

// After the check above, because an older Node may not understand these files at all.
const { dirname, delimiter, join } = await import("node:path");
const { fileURLToPath } = await import("node:url");
const { exitCodeOf, forwardSignals, run, Stopped } = await import("./launch/child.mjs");
const { ensureInstalled } = await import("./launch/install.mjs");

try {
  process.exit(await launch(process.argv[2] ?? "", process.argv.slice(3)));
} catch (error) {
  if (error instanceof Stopped) process.exit(error.exitCode);
  stop(error instanceof Error ? error.message : String(error));
}

/**
 * @param {string} name
 * @param {string[]} given
 * @returns {Promise<number>} the exit code of what ran
 */
async function launch(name, given) {
  // `panel start` is `start`: the web app must be there for it too.
  const [verbName, args] =
    name === "panel" && given[0] === "start" ? ["start", given.slice(1)] : [name, given];
  const verb = Object.hasOwn(verbs, verbName) ? verbs[verbName] : undefined;
  if (verb === undefined) {
    throw new Error(`knows no "${name}"; the verbs are ${Object.keys(verbs).join(", ")}.`);
  }
  forwardSignals();

  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const web = verb.web ? await import("./launch/web.mjs") : undefined;
  const mustBuild = web?.isStale(root) ?? false;
  const node = await ensureInstalled(root, verb.dev === true || mustBuild);

  // What the command starts in turn (`env node`, a keeper process) is to be this Node as well.
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PATH: dirname(node) + delimiter + (process.env["PATH"] ?? "") };
  if (mustBuild) await web?.build(root, node, env);
  if (verb.production) {
    env["NODE_ENV"] ??= "production";
    // A command line call spends most of its time reading the same modules again.
    env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules", ".cache", "node");
  }

  const [script = "", ...first] = verb.run;
  // Requests leave little that lives: a bounded nursery and a bound on the rest, from which the engine takes how
  // eagerly it cleans, keep the panel far below 300 MB. NODE_OPTIONS may set another bound.
  const flags = ["--disable-warning=ExperimentalWarning", "--max-semi-space-size=32"];
  if (!(process.env["NODE_OPTIONS"] ?? "").includes("max-old-space-size")) {
    flags.push("--max-old-space-size=1024");
  }
  const ended = await run(node, [...flags, join(root, script), ...first, ...args], {
    // Files that a command is given are named from where its caller stands.
    ...(verb.production ? {} : { cwd: root }),
    env,
    stdio: "inherit",
  });
  return exitCodeOf(ended);
}

/**
 * @param {string} reason continues the sentence "panelwright …"
 * @returns {never}
 */
function stop(reason) {
  process.stderr.write(`panelwright ${reason}\n`);
  process.exit(1);
}
