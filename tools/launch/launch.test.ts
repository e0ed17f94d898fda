import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

type Ended = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
};

const tools = dirname(import.meta.dirname);
const lock = {
  packages: {
    "": { name: "panel" },
    "node_modules/kept": { version: "1.0.0", integrity: "a" },
    "node_modules/for-tests": { version: "1.0.0", integrity: "b", dev: true },
    "node_modules/elsewhere": { version: "1.0.0", integrity: "c", optional: true },
  },
};

/** Stands for npm: installs by writing what npm writes last, and keeps count. */
const fakeNpm = `
  const fs = require("node:fs");
  fs.appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
  if (fs.existsSync("npm-fails")) { console.error("no such version"); process.exit(1); }
  setTimeout(() => {
    const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
    delete packages["node_modules/elsewhere"];
    if (!process.argv.includes("--include=dev")) delete packages["node_modules/for-tests"];
    fs.mkdirSync("node_modules", { recursive: true });
    fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
  }, 200);
`;

const main = `
  const [first = ""] = process.argv.slice(2);
  // Before the word that a test waits for.
  if (first === "wait") process.once("SIGTERM", () => process.exit(7));
  process.stdout.write("ran " + process.argv.slice(2).join(" ") + "\\n");
  if (first === "code") process.exit(5);
  if (first === "die") process.kill(process.pid, "SIGKILL");
  if (first === "wait") setInterval(() => {}, 1000);
  if (first === "where") process.stdout.write(process.cwd() + " " + process.env.NODE_ENV + "\\n");
  if (first === "read") process.stdin.pipe(process.stdout);
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "panelwright launch-"));
  cpSync(join(dirname(tools), "panel"), join(root, "panel"));
  cpSync(join(tools, "launch.mjs"), join(root, "tools/launch.mjs"));
  cpSync(join(tools, "launch"), join(root, "tools/launch"), { recursive: true });
  write("package-lock.json", JSON.stringify(lock));
  write("fake/npm-cli.js", fakeNpm);
  write("server/src/main.ts", main);
  write("server/bench/bench.ts", "process.stdout.write('bench\\n');");
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("the dependencies", () => {
  test("are installed once by ten launches at once", async () => {
    const ended = await Promise.all(Array.from({ length: 10 }, () => launch(["panel", "x"])));

    expect(ended.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      Array.from({ length: 10 }, () => ({ code: 0, stdout: "ran x\n" })),
    );
    expect(npmCalls()).toHaveLength(1);
    expect(existsSync(join(root, ".launch-lock"))).toBe(false);
  });

  test("are installed again when package-lock.json changed, and not before", async () => {
    await launch(["panel"]);
    const unchanged = await launch(["panel"]);
    write("package-lock.json", JSON.stringify(lock).replace("1.0.0", "1.0.1"));
    const changed = await launch(["panel"]);

    expect(unchanged.stderr).toBe("");
    expect(changed.stderr).toContain("installs its dependencies");
    expect(npmCalls()).toHaveLength(2);
  });

  test("are left alone where npm has installed the same by hand", async () => {
    const { "node_modules/elsewhere": _notHere, ...packages } = lock.packages;
    write("node_modules/.package-lock.json", JSON.stringify({ packages }));

    const { stdout } = await launch(["bench"]);

    expect(stdout).toBe("bench\n");
    expect(npmCalls()).toEqual([]);
  });

  test("are completed for a verb that needs those of development", async () => {
    await launch(["panel"]);
    await launch(["bench"]);
    await launch(["panel"]);

    expect(npmCalls()).toEqual([
      expect.not.stringContaining("--include=dev"),
      expect.stringContaining("--include=dev"),
    ]);
  });

  test("stop the launch with npm's own words where they cannot be installed", async () => {
    write("npm-fails", "");

    const { code, stdout, stderr } = await launch(["panel"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("no such version");
    expect(existsSync(join(root, ".launch-lock"))).toBe(false);
  });

  test("are installed though a launch died while it installed", async () => {
    const gone = spawnSync(process.execPath, ["--version"]).pid;
    write(".launch-lock/holder.json", JSON.stringify({ host: hostname(), pids: [gone] }));

    expect((await launch(["panel"])).stdout).toBe("ran \n");
    expect(npmCalls()).toHaveLength(1);
  });
});

describe("the command", () => {
  test("gives its exit code, also that of a signal, to who launched it", async () => {
    expect((await launch(["panel", "code"])).code).toBe(5);
    expect((await launch(["panel", "die"])).code).toBe(128 + 9);
  });

  test("hears the signal that the launch was sent", async () => {
    const child = start(["panel", "wait"]);
    const closed = once(child, "close");
    await once(child.stdout, "data");

    child.kill("SIGTERM");

    expect(await closed).toEqual([7, null]);
  });

  test("is refused in words where there is none of that name", async () => {
    const { code, stderr } = await launch(["pannel"]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/knows no "pannel"; the verbs are start, panel, test/);
  });
});

describe("the program ./panel", () => {
  test("installs what is missing, as the launcher does, and runs the command", async () => {
    expect(await run(join(root, "panel"), ["x", "a b"])).toMatchObject({ stdout: "ran x a b\n" });
    expect(npmCalls()).toHaveLength(1);
  });

  test("runs from any folder and through links, where its caller stands", async () => {
    await launch(["panel"]);
    const elsewhere = join(root, "some where");
    mkdirSync(elsewhere);
    symlinkSync(join(root, "panel"), join(elsewhere, "absolute"));
    symlinkSync("../panel", join(elsewhere, "relative"));
    symlinkSync("absolute", join(elsewhere, "chained"));
    const outputs: string[] = [];

    for (const program of ["../panel", "./absolute", "./relative", "./chained"]) {
      outputs.push((await run(program, ["where"], { cwd: elsewhere })).stdout);
    }
    const onPath = { ...environment(), PATH: `${elsewhere}:${process.env["PATH"]}` };
    outputs.push((await run("chained", ["where"], { cwd: elsewhere, env: onPath })).stdout);

    const here = realpathSync(elsewhere);
    expect(new Set(outputs)).toEqual(new Set([`ran where\n${here} production\n`]));
  });

  test("gives its exit code, and what it reads and writes, to its caller", async () => {
    expect((await run(join(root, "panel"), ["code"])).code).toBe(5);
    expect((await run(join(root, "panel"), ["read"], {}, "a\nb")).stdout).toBe("ran read\na\nb");
  });

  test("needs nothing but its own Node where all is installed", async () => {
    if (process.platform !== "linux") return;
    installOwnNode();
    await launch(["panel"]);
    write("tools/launch.mjs", "throw new Error('the launcher is not needed');");

    const child = spawn(join(root, "panel"), ["wait"], {
      env: { PATH: "/usr/bin:/bin" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    await once(child.stdout, "data");
    // The very process that the caller knows, which no shell stands before.
    child.kill("SIGTERM");

    expect(await closed).toEqual([7, null]);
    expect((await run(join(root, "panel"), ["code"])).code).toBe(5);
    expect((await run(join(root, "panel"), ["die"])).signal).toBe("SIGKILL");
  });

  test("hears the signal also where the launcher comes first", async () => {
    const child = spawn(join(root, "panel"), ["wait"], {
      env: environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    await once(child.stdout, "data");

    child.kill("SIGTERM");

    expect(await closed).toEqual([7, null]);
  });

  test("installs again after package-lock.json changed, however old the file looks", async () => {
    installOwnNode();
    await launch(["panel"]);
    write("package-lock.json", JSON.stringify(lock).replace("1.0.0", "1.0.1"));
    utimesSync(join(root, "package-lock.json"), 0, 0);

    expect((await run(join(root, "panel"), ["x"])).stderr).toContain("installs its dependencies");
    expect(npmCalls()).toHaveLength(2);
  });

  test("leaves the start to the launcher, which builds the web app", async () => {
    installOwnNode();
    await launch(["panel"]);
    write("tools/launch.mjs", "process.stdout.write(process.argv.slice(2).join(' '));");

    expect((await run(join(root, "panel"), ["start", "--empty"])).stdout).toBe(
      "panel start --empty",
    );
  });
});

describe("the web app", () => {
  const fakeVite = `
    const fs = require("node:fs");
    fs.appendFileSync("../builds", "built\\n");
    if (fs.existsSync("fails")) { console.error("cannot resolve"); process.exit(1); }
    fs.mkdirSync("dist", { recursive: true });
  `;

  beforeEach(async () => {
    await launch(["bench"]);
    write("node_modules/vite/bin/vite.js", fakeVite);
    write("web/vite.config.ts", "");
    write("web/src/main.tsx", "first");
  });

  test("is built before the start when it changed, and for no other verb", async () => {
    await launch(["panel"]);
    await Promise.all([launch(["start"]), launch(["panel", "start"])]);
    const unchanged = await launch(["start", "--port", "0"]);
    write("web/src/main.test.tsx", "a test is not part of it");
    await launch(["start"]);
    write("web/src/main.tsx", "second");
    await launch(["start"]);

    expect(unchanged).toMatchObject({ code: 0, stdout: "ran start --port 0\n", stderr: "" });
    expect(lines("builds")).toHaveLength(2);
  });

  test("stops the start with vite's own words where it cannot be built", async () => {
    write("web/fails", "");

    const { code, stdout, stderr } = await launch(["start"]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("cannot resolve");
  });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function lines(file: string): string[] {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  return text.split("\n").filter((line) => line !== "");
}

function npmCalls(): string[] {
  return lines("npm-calls");
}

/** Node as the package that brings it has it. */
function installOwnNode(): void {
  const bin = join(root, `node_modules/node-${process.platform}-${process.arch}/bin`);
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _ofTheTests, ...env } = process.env;
  return { ...env, npm_execpath: join(root, "fake/npm-cli.js") };
}

function start(args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [join(root, "tools/launch.mjs"), ...args], {
    env: environment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function launch(args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [join(root, "tools/launch.mjs"), ...args]);
}

async function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  input = "",
): Promise<Ended> {
  const child = spawn(program, args, { env: environment(), ...options });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  child.stdin.end(input);
  await once(child, "close");
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}
