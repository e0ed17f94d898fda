import type { CatalogueColumn, CatalogueConstraint, CatalogueTable } from "./catalogue.sql.ts";
import { checkedValues } from "./checked-values.ts";

const head = `# The schema

<!-- Made from the migrations by \`npm run schema\`: change those, never this page. -->

Every table of the database: what it is, its columns, and what the database itself keeps true. What is
said of a table and of its columns stands beside them in [the migrations](../server/migrations), as
\`comment on\`. Each table belongs to one folder of \`server/src\`, whose \`*.sql.ts\` name it; the others
call its functions.

All tables are in the schema \`public\`. Money is \`numeric(28,8)\` in the panel's currency where nothing
else is said; ids and counts are whole numbers below 2^53; moments are UTC.
`;

/** The text of `docs/schema.md`; `ownerOf` names the folder that a table belongs to. */
export function schemaPageText(
  tables: readonly CatalogueTable[],
  ownerOf: (table: string) => string,
): string {
  const owners = [...new Set(tables.map(({ name }) => ownerOf(name)))].toSorted();
  const ofOwner = (owner: string) => tables.filter(({ name }) => ownerOf(name) === owner);
  const list = owners.map((owner) => {
    const links = ofOwner(owner).map(({ name }) => `[${name}](#${name})`);
    return `| \`${owner}\` | ${links.join(", ")} |\n`;
  });
  const sections = owners.map((owner) => {
    const parts = ofOwner(owner).map(tableText);
    return `\n## Of \`${owner}\`\n${parts.join("")}`;
  });
  return `${head}\n| folder | its tables |\n|---|---|\n${list.join("")}${sections.join("")}`;
}

function tableText(table: CatalogueTable): string {
  const values = checkedValues(table);
  const rows = table.columns.map((column) => columnRow(column, values.get(column.name)));
  const lists = [
    ...keys(table.constraints),
    ...checks(table.constraints),
    ...table.indexes.map(({ name, definition }) => `index ${indexWords(name, definition)}`),
    ...table.triggers.map(({ name, definition }) => `trigger ${triggerWords(name, definition)}`),
    ...table.options.map((option) => `stored with \`${option}\``),
  ];
  return [
    `\n### ${table.name}\n\n`,
    table.kind === "view" ? "A view. " : "",
    `${table.comment ?? ""}\n\n`,
    "| column | type | default | what it is |\n|---|---|---|---|\n",
    ...rows,
    lists.length === 0 ? "" : `\n${lists.map((line) => `- ${line}\n`).join("")}`,
  ].join("");
}

function columnRow(column: CatalogueColumn, checked: readonly string[] | undefined): string {
  const values = column.values ?? checked;
  const words = [
    column.comment ?? "",
    values === undefined ? "" : `One of ${values.map((value) => `\`${value}\``).join(", ")}.`,
  ].filter((part) => part !== "");
  const type = `${shortType(column.type)}${column.isNullable ? ", may be null" : ""}`;
  const fallback = column.default === null ? "" : code(plain(column.default));
  return `| \`${column.name}\` | ${type} | ${fallback} | ${cell(words.join(" "))} |\n`;
}

function shortType(type: string): string {
  return type.replace("timestamp with time zone", "timestamptz");
}

function keys(constraints: readonly CatalogueConstraint[]): string[] {
  const named = (kind: CatalogueConstraint["kind"]) =>
    constraints.filter((constraint) => constraint.kind === kind);
  return [
    ...named("primary key").map(({ columns }) => `primary key ${code(columns.join(", "))}`),
    ...named("unique").map(({ columns }) => `unique ${code(columns.join(", "))}`),
    ...named("reference").map(({ columns, definition }) => {
      const [, target = ""] = /REFERENCES (.*)$/.exec(definition) ?? [];
      return `${code(columns.join(", "))} refers to ${code(lower(target))}`;
    }),
  ];
}

/** Those that say more than which values a column may have. */
function checks(constraints: readonly CatalogueConstraint[]): string[] {
  return constraints
    .filter(
      ({ kind, definition }) =>
        kind === "check" && !/^CHECK \(+\w+ = ANY \(ARRAY\[[^\]]*\]\)\)+$/.test(definition),
    )
    .map(({ name, definition }) => {
      const [, rule = ""] = /^CHECK \(\(?(.*?)\)?\)$/.exec(definition) ?? [];
      return `check \`${name}\`: ${code(lower(plain(rule)))}`;
    });
}

function indexWords(name: string, definition: string): string {
  const [, unique, method = "", rest = ""] =
    /^CREATE (UNIQUE )?INDEX \S+ ON \S+ USING (\w+) (.*)$/.exec(definition) ?? [];
  const kind = method === "btree" ? "" : ` (${method})`;
  return `\`${name}\`${kind}${unique === undefined ? "" : ", unique"}: ${code(lower(plain(rest)))}`;
}

function triggerWords(name: string, definition: string): string {
  const [, when = "", rest = ""] = /TRIGGER \S+ (.*?) ON \S+ (.*)$/.exec(definition) ?? [];
  const [, called = ""] = /EXECUTE FUNCTION (\w+)\(/.exec(rest) ?? [];
  const end = rest.includes("INITIALLY DEFERRED") ? ", at the commit" : "";
  return `\`${name}\`: ${when.toLowerCase()}${end}, calls \`${called}\``;
}

/** Without the casts, and the brackets around numbers, that PostgreSQL adds to what was written. */
function plain(expression: string): string {
  const casts =
    /::(?:text|regclass|numeric|integer|order_status|account_kind|movement_kind|counter_account)(?:\[\])?(?![\w(])/g;
  return expression.replaceAll(casts, "").replaceAll(/(?<!\w)\((-?\d+)\)/g, "$1");
}

/** Key words as they are written in the migrations; texts within quotes stay as they are. */
function lower(expression: string): string {
  return expression.replaceAll(/'[^']*'|[^']+/g, (part) =>
    part.startsWith("'") ? part : part.replaceAll(/\b[A-Z]{2,}\b/g, (word) => word.toLowerCase()),
  );
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", String.raw`\|`);
}
