import type { QueryResultRow } from "pg";

/** Anything that runs a statement: a pool, one connection, or a transaction. */
export type Queryable = {
  query<Row extends QueryResultRow>(config: {
    name?: string;
    text: string;
    values: unknown[];
  }): Promise<{ rows: Row[]; rowCount: number | null }>;
};

/** A hand-written SQL text. PostgreSQL parses it once for each connection, under its name. */
export type Statement<Row extends QueryResultRow> = {
  readonly name: string;
  readonly text: string;
  /** All rows. */
  all(db: Queryable, ...values: unknown[]): Promise<Row[]>;
  /** The row, or `undefined` where there is none. */
  maybe(db: Queryable, ...values: unknown[]): Promise<Row | undefined>;
  /** The row; its absence is a bug. */
  one(db: Queryable, ...values: unknown[]): Promise<Row>;
  /** How many rows were changed. */
  run(db: Queryable, ...values: unknown[]): Promise<number>;
};

const known = new Map<string, Statement<QueryResultRow>>();

/** Every statement of the modules loaded so far: a test prepares each against the schema. */
export function knownStatements(): ReadonlyMap<string, Statement<QueryResultRow>> {
  return known;
}

/**
 * Declares a statement. `name` is `<table owner>.<what it does>`, at most 63 bytes (PostgreSQL cuts
 * longer names), and unique.
 */
export function statement<Row extends QueryResultRow>(name: string, text: string): Statement<Row> {
  if (known.has(name)) throw new Error(`two statements are named ${name}`);
  if (Buffer.byteLength(name) > 63) throw new Error(`the statement name ${name} is too long`);
  const rows = (db: Queryable, values: unknown[]) => db.query<Row>({ name, text, values });
  const self: Statement<Row> = {
    name,
    text,
    all: async (db, ...values) => (await rows(db, values)).rows,
    maybe: async (db, ...values) => (await rows(db, values)).rows[0],
    one: async (db, ...values) => {
      const row = (await rows(db, values)).rows[0];
      if (row === undefined) throw new Error(`the statement ${name} found no row`);
      return row;
    },
    run: async (db, ...values) => (await rows(db, values)).rowCount ?? 0,
  };
  known.set(name, self);
  return self;
}

/**
 * An array of numbers as PostgreSQL reads it. The driver would quote and escape each of them, which
 * is noticeable in the hot statements.
 */
export function arrayText(values: readonly (number | undefined)[]): string {
  let text = "{";
  for (let index = 0; index < values.length; index++) {
    text += index === 0 ? "" : ",";
    text += values[index] ?? "NULL";
  }
  return `${text}}`;
}
