import type { Position } from "#events/streams.sql.ts";
import { parseQuantity } from "#values/quantity.ts";

const form = /^([0-9a-f]{32})-([0-9]{1,16})-([0-9]{1,16})$/;

/** Writes a position as customers keep it: for them a text without meaning. */
export function writeCursor({ epoch, seq, catalogSeq }: Position): string {
  return `${epoch.replaceAll("-", "")}-${seq}-${catalogSeq}`;
}

/** Reads a cursor; `undefined` for anything else. */
export function readCursor(text: string): Position | undefined {
  const [, hex = "", first = "", second = ""] = form.exec(text.trim()) ?? [];
  const seq = parseQuantity(first);
  const catalogSeq = parseQuantity(second);
  if (hex === "" || seq === undefined || catalogSeq === undefined) return undefined;
  const epoch = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { epoch, seq, catalogSeq };
}
