import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { migrationsFolder } from "#database/database.ts";
import { readMigrations } from "#database/migrate.ts";
import { knownStatements } from "#database/statement.ts";

const source = path.join(import.meta.dirname, "../src");
const file = path.join(migrationsFolder, "released.json");

/** What the last release says to the database, and the migration that it knows as the newest. */
type Release = {
  readonly schema: number;
  /** Texts by their names. */
  readonly statements: Readonly<Record<string, string>>;
};

/** Reads every `*.sql.ts` of the server, so that `knownStatements` knows all statements. */
export async function loadStatements(): Promise<void> {
  for (const each of globSync("**/*.sql.ts", { cwd: source }).toSorted()) {
    await import(path.join(source, each));
  }
}

/** Whether the owner of the tables runs it: backup, restore and the like, which the application never does. */
export function isOfOwner(name: string): boolean {
  return /^(archive|demo)\./.test(name);
}

/** The last release, as it was recorded. */
export function readRelease(): Release {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/consistent-type-assertions -- written below.
  return JSON.parse(readFileSync(file, "utf8")) as Release;
}

/** Records the statements as they are now, for the release that is about to be made of them. */
export async function recordRelease(): Promise<Release> {
  await loadStatements();
  const schema = Math.max(...readMigrations(migrationsFolder).map(({ version }) => version));
  const names = [...knownStatements().keys()].toSorted();
  const statements = Object.fromEntries(
    names.map((name) => [name, knownStatements().get(name)?.text ?? ""]),
  );
  const release = { schema, statements };
  writeFileSync(file, `${JSON.stringify(release, undefined, 2)}\n`);
  return release;
}
