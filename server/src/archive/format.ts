/**
 * The form of an archive; `docs/operate/backup.md` describes it for people. The file is valid
 * Zstandard: a skippable frame with the header, the compressed records, and a skippable frame with
 * the checksum of all bytes before it.
 */

/**
 * Raised when a reader of the previous form cannot read the new one. Form 1 is from before the
 * first release, whose schema numbers were different.
 */
export const formatVersion = 2;

export type ArchiveHeader = {
  readonly format: number;
  /** The number of the last migration that the database had. */
  readonly schema: number;
  readonly createdAt: string;
  readonly currency: string;
  /** Of the key that opens the encrypted fields; null where the panel never had one. */
  readonly secretFingerprint: string | null;
  /** The version of PostgreSQL, for people. */
  readonly server: string;
};

/** One line of the records; `data` is followed by that many bytes. */
export type ArchiveRecord =
  | { readonly kind: "table"; readonly name: string; readonly columns: readonly string[] }
  | { readonly kind: "data"; readonly bytes: number }
  | ({ readonly kind: "end" } & TableSummary)
  | { readonly kind: "sequences"; readonly values: readonly SequenceValue[] }
  | { readonly kind: "done"; readonly tables: number; readonly rows: number };

/** What a table's data amounted to. `sha256` is over its data as PostgreSQL gave it. */
export type TableSummary = {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
};

export type SequenceValue = { readonly name: string; readonly last: string };

const skippableMagic = 0x18_4d_2a_50;
const frameHeadLength = 8;
const checksumLabel = "panelwright sha256 ";

/** Longer than any header; a greater length means that the file is not ours. */
const headerLengthMax = 1 << 20;

/** The header in the form in which the file begins with it. */
export function headerFrame(header: ArchiveHeader): Buffer {
  return frame(`panelwright archive ${JSON.stringify(header)}\n`);
}

/** The checksum in the form in which the file ends with it. */
export function checksumFrame(sha256: string): Buffer {
  return frame(`${checksumLabel}${sha256}\n`);
}

/** How long the file's last frame is. */
export const checksumFrameLength = checksumFrame("0".repeat(64)).length;

/** How many bytes the header's frame has; `undefined` where these bytes do not begin an archive. */
export function headerFrameLength(start: Buffer): number | undefined {
  if (start.length < frameHeadLength || start.readUInt32LE(0) !== skippableMagic) return undefined;
  const length = start.readUInt32LE(4);
  return length <= headerLengthMax ? frameHeadLength + length : undefined;
}

/** `undefined` where the frame is not a header, or has a form that this version cannot read. */
export function readHeaderFrame(bytes: Buffer): ArchiveHeader | undefined {
  const text = bytes.subarray(frameHeadLength).toString("utf8");
  const parsed = parseLine(/^panelwright archive (\{.*\})\n$/.exec(text)?.[1] ?? "");
  if (parsed === undefined) return undefined;
  const { format, schema, createdAt, currency, secretFingerprint, server } = parsed;
  if (typeof format !== "number" || typeof schema !== "number") return undefined;
  if (typeof createdAt !== "string" || typeof currency !== "string") return undefined;
  if (typeof secretFingerprint !== "string" && secretFingerprint !== null) return undefined;
  const words = typeof server === "string" ? server : "";
  return { format, schema, createdAt, currency, secretFingerprint, server: words };
}

/** The checksum that the file names; `undefined` where the file does not end as it should. */
export function readChecksumFrame(bytes: Buffer): string | undefined {
  if (headerFrameLength(bytes) !== bytes.length) return undefined;
  const text = bytes.subarray(frameHeadLength).toString("utf8");
  return new RegExp(`^${checksumLabel}([0-9a-f]{64})\n$`).exec(text)?.[1];
}

/** A record as a line. */
export function recordLine(record: ArchiveRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** `undefined` where the line is not a record. */
export function readRecord(line: string): ArchiveRecord | undefined {
  const parsed = parseLine(line);
  if (parsed === undefined) return undefined;
  const { kind, name, columns, bytes, rows, sha256, values, tables } = parsed;
  switch (kind) {
    case "table":
      return typeof name === "string" && isList(columns, isString)
        ? { kind, name, columns }
        : undefined;
    case "data":
      return isCount(bytes) ? { kind, bytes } : undefined;
    case "end":
      return isString(name) && isCount(rows) && isCount(bytes) && isString(sha256)
        ? { kind, name, rows, bytes, sha256 }
        : undefined;
    case "sequences":
      return isList(values, isSequenceValue) ? { kind, values } : undefined;
    case "done":
      return isCount(tables) && isCount(rows) ? { kind, tables, rows } : undefined;
    default:
      return undefined;
  }
}

function frame(text: string): Buffer {
  const content = Buffer.from(text);
  const head = Buffer.alloc(frameHeadLength);
  head.writeUInt32LE(skippableMagic, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isList<Item>(
  value: unknown,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  return Array.isArray(value) && value.every((item) => isItem(item));
}

function isSequenceValue(value: unknown): value is SequenceValue {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    isString(value.name) &&
    "last" in value &&
    isString(value.last) &&
    /^[0-9]{1,19}$/.test(value.last)
  );
}
