/**
 * A program that holds a data folder's database, for tests to start, talk to and kill: `client.ts
 * <data folder> <role,role>`. It prints one JSON line per event, closes when told "close", and ends
 * without closing when told "end".
 */
import { createInterface } from "node:readline";
import { EmbeddedRefusal, openEmbedded } from "#database/embedded/embedded.ts";
import type { EmbeddedRole } from "#database/embedded/embedded.ts";

const [dataFolder = "", roles = "command"] = process.argv.slice(2);
const isRole = (name: string): name is EmbeddedRole =>
  ["api", "web", "worker", "command"].includes(name);

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

try {
  const database = await openEmbedded({ dataFolder, roles: roles.split(",").filter(isRole) });
  tell({ event: "opened", connection: database.connection, notes: database.notes });
  void database.lost.then(() => tell({ event: "lost" }));
  const input = createInterface({ input: process.stdin });
  input.on("line", (line) => {
    input.close();
    process.stdin.destroy();
    if (line === "close") void database.close().then(() => tell({ event: "closed" }));
  });
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  tell({ event: error instanceof EmbeddedRefusal ? "refused" : "failed", text });
}
