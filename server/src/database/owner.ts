import type { Pool } from "pg";
import { openPool } from "./connection.ts";
import type { ConnectionSettings } from "./connection.ts";

/**
 * Runs `work` with one connection as the owner of the tables, which may do what the application
 * must not: backup, restore, and removing the demo. Ends the connection afterwards, whatever state
 * it is in.
 */
export async function asOwner<Value>(
  ownerSettings: ConnectionSettings,
  work: (owner: Pool) => Promise<Value>,
): Promise<Value> {
  const owner = openPool(ownerSettings, 1);
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
