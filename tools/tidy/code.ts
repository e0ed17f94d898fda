import { readSource } from "./source.ts";
import type { Tree } from "./tree.ts";

const linesMax = 300;

/** Folders whose `index.ts` is a registry: the list of every one of a kind. */
const registries = [
  "server/src/orders/service-types",
  "server/src/providers/connectors",
  "server/src/payments/methods",
  "server/src/http/reseller/dialects",
  "server/src/http/reseller/reference",
  "server/src/cli/customer",
  "server/src/cli/order",
  "server/src/cli/panel",
  "server/src/cli/product",
  "server/src/cli/product-order",
  "server/src/cli/provider",
  "server/src/cli/rule",
  "server/src/cli/schedule",
  "server/src/cli/service",
  "server/src/cli/webhook",
  "server/src/workers",
];

/** Files that may ask the machine for the time. */
const clocks = ["server/src/values/clock.ts", "server/src/database/"];

/** Tests and what only tests use. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.startsWith("server/test/");
}

/** A file of more than 300 lines says why on top: `// Long because: …`. */
export function longFiles(tree: Tree): string[] {
  return tree.files
    .filter((file) => /^(server\/src|web\/src|tools)\/.*\.(tsx?|mjs|css)$/.test(file))
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const lines = tree.read(file).trimEnd().split("\n");
      const hasReason = lines.slice(0, 5).some((line) => /\bLong because: \S/.test(line));
      if (lines.length <= linesMax || hasReason) return [];
      return [`${file} has ${lines.length} lines: split it, or say "// Long because: …" on top`];
    });
}

/** The current time comes from the clock, so that a test can turn it. */
export function presentReadPastClock(tree: Tree): string[] {
  return tree.files
    .filter((file) => /^(server|contract|web)\/src\/.*\.tsx?$/.test(file) && !isTest(file))
    .filter((file) => !clocks.some((clock) => file.startsWith(clock)))
    .flatMap((file) =>
      readSource(file, tree.read(file)).presentReadAt.map(
        (line) => `${file}:${line} reads the present: take it from ctx.clock`,
      ),
    );
}

/**
 * Whatever lies in the folder of a registry is in the registry, helps a neighbour that is, or
 * uses the registry: a new one that nobody registered does nothing, and nothing else says so.
 */
export function missingFromRegistry(tree: Tree): string[] {
  return registries.flatMap((folder) => {
    const neighbours = tree.files.filter(
      (file) => file.startsWith(`${folder}/`) && file.endsWith(".ts") && !isTest(file),
    );
    if (neighbours.length === 0) return [];
    const index = `${folder}/index.ts`;
    if (!neighbours.includes(index)) return [`${folder} has no index.ts: it is the registry`];
    const importsOf = new Map(
      neighbours.map((file) => [file, readSource(file, tree.read(file)).imports]),
    );
    const imported = new Set([...importsOf.values()].flat());
    return neighbours
      .filter((file) => file !== index && !importsOf.get(file)?.includes("./index.ts"))
      .filter((file) => !imported.has(`./${file.slice(folder.length + 1)}`))
      .map((file) => `${file} is not in ${index}`);
  });
}

/** Who speaks to the person at the keyboard: the doctor's findings are advice by themselves. */
const speakers = ["server/src/cli/", "server/src/doctor/"];

/**
 * Options of the command line that are named outside of it, where the words are those of everybody: a
 * page has no `--service`. The use case says what is wrong, the command which option mends it.
 */
export function optionsOutsideCli(tree: Tree): string[] {
  const files = tree.files.filter(
    (file) => /^server\/src\/[^/]+\/.*\.ts$/.test(file) && !isTest(file),
  );
  const textsOf = (file: string) => readSource(file, tree.read(file)).texts;
  const options = new Set(
    files
      .filter((file) => file.startsWith("server/src/cli/"))
      .flatMap(textsOf)
      .flatMap(({ text }) => /^--[a-z][a-z-]*(?= |$)/.exec(text) ?? []),
  );
  return files
    .filter((file) => !speakers.some((folder) => file.startsWith(folder)))
    .flatMap((file) =>
      textsOf(file).flatMap(({ text, line }) =>
        [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)]
          .filter(([option]) => options.has(option))
          .map(([option]) => `${file}:${line} names ${option}: that is for server/src/cli to say`),
      ),
    );
}
