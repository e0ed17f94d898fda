import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from, to } from "pg-copy-streams";
import type { Tx } from "./transaction.ts";

/**
 * Streams what `copy … to stdout` sends, as fast as it is read. To stop early, end the connection.
 */
export function copyOut(tx: Tx, text: string): Readable {
  return tx.query(to(text));
}

/** Feeds `copy … from stdin`; resolves when the server has taken all of it. */
export async function copyIn(tx: Tx, text: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(data, tx.query(from(text)));
}
