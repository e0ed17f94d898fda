import type { CatalogueColumn, CatalogueTable } from "./catalogue.sql.ts";
import { checkedValues } from "./checked-values.ts";

const head = `// Made from the migrations by \`npm run schema\`: change those, never this file.
// Long because: it has every table.
`;

/** What the driver makes of PostgreSQL's types (`database/connection.ts`). */
const plainTypes: Readonly<Record<string, string>> = {
  bigint: "number",
  boolean: "boolean",
  bytea: "Buffer",
  "double precision": "number",
  integer: "number",
  jsonb: "unknown",
  numeric: "string",
  smallint: "number",
  text: "string",
  "timestamp with time zone": "Date",
  uuid: "string",
};

/**
 * The text of `database/schema-types.ts`: of each table the type of a row as the driver gives it.
 * It is formatted as oxfmt would.
 */
export function schemaTypesText(tables: readonly CatalogueTable[]): string {
  const list = tables.map(({ name }) => `  readonly ${name}: ${rowName(name)};\n`).join("");
  return [
    head,
    `/** Of every table and view: the type of its rows, as they are read. */\nexport type SchemaRows = {\n${list}};\n`,
    ...tables.map(rowType),
  ].join("\n");
}

function rowType(table: CatalogueTable): string {
  const unions = checkedValues(table);
  const fields = table.columns.map((column) => {
    const values = column.values ?? unions.get(column.name);
    return docComment(column.comment, "  ") + field(column, values);
  });
  return `${docComment(table.comment, "")}export type ${rowName(table.name)} = {\n${fields.join("")}};\n`;
}

function field(column: CatalogueColumn, values: readonly string[] | undefined): string {
  const parts =
    values === undefined ? [plainType(column)] : values.map((value) => JSON.stringify(value));
  // What is unknown may be null as it is.
  if (column.isNullable && parts[0] !== "unknown") parts.push("null");
  const line = `  readonly ${column.name}: ${parts.join(" | ")};\n`;
  if (line.length <= 101) return line;
  const lines = parts.map((part) => `\n    | ${part}`);
  return `  readonly ${column.name}:${lines.join("")};\n`;
}

function plainType({ name, type }: CatalogueColumn): string {
  const isList = type.endsWith("[]");
  const plain = plainTypes[type.replace(/\[\]$/, "").replace(/\(.*\)$/, "")];
  if (plain === undefined) throw new Error(`no type is known for ${name}, which is a ${type}`);
  return isList ? `readonly ${plain}[]` : plain;
}

function docComment(text: string | null, indent: string): string {
  if (text === null) return "";
  const oneLine = `${indent}/** ${text} */\n`;
  if (oneLine.length <= 101) return oneLine;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && `${indent} * ${line} ${word}`.length > 100) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  const body = [...lines, line].map((each) => `${indent} * ${each}\n`).join("");
  return `${indent}/**\n${body}${indent} */\n`;
}

function rowName(table: string): string {
  const words = table.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}Row`;
}
