import { readFileSync } from "node:fs";
import path from "node:path";

/** What one document shows: its JSON examples, in their order there. */
export type ApiDocument = {
  readonly text: string;
  /** Each example as text, because one of the documents shows JSON that does not parse. */
  readonly examples: readonly string[];
};

/** Reads a document kept beside the tests exactly as published. */
export function readDocument(name: string): ApiDocument {
  const text = readFileSync(path.join(import.meta.dirname, "documents", `${name}.txt`), "utf8");
  const examples: string[] = [];
  let lines: string[] = [];
  let depth = 0;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (depth === 0 && !/^[[{]$/.test(line)) continue;
    lines.push(line);
    depth += (line.match(/[[{]/g)?.length ?? 0) - (line.match(/[\]}]/g)?.length ?? 0);
    if (depth > 0) continue;
    examples.push(lines.join("\n").replace(/(?<=[\]}])[^\]}]+$/, ""));
    lines = [];
    depth = 0;
  }
  return { text, examples };
}

/** One example, parsed. */
export function example(document: ApiDocument, index: number): unknown {
  const text = document.examples[index];
  if (text === undefined) throw new Error(`the document has no example ${index}`);
  return JSON.parse(text) as unknown;
}
