/**
 * Writes what is made from the migrations: `npm run schema`. It runs them on a database of its own
 * and describes what came of that; `server/test/schema.test.ts` says when it was forgotten.
 */
import { writeFileSync } from "node:fs";
import { openBenchServer } from "#bench/database.ts";
import { connect } from "#database/connection.ts";
import { madeFiles } from "./made-files.ts";

const server = await openBenchServer();
try {
  const { settings } = await server.create("described");
  const db = await connect(settings);
  try {
    for (const { file, text } of await madeFiles(db)) writeFileSync(file, text);
  } finally {
    await db.end();
  }
} finally {
  await server.close();
}
