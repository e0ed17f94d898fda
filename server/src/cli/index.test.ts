import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { attributeOf } from "./cli.ts";
import { commands } from "./index.ts";

const root = path.resolve(import.meta.dirname, "../../..");

describe("the list of commands", () => {
  test("says of each command what the command says of itself", async () => {
    const loaded = await Promise.all(commands.map(({ load }) => load()));

    expect(commands.map(({ name, summary, positions = [] }) => [name, summary, positions])).toEqual(
      loaded.map(({ name, summary, positions = [] }) => {
        return [name, summary, positions.map(({ flags }) => attributeOf(flags))];
      }),
    );
  });

  test("has each name once", () => {
    const names = commands.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});

test("wherever a text or a document sends its reader to a command, there is that command", () => {
  const nouns = new Set(commands.map(({ name }) => name.split(" ")[0]));
  const named = new RegExp(`\\bpanel (${[...nouns].join("|")}) ([a-z-]+)`, "g");
  const isThere = (noun = "", verb = "") =>
    commands.some(({ name }) => name === noun || `${name} `.startsWith(`${noun} ${verb} `));

  const found = globSync("{server/src/**/*.ts,docs/**/*.md,*.md}", { cwd: root }).flatMap(
    (file) => [...readFileSync(path.join(root, file), "utf8").matchAll(named)],
  );

  expect(found.length).toBeGreaterThan(100);
  expect(found.filter(([, noun, verb]) => !isThere(noun, verb)).map(([text]) => text)).toEqual([]);
});

// Each module costs time, at every call: what these say is what makes the command line quick.
describe("what the command line loads", () => {
  test("for help is the words of the commands, and none of them", async () => {
    for (const args of [["--help"], ["order", "--help"], ["order", "shwo", "1"]]) {
      const files = await loadedFor(args);

      expect(files).toContain("server/src/cli/order/index.ts");
      const words = /^server\/src\/(main|cli\/.*)\.ts$|^node_modules\/commander\//;
      expect(files.filter((file) => !words.test(file))).toEqual([]);
      expect(files).not.toContain("server/src/cli/order/order-show.ts");
    }
  });

  test("for a command is that command alone, and nothing of the server", async () => {
    const files = await loadedFor(["order", "show", "not a number"]);

    const commandsLoaded = files.filter((file) => /cli\/(?!kit)[a-z-]+\/(?!index)/.test(file));
    expect(commandsLoaded).toEqual(["server/src/cli/order/order-show.ts"]);
    expect(files.filter((file) => /src\/(panel|http\/app|workers\/)|undici/.test(file))).toEqual(
      [],
    );
  });
});

/** The files of a process that was given this command line, from the root of the repository. */
async function loadedFor(args: readonly string[]): Promise<string[]> {
  // Written at the end to a stream of its own.
  const listing = `
    import { writeSync } from "node:fs";
    import { registerHooks } from "node:module";
    registerHooks({ load: (url, context, next) => {
      if (url.startsWith("file:")) writeSync(3, new URL(url).pathname + "\\n");
      return next(url, context);
    } });`;
  const child = spawn(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(listing)}`,
      "server/src/main.ts",
      ...args,
    ],
    { cwd: root, stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const [, , , pipe] = child.stdio;
  if (pipe === null || pipe === undefined || !("read" in pipe)) throw new Error("no pipe");
  const ended = once(child, "close");
  const lines = (await text(pipe)).trim().split("\n");
  await ended;
  return lines.map((file) => path.relative(root, decodeURIComponent(file)));
}
