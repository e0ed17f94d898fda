import { readFile, stat } from "node:fs/promises";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { isText } from "#values/text.ts";
import { refuse } from "./command.ts";
import type { SaidRefusal } from "./command.ts";

/** A whole UTF-8 text file, or why it is not one. Unreadable bytes are never repaired. */
export async function readTextFile(
  file: string,
  bytesMax: number,
): Promise<Result<string, SaidRefusal>> {
  const refused = (problem: string) => refuse({ code: "file_unreadable", file, problem });
  let bytes: Buffer;
  try {
    if ((await stat(file)).size > bytesMax) return refused("it is too large");
    bytes = await readFile(file);
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
  // Bytes that are not UTF-8 become U+FFFD, which is no text either.
  const text = new TextDecoder().decode(bytes);
  if (!isText(text)) return refused("it is not text in UTF-8");
  return text.includes("\u0000") ? refused("it is not text") : ok(text);
}
