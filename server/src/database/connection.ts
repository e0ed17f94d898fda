import pg from "pg";

/** Where a database is and as whom to enter it. `role` is what the application then acts as. */
export type ConnectionSettings = {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly connectionString?: string;
  readonly role?: string;
};

const hotTimeoutMs = 30_000;
const int8Oid = 20;
const int8ArrayOid = 1016;

// bigint columns hold ids and counts below 2^53 only; anything larger would be a bug, found here.
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53`);
  return value;
}

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary"): ((text: string) => unknown) => {
    if (format !== "binary" && oid === int8Oid) return safeInteger;
    if (format !== "binary" && oid === int8ArrayOid) return safeIntegers;
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- pg leaves its parsers untyped.
    const parse: (text: string) => unknown = pg.types.getTypeParser(oid, "text");
    return parse;
  },
};

// `{1,2,NULL}`: an array of numbers has nothing to unquote.
function safeIntegers(text: string): (number | null)[] {
  const items = text.slice(1, -1);
  if (items === "") return [];
  return items.split(",").map((item) => (item === "NULL" ? null : safeInteger(item)));
}

function clientConfig(
  settings: ConnectionSettings,
  options: readonly string[] = [],
): pg.ClientConfig {
  const { role, ...place } = settings;
  return {
    ...place,
    types,
    application_name: "panelwright",
    connectionTimeoutMillis: 10_000,
    // A server that vanished without a word is noticed.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Two statements that waited for each other end with an error instead of standing for ever.
    options: [
      "-c timezone=UTC",
      "-c idle_in_transaction_session_timeout=60000",
      ...(role === undefined ? [] : [`-c role=${role}`]),
      ...options,
    ].join(" "),
  };
}

/** One connection of its own, opened. The caller ends it. */
export async function connect(settings: ConnectionSettings): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(settings));
  // Without a listener a dropped connection would end the process; the next query reports it.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/**
 * A connection that breaks says so as an event as well, idle or in use; nobody listening would end
 * the process. Whoever uses the connection gets the error of the statement.
 */
function quiet(pool: pg.Pool): pg.Pool {
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** A pool for ordinary work: transactions, lists, commands. */
export function openPool(settings: ConnectionSettings, connectionsMax: number): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(settings),
    max: connectionsMax,
    idleTimeoutMillis: 30_000,
  });
  return quiet(pool);
}

/**
 * A pool for the hot statements. Each of them finds a batch of rows by key; the planner, which cannot
 * know how small a batch is, would otherwise read whole tables to hash them.
 */
export function openHotPool(settings: ConnectionSettings, connectionsMax: number): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(settings, [
      "-c plan_cache_mode=force_generic_plan",
      "-c enable_seqscan=off",
      "-c enable_hashjoin=off",
      "-c enable_mergejoin=off",
    ]),
    max: connectionsMax,
    // A statement does not wait for the one before it to be answered (see `shareConnection`).
    pipeline: true,
    // A hot statement takes milliseconds: after this long its connection is dead.
    query_timeout: hotTimeoutMs,
    idleTimeoutMillis: 0,
  });
  return quiet(pool);
}
