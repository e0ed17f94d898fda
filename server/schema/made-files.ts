import path from "node:path";
import type { Queryable } from "#database/statement.ts";
import { listCatalogue } from "./catalogue.sql.ts";
import { schemaTypesText } from "./schema-types.ts";

const typesFile = path.join(import.meta.dirname, "../src/database/schema-types.ts");

/** The files that are made from the schema, with the texts that they should have. */
export async function madeFiles(db: Queryable): Promise<{ file: string; text: string }[]> {
  const tables = await listCatalogue(db);
  return [{ file: typesFile, text: schemaTypesText(tables) }];
}
