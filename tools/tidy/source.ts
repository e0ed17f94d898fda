import { parseSync } from "vite";
import { field } from "./unknown.ts";

export type Source = {
  /** Strings and templates as written, with `?` for each value that is put in. */
  readonly texts: readonly Text[];
  /** What the file imports and re-exports, types included. */
  readonly imports: readonly string[];
  /** Lines with `new Date()` or `Date()`: the present, read past the clock. */
  readonly presentReadAt: readonly number[];
};

export type Text = { readonly text: string; readonly line: number };

const importing = [
  "ExportAllDeclaration",
  "ExportNamedDeclaration",
  "ImportDeclaration",
  "ImportExpression",
];

/** What the rules want to know of one TypeScript or JavaScript file. */
export function readSource(file: string, code: string): Source {
  const texts: Text[] = [];
  const imports: string[] = [];
  const presentReadAt: number[] = [];
  const lineOf = (node: unknown) => code.slice(0, Number(field(node, "start"))).split("\n").length;

  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const type = String(field(node, "type"));
    const from = field(field(node, "source"), "value");
    if (importing.includes(type) && typeof from === "string") imports.push(from);
    const text = textOf(type, node);
    if (text !== undefined) texts.push({ text, line: lineOf(node) });
    if (readsPresent(type, node)) presentReadAt.push(lineOf(node));
    Object.values(node).forEach(visit);
  };
  visit(parseSync(file, code).program);
  return { texts, imports, presentReadAt };
}

function textOf(type: string, node: unknown): string | undefined {
  if (type === "Literal") {
    const value = field(node, "value");
    return typeof value === "string" ? value : undefined;
  }
  const quasis = field(node, "quasis");
  if (type !== "TemplateLiteral" || !Array.isArray(quasis)) return undefined;
  return quasis.map((quasi) => String(field(field(quasi, "value"), "raw"))).join("?");
}

function readsPresent(type: string, node: unknown): boolean {
  const isDate = field(field(node, "callee"), "name") === "Date";
  if (type === "CallExpression") return isDate;
  const given = field(node, "arguments");
  return type === "NewExpression" && isDate && Array.isArray(given) && given.length === 0;
}
