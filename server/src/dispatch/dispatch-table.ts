import type { Context } from "#database/context.ts";
import type { PlaceOutcome, ProviderCall } from "#providers/connector.ts";
import type { Provider } from "#providers/providers.sql.ts";
import type { Task, TaskTable } from "#tasks/task-table.sql.ts";
import type { Amount } from "#values/money.ts";

/** An order that may be sent, with the try that is written before its call. */
export type ReadyOrder<Id extends number> = {
  readonly task: Task<Id>;
  readonly attempt: {
    readonly number: number;
    /** In the provider's currency. */
    readonly expectedCharge: Amount | undefined;
  };
};

/** An order whose try was made, with its outcome. */
export type TriedOrder<Ready, Outcome = PlaceOutcome> = Ready & { readonly outcome: Outcome };

/** An order that its provider took. */
export type TakenOrder<Ready> = TriedOrder<Ready, Extract<PlaceOutcome, { kind: "accepted" }>>;

/** How tries are written and calls are made for one table of orders. */
export type CallTable<Id extends number, Ready extends ReadyOrder<Id>> = {
  /** What is sent, in words. */
  readonly what: string;
  /** The order's number for the log, under its name there. */
  readonly logged: (ready: Ready) => Readonly<Record<string, Id>>;
  /**
   * True: the tries of all callers begin in one statement and one commit, which also writes what
   * was accepted at the first try. False: each try begins by itself.
   */
  readonly isBatched: boolean;
  /**
   * Commits tries before their calls, each under the lease of its task, and may write what was
   * accepted. Returns whose calls may be made, and what was written.
   */
  readonly begin: (
    ctx: Context,
    provider: Provider,
    next: readonly Ready[],
    taken: readonly TakenOrder<Ready>[],
  ) => Promise<{ readonly started: ReadonlySet<Id>; readonly written: ReadonlySet<Id> }>;
  /** The request itself. */
  readonly call: (ready: Ready, call: ProviderCall) => Promise<PlaceOutcome>;
  /**
   * Ends tries and writes what follows from them. Where a try was accepted under another order's
   * number, returns why that is not believed.
   */
  readonly writeOutcomes: (
    ctx: Context,
    provider: Provider,
    tried: readonly TriedOrder<Ready>[],
  ) => Promise<readonly string[]>;
};

/**
 * What differs between the tables of orders that are sent to providers. `dispatch-due.ts` calls the
 * members from top to bottom: it leases, decides, and then for each caller begins a try, makes the
 * call and writes its outcome. Whatever is written may be written twice.
 */
export type DispatchTable<
  Id extends number,
  Ready extends ReadyOrder<Id>,
  Triage extends { readonly task: Task<Id> },
> = {
  readonly tasks: Pick<TaskTable<Id, "send" | "reconcile">, "lease" | "extend" | "giveBack">;
  /** The kind of tasks that are worked through. */
  readonly kind: "send" | "reconcile";
  /** How many are leased at once. */
  readonly takenAtOnce: (provider: Provider) => number;
  /**
   * Decides what is done with leased orders. One that a provider may have taken is never ready to
   * be sent.
   */
  readonly triage: (
    ctx: Context,
    provider: Provider,
    tasks: readonly Task<Id>[],
  ) => Promise<{ readonly ready: readonly Ready[]; readonly aside: readonly Triage[] }>;
  /** Carries out what was decided for those that are not sent. */
  readonly applyTriage: (
    ctx: Context,
    provider: Provider,
    aside: readonly Triage[],
  ) => Promise<void>;
} & CallTable<Id, Ready>;
