import type { ConnectionSettings } from "#database/connection.ts";
import { connect } from "#database/connection.ts";

/** Prepares a statement and plans an execution: throws where it does not fit the schema, or the role. */
export async function prepareAlone(settings: ConnectionSettings, text: string): Promise<void> {
  const connection = await connect(settings);
  try {
    // Preparing reads the columns and types; explaining an execution checks the rights as well.
    await connection.query(`prepare tried as ${text}`);
    const { rows } = await connection.query<{ count: number }>(
      "select cardinality(parameter_types) as count from pg_prepared_statements",
    );
    const nulls = Array.from({ length: rows[0]?.count ?? 0 }, () => "null").join(", ");
    await connection.query(`explain execute tried${nulls === "" ? "" : `(${nulls})`}`);
  } finally {
    await connection.end();
  }
}
