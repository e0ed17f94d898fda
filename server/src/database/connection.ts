import pg from "pg";

/** Where a database is and as whom to log in. `role` is whom the application then acts as. */
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

// bigint columns hold only ids and counts below 2^53; a larger value is a bug, found here.
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
    // So that a server that vanished silently is noticed.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Two statements that wait for each other end with an error instead of waiting for ever.
    options: [
      "-c timezone=UTC",
      "-c idle_in_transaction_session_timeout=60000",
      ...(role === undefined ? [] : [`-c role=${role}`]),
      ...options,
    ].join(" "),
  };
}

/** Opens a separate connection. The caller ends it. */
export async function connect(settings: ConnectionSettings): Promise<pg.Client> {
  const client = new pg.Client(clientConfig(settings));
  // Without a listener a dropped connection would end the process; the next query reports it.
  client.on("error", () => {});
  await client.connect();
  return client;
}

/**
 * A connection that breaks, idle or in use, also emits an event; without a listener that would end
 * the process. Whoever uses the connection gets the statement's error.
 */
function quiet(pool: pg.Pool): pg.Pool {
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/**
 * No connection became free in time, or too many callers wait for one. Nothing was sent: try again.
 */
export class DatabaseBusy extends Error {
  override name = "DatabaseBusy";
  constructor(options?: ErrorOptions) {
    super("all connections to the database are taken", options);
  }
}

/** How many may wait for a connection of a pool, and how long, before they get `DatabaseBusy`. */
type Patience = { readonly waitingMax: number; readonly waitMs: number };

const ordinaryPatience: Patience = { waitingMax: 2000, waitMs: 10_000 };

/** A pool for ordinary work: transactions, lists, commands. */
export function openPool(
  settings: ConnectionSettings,
  connectionsMax: number,
  patience: Patience = ordinaryPatience,
): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(settings),
    max: connectionsMax,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: patience.waitMs,
  });
  return bounded(quiet(pool), patience.waitingMax);
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

/** Everything that a pool does asks for a connection first, so the queue is bounded here. */
function bounded(pool: pg.Pool, waitingMax: number): pg.Pool {
  const connect = pool.connect.bind(pool);
  const ask = (done: Connected) => {
    if (pool.waitingCount >= waitingMax) {
      // As the pool itself does: never before the caller has its promise.
      process.nextTick(done, new DatabaseBusy(), undefined, () => {});
      return;
    }
    connect((error, client, release) => done(error && named(error), client, release));
  };
  const asPromise = () =>
    new Promise<pg.PoolClient>((resolve, reject) => {
      ask((error, client) => {
        if (client === undefined) reject(error ?? new DatabaseBusy());
        else resolve(client);
      });
    });
  return Object.assign(pool, {
    connect: (done?: Connected) => (done === undefined ? asPromise() : ask(done)),
  });
}

/** The driver marks this failure by its message alone. */
function named(error: Error): Error {
  return error.message === "timeout exceeded when trying to connect"
    ? new DatabaseBusy({ cause: error })
    : error;
}

/**
 * A pool for the hot statements. Each of them finds a batch of rows by key. The planner cannot know
 * how small a batch is; it would otherwise read whole tables to hash them.
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
    // A statement does not wait for the previous one's answer (see `shareConnection`).
    pipeline: true,
    // A hot statement takes milliseconds: after this long its connection must be dead.
    query_timeout: hotTimeoutMs,
    idleTimeoutMillis: 0,
  });
  return quiet(pool);
}
