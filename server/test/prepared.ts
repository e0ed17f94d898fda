import type { ConnectionSettings } from "#database/connection.ts";
import { connect } from "#database/connection.ts";

/**
 * Prepares a statement and plans its execution. Throws where it does not fit the schema or the
 * role.
 */
export async function prepareAlone(settings: ConnectionSettings, text: string): Promise<void> {
  const connection = await connect(settings);
  try {
    // Preparing checks the columns and types; explaining an execution also checks the rights.
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
