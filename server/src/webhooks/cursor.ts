import type { Position } from "#events/streams.sql.ts";
import { parseQuantity } from "#values/quantity.ts";

const form = /^([0-9a-f]{32})-([0-9]{1,16})-([0-9]{1,16})$/;

/** A position as customers keep it: to them a text without a meaning. */
export function writeCursor({ epoch, seq, catalogSeq }: Position): string {
  return `${epoch.replaceAll("-", "")}-${seq}-${catalogSeq}`;
}

/** `undefined` for what is no cursor. */
export function readCursor(text: string): Position | undefined {
  const [, hex = "", first = "", second = ""] = form.exec(text.trim()) ?? [];
  const seq = parseQuantity(first);
  const catalogSeq = parseQuantity(second);
  if (hex === "" || seq === undefined || catalogSeq === undefined) return undefined;
  const epoch = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { epoch, seq, catalogSeq };
}
