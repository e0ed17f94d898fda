/** Records the checksums of new migrations: `node tools/checksums.ts`. Changes no recorded one. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { changedMigrations, checksumsFile, withNewMigrations } from "./tidy/checksums.ts";
import { workingTree } from "./tidy/tree.ts";

const root = dirname(import.meta.dirname);
const recorded = JSON.stringify(withNewMigrations(workingTree(root)), undefined, 2);
writeFileSync(join(root, checksumsFile), `${recorded}\n`);

const complaints = changedMigrations(workingTree(root));
process.stdout.write(complaints.map((complaint) => `${complaint}\n`).join(""));
process.exitCode = complaints.length > 0 ? 1 : 0;
