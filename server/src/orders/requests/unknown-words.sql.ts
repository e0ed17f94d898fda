import { statement } from "#database/statement.ts";
import type { Queryable } from "#database/statement.ts";
import type { ProviderId } from "#values/ids.ts";

const unknownWordMark = "unknown word ";

/** How an unknown word for a refill is recorded. */
export function unknownWord(word: string): string {
  return `${unknownWordMark}${JSON.stringify(word)}`;
}

const countUnknownRefillsSql = statement<{ provider_id: ProviderId; refills: number }>(
  "orders.countUnknownRefills",
  `select provider_id, count(*) as refills
     from refills
    where due_at is not null and status = 'in_progress' and starts_with(answer, $1::text)
    group by provider_id`,
);

/** How many open refills of each provider have an unknown word. */
export async function countUnknownRefills(db: Queryable): Promise<ReadonlyMap<ProviderId, number>> {
  const rows = await countUnknownRefillsSql.all(db, unknownWordMark);
  return new Map(rows.map((row) => [row.provider_id, row.refills]));
}
