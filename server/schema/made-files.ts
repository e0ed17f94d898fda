import path from "node:path";
import type { Queryable } from "#database/statement.ts";
import { tableOwners } from "../../tools/tidy/sql.ts";
import { workingTree } from "../../tools/tidy/tree.ts";
import { listCatalogue } from "./catalogue.sql.ts";
import { schemaPageText } from "./schema-page.ts";
import { schemaTypesText } from "./schema-types.ts";

const root = path.join(import.meta.dirname, "../..");

/** The files that are made from the schema, with the texts that they should have. */
export async function madeFiles(db: Queryable): Promise<{ file: string; text: string }[]> {
  const tables = await listCatalogue(db);
  const owners = tableOwners(workingTree(root));
  // The views are the ledger's; the list of migrations is made by the code that runs them.
  const others: Readonly<Record<string, string>> = {
    ledger_entries: "ledger",
    schema_migrations: "database",
  };
  const ownerOf = (table: string): string => {
    const owner = owners.get(table)?.[0] ?? others[table];
    if (owner === undefined) throw new Error(`no *.sql.ts of a folder names the table ${table}`);
    return owner;
  };
  return [
    { file: path.join(root, "docs/schema.md"), text: schemaPageText(tables, ownerOf) },
    {
      file: path.join(root, "server/src/database/schema-types.ts"),
      text: schemaTypesText(tables),
    },
  ];
}
