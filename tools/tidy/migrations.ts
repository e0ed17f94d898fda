import { basename } from "node:path";
import { migrationsOf } from "./sql.ts";
import type { Tree } from "./tree.ts";
import { field } from "./unknown.ts";

const releaseFile = "server/migrations/released.json";

/** What would break a process of the last release that still runs on the new schema. */
const breaks: readonly { readonly found: RegExp; readonly what: string }[] = [
  {
    found: /\bdrop\s+(?:table|column|function|procedure|view|type|sequence|schema)\b/,
    what: "takes away what the last release may use",
  },
  {
    found:
      /\balter\s+table\b[^;]*\bdrop\s+(?!column|constraint|not\s|default|identity|expression)\w/,
    what: "takes away a column that the last release may use",
  },
  { found: /\brename\b/, what: "renames what the last release knows by its name" },
  {
    found: /\balter\s+(?:column\s+)?\w+\s+(?:set\s+data\s+)?type\s/,
    what: "gives a column another type",
  },
  {
    found: /\bcreate\s+or\s+replace\b/,
    what: "replaces what the last release calls: add a new one beside it (`…_v2`)",
  },
  {
    found: /\bset\s+not\s+null\b/,
    what: "refuses rows that the last release may write",
  },
];

/** Migrations that take away what no release uses any more, and which was the last to use it. */
const excused: Readonly<Record<string, string>> = {};

/**
 * Migrations are safe while processes of the last release still run: new things are added beside the old
 * ones. What came with the last release, or before it, is not checked.
 */
export function unsafeMigrations(tree: Tree): string[] {
  if (!tree.files.includes(releaseFile)) return [];
  const released = Number(field(JSON.parse(tree.read(releaseFile)), "schema"));
  return migrationsOf(tree)
    .filter((file) => Number(basename(file).slice(0, 4)) > released && !(basename(file) in excused))
    .flatMap((file) => {
      const text = tree.read(file);
      const plain = text.replaceAll(/--.*/g, "").toLowerCase();
      const found = breaks.filter((each) => each.found.test(plain)).map(({ what }) => what);
      if (addsNeeded(plain)) {
        found.push("adds a column that rows of the last release do not bring: give it a default");
      }
      return [...found, ...unrepeatable(text, plain)].map((what) => `${basename(file)} ${what}`);
    });
}

function addsNeeded(text: string): boolean {
  const added = text.match(/\badd\s+column\b[^;]*?(?=,\s*(?:add|alter|drop)\b|;|$)/g) ?? [];
  return added.some(
    (each) => /\bnot\s+null\b/.test(each) && !/\b(?:default|generated)\b/.test(each),
  );
}

/** A file without a transaction that was interrupted is run again from its beginning. */
function unrepeatable(text: string, plain: string): string[] {
  if (!/^-- No transaction: \S/m.test(text)) return [];
  const indexes = plain.match(/\bindex\s+concurrently\s+(?:if\s+not\s+exists\b)?/g) ?? [];
  return [
    ...(indexes.some((index) => !index.includes("exists"))
      ? ["cannot be run again: say `create index concurrently if not exists`"]
      : []),
    ...(plain.includes("$$") ? ["has no transaction, and so no functions"] : []),
  ];
}
