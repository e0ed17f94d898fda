import type { Config } from "#config.ts";
import type { Context } from "#database/context.ts";
import type { PanelDatabase } from "#database/database.ts";
import type { CommandLineActor } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Option } from "./option.ts";
import { refusalText } from "./refusal-text.ts";
import type { CommandRefusal } from "./refusal-text.ts";

/** What a command says: one value for programs (`--json`), and the same in words for people. */
export type Answer = {
  readonly json: unknown;
  readonly text: string;
  /** 1 where the answer itself is bad news, such as a ledger that does not add up. */
  readonly exitCode: 0 | 1;
};

/** Why a command was not carried out: a code for programs and a sentence. Exit code 1. */
export type SaidRefusal = { readonly code: string; readonly text: string };

/** An opened database, as commands work on it. */
export type OpenPanel = {
  readonly ctx: Context;
  readonly database: PanelDatabase;
  readonly config: Config;
  /** The person who types, by the name of their user on this machine. */
  readonly actor: CommandLineActor;
};

/** What a command works with. */
export type CommandContext = {
  /** The environment, read once; throws `ConfigRefusal`. */
  config(): Config;
  /** Opens the database at the first call. It is closed after the command. */
  open(): Promise<OpenPanel>;
  /** A word on standard error, next to the answer. */
  remark(line: string): void;
  /** What only the program's entry can do. */
  readonly outside: Outside;
};

/** How the panel itself is started. `start-panel.ts` lies above the command line. */
export type StartOptions = {
  readonly roles: readonly ("api" | "web" | "worker")[];
  readonly processes: number;
  readonly isEmpty: boolean;
};

/** The process around a command line: what it reads its settings from, writes to, and starts. */
export type Outside = {
  /** The variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes an answer: standard output. */
  print(text: string): void;
  /** Writes a word that is not the answer: standard error. */
  complain(text: string): void;
  openLog(level: string): Promise<Context["log"]>;
  startPanel(options: StartOptions): Promise<void>;
};

/** The value of an option, checked before the command runs. */
export type Given = <Value>(option: Option<Value>) => Value;

/**
 * A command as its noun's list (`cli/<noun>/index.ts`) has it: enough for help, without loading the
 * command and everything that it works with.
 */
export type ListedCommand = {
  readonly name: string;
  /** The options that may be given without their name, in this order. */
  readonly positions?: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<CliCommand>;
};

/** One command: a file in the folder of its noun and an entry in the `index.ts` there. */
export type CliCommand = {
  /** Noun and verb (`customer create`, `product claim list`), or one verb (`start`). */
  readonly name: string;
  readonly summary: string;
  /** More words for the command's help. */
  readonly details?: string;
  readonly options: readonly Option<unknown>[];
  /** Those of the options that may be given without their name, in this order. */
  readonly positions?: readonly Option<unknown>[];
  run(panel: CommandContext, given: Given): Promise<Result<Answer | undefined, SaidRefusal>>;
};

/** A command's successful answer. */
export function answer(json: unknown, text: string, exitCode: 0 | 1 = 0): Result<Answer, never> {
  return ok({ json, text, exitCode });
}

/** Passes on a use case's refusal, in words. */
export function refuse(refusal: CommandRefusal): Result<never, SaidRefusal> {
  return refused({ code: refusal.code, text: refusalText(refusal) });
}
