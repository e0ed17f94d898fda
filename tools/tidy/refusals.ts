import { isTest } from "./code.ts";
import type { Tree } from "./tree.ts";

const codesOfTypes = /\breadonly code:((?:\s*\|?\s*"[a-z0-9_]+")+)/g;
const codesMade = /\brefused\(\{\s*code: ("[a-z0-9_]+")/g;
const codesOfFailures = /\bcode: ("[a-z0-9_]+")/g;

/** Where what is thrown becomes a code. */
const failures = "server/src/cli/kit/failure.ts";

/**
 * Every code that the server refuses with is named by a test: what nobody provokes may be said in the
 * wrong case, or never. A name proves no more than that somebody thought of it; that each refusal of
 * API v2 is provoked is proven by its own table.
 */
export function refusalsUntested(tree: Tree): string[] {
  const code = tree.files.filter((file) => /^server\/src\/.*\.ts$/.test(file) && !isTest(file));
  const said = new Map<string, string>();
  for (const file of code) {
    const text = tree.read(file);
    const patterns = file === failures ? [codesOfFailures] : [codesOfTypes, codesMade];
    for (const [, codes = ""] of patterns.flatMap((pattern) => [...text.matchAll(pattern)])) {
      for (const [, name = ""] of codes.matchAll(/"(\w+)"/g)) said.set(name, file);
    }
  }
  const named = new Set<string>();
  for (const file of tree.files.filter((each) => /^(server|sdk)\/.*\.ts$/.test(each))) {
    if (!isTest(file) && !file.startsWith("sdk/test/")) continue;
    // As a text of its own, or as the name of a row.
    for (const [, inQuotes, name = inQuotes] of tree
      .read(file)
      .matchAll(/["'`]([a-z0-9_]+)["'`]|^ *([a-z0-9_]+):/gm)) {
      if (name !== undefined) named.add(name);
    }
  }
  return [...said]
    .filter(([name]) => !named.has(name))
    .map(([name, file]) => `${file} refuses with ${name}, which no test names`);
}
