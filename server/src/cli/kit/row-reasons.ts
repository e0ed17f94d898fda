import type { RowRemark } from "#catalog/sync/read-service-list.ts";

/** Rows of a list with the same problem, and what can be done about it. */
export type RowReason = {
  readonly field: string;
  readonly reason: string;
  /** The provider's word for an unknown type. */
  readonly word: string | undefined;
  readonly rows: number;
  /** The option that solves it; `undefined` where none does. */
  readonly option: string | undefined;
};

const shownMax = 20;

/** Why rows cannot be sold, each reason with its count, the most frequent first. */
export function rowReasons(refused: readonly RowRemark[]): RowReason[] {
  const counts = new Map<string, RowReason>();
  for (const { field, reason, word } of refused) {
    const name = JSON.stringify([field, reason, word]);
    const rows = (counts.get(name)?.rows ?? 0) + 1;
    counts.set(name, { field, reason, word, rows, option: optionFor({ field, reason, word }) });
  }
  return [...counts.values()].toSorted((a, b) => b.rows - a.rows);
}

function optionFor({ field, reason, word }: Pick<RowReason, "field" | "reason" | "word">) {
  if (word !== undefined) return `--type '${word.replaceAll("'", "'\\''")}=<type>'`;
  if (field === "max" && /^is (?:zero|missing)$/.test(reason)) return "--max <number>";
  return undefined;
}

/** In words, each with the next step. */
export function reasonLines(refused: readonly RowRemark[], provider: string): string[] {
  const reasons = rowReasons(refused);
  if (reasons.length === 0) return [];
  const lines = reasons.slice(0, shownMax).map(({ field, reason, word, rows, option }) => {
    const named = word === undefined || word === "" ? "" : ` ${JSON.stringify(word)}`;
    return `  ${rows} × ${field}${named} ${reason}${option === undefined ? "" : `: ${option}`}`;
  });
  const more = reasons.length - lines.length;
  const name = JSON.stringify(provider);
  const hasOption = reasons.some(({ option }) => option !== undefined);
  return [
    "",
    "Not for sale:",
    ...lines,
    ...(more > 0 ? [`  … and ${more} more reasons: all of them with --json.`] : []),
    ...(hasOption
      ? [
          `These options can be given with every import, or for good: panel provider terms ${name} …`,
        ]
      : []),
    `Any row with a price by hand: panel service create --provider ${name} --provider-service <its id> …`,
  ];
}
