import { createHash } from "node:crypto";
import { basename } from "node:path";
import { field } from "./unknown.ts";
import { migrationsOf } from "./sql.ts";
import type { Tree } from "./tree.ts";

/** What each migration was when it was first recorded: file name and SHA-256 of its text. */
export const checksumsFile = "server/migrations/checksums.json";

/** Migrations are append-only: a database that ran one would never see what changed in it. */
export function changedMigrations(tree: Tree): string[] {
  const migrations = migrationsOf(tree);
  const names = migrations.map((file) => basename(file));
  const recorded = recordedChecksums(tree);
  const gone = Object.keys(recorded).filter((name) => !names.includes(name));
  return [
    ...gone.map((name) => `${name} was recorded and is gone: migrations are never taken away`),
    ...migrations.flatMap((file) => {
      const name = basename(file);
      if (recorded[name] === undefined) {
        return [`${name} is not in ${checksumsFile}: add it with \`node tools/checksums.ts\``];
      }
      if (recorded[name] === checksumOf(tree.read(file))) return [];
      return [`${name} was changed after it was recorded: undo that and write a new migration`];
    }),
  ];
}

/** The recorded checksums with those of new migrations. What is recorded does not change. */
export function withNewMigrations(tree: Tree): Record<string, string> {
  const checksums = recordedChecksums(tree);
  for (const file of migrationsOf(tree)) checksums[basename(file)] ??= checksumOf(tree.read(file));
  return checksums;
}

function recordedChecksums(tree: Tree): Record<string, string> {
  if (!tree.files.includes(checksumsFile)) return {};
  const recorded: unknown = JSON.parse(tree.read(checksumsFile));
  const names = typeof recorded === "object" && recorded !== null ? Object.keys(recorded) : [];
  return Object.fromEntries(names.map((name) => [name, String(field(recorded, name))]));
}

function checksumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
