import { createHash } from "node:crypto";
import { countLines } from "./backup.ts";
import { DamagedArchive } from "./read-archive.ts";
import type { CheckedArchive, ReadRecord } from "./read-archive.ts";

type Records = AsyncGenerator<ReadRecord, void, undefined>;

/**
 * Reads an archive from its start and checks that its records agree with their counts and
 * checksums. Throws `DamagedArchive`.
 */
export async function checkRecords(archive: CheckedArchive): Promise<void> {
  const records = archive.records();
  try {
    for (let tables = 0; ;) {
      const record = await nextRecord(records);
      switch (record.kind) {
        case "table":
          tables++;
          for await (const _ of tableData(records, { name: record.name, rows: 0 }));
          break;
        case "sequences":
          break;
        case "done":
          checkTables(record, tables);
          return;
        case "data":
        case "end":
          throw outOfOrder();
      }
    }
  } finally {
    await records.return();
  }
}

/** Reads the next record; throws `DamagedArchive` where there is none. */
export async function nextRecord(records: Records): Promise<ReadRecord> {
  const next = await records.next();
  if (next.done === true) throw new DamagedArchive("The file's records end too early.");
  return next.value;
}

/**
 * Yields one table's rows up to its end, and checks them against what that end says. Counts the
 * rows in `summary`. Throws `DamagedArchive`.
 */
export async function* tableData(
  records: Records,
  summary: { readonly name: string; rows: number },
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash("sha256");
  for (;;) {
    const record = await nextRecord(records);
    if (record.kind === "data") {
      hash.update(record.content);
      summary.rows += countLines(record.content);
      yield record.content;
      continue;
    }
    const isWhole =
      record.kind === "end" &&
      record.name === summary.name &&
      record.rows === summary.rows &&
      record.sha256 === hash.digest("hex");
    if (!isWhole) throw new DamagedArchive(`The rows of ${summary.name} are not all there.`);
    return;
  }
}

/** Throws `DamagedArchive` where the last record counts another number of tables. */
export function checkTables(
  done: Extract<ReadRecord, { readonly kind: "done" }>,
  tables: number,
): void {
  if (done.tables !== tables) throw new DamagedArchive("A table is missing.");
}

/** Rows, or their end, came where none are expected. */
export function outOfOrder(): DamagedArchive {
  return new DamagedArchive("The file's records are out of order.");
}
