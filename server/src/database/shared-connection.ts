import type { Pool, PoolClient } from "pg";
import type { Queryable } from "./statement.ts";
import { isConnectionLoss } from "./transaction.ts";

/**
 * One connection for statements that closely follow each other. Each is sent while earlier ones are
 * still running, so that the database does not wait for this process in between. They run one after
 * the other, each as a transaction of its own.
 */
export type SharedConnection = {
  /**
   * Runs on the connection; `run` is called only once there is one. When a connection is lost,
   * everything under way on it fails, and the next caller gets another.
   */
  use<Result>(run: (db: Queryable) => Promise<Result>): Promise<Result>;
  /** Runs single statements on it. */
  readonly statements: Queryable;
};

type Line = { readonly client: Promise<PoolClient>; users: number; failure?: Error };

/** Shares one connection of a pool of pipelined ones, and gives it back while nobody uses it. */
export function shareConnection(pool: Pool): SharedConnection {
  let open: Line | undefined;

  const leave = (line: Line, client: PoolClient) => {
    line.users--;
    if (line.users > 0) return;
    if (open === line) open = undefined;
    client.release(line.failure);
  };

  const use: SharedConnection["use"] = async (run) => {
    const line = (open ??= { client: pool.connect(), users: 0 });
    line.users++;
    let client: PoolClient;
    try {
      client = await line.client;
    } catch (error) {
      if (open === line) open = undefined;
      throw error;
    }
    try {
      return await run(client);
    } catch (error) {
      if (isConnectionLoss(error)) {
        line.failure = error instanceof Error ? error : new Error(String(error));
        if (open === line) open = undefined;
      }
      throw error;
    } finally {
      leave(line, client);
    }
  };
  return { use, statements: { query: (config) => use((db) => db.query(config)) } };
}
