import os from "node:os";
import { Command, CommanderError, Option as CommanderOption } from "commander";
import { ConfigRefusal, readConfig } from "#config.ts";
import type { Config } from "#config.ts";
import { openDatabase } from "#database/database.ts";
import { commandPools } from "#database/pool-sizes.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { systemClock } from "#values/clock.ts";
import type { CliCommand, CommandContext, Given, OpenPanel, Outside } from "#cli/kit/command.ts";
import { commands } from "./index.ts";
import { exitCodes, failureOf, Unreachable } from "#cli/kit/failure.ts";
import type { Failure } from "#cli/kit/failure.ts";
import { UsageError } from "#cli/kit/option.ts";
import type { Typed } from "#cli/kit/option.ts";
import { complain, ignoreClosedPipes, print } from "#cli/kit/output.ts";

const connectionsMax = 4;
const jsonHelp = "answer in JSON";

/**
 * Carries out one command line and answers its exit code: 0 done, 1 refused, 2 not written as it
 * has to be, 3 the database cannot be reached, 70 a bug. Answers go to standard output, words about
 * them to standard error; with `--json` a failure is on standard output as well, as
 * `{"error", "code"}`.
 */
export async function runCommandLine(args: readonly string[], outside: Outside): Promise<number> {
  ignoreClosedPipes();
  const isJson = args.includes("--json");
  let exitCode: number = exitCodes.done;
  let usage = "";
  const program = buildProgram(async (command, typed) => {
    exitCode = await carryOut(command, typed, outside, isJson);
  });
  configureAll(program, (text) => {
    usage += text;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      const words = usage.trim().replace(/^error: /, "");
      return fail({ exitCode: exitCodes.usage, code: "usage", text: words }, isJson);
    }
    return fail(failureOf(error), isJson);
  }
}

type Typist = (command: CliCommand, typed: Map<string, Typed>) => Promise<void>;

/** The commands as commander knows them: nouns with verbs below them. */
function buildProgram(onCommand: Typist): Command {
  const program = new Command("panel")
    .description("Runs and administers the panel.")
    .usage("<noun> <verb> [options]")
    .addOption(new CommanderOption("--json", jsonHelp).hideHelp());
  const nouns = new Map<string, Command>();
  for (const command of commands) {
    const words = command.name.split(" ");
    let parent = program;
    for (let depth = 1; depth < words.length; depth++) {
      const name = words.slice(0, depth).join(" ");
      const known = nouns.get(name);
      const noun = known ?? parent.command(words[depth - 1] ?? "").usage("<verb> [options]");
      if (known === undefined) noun.description(verbsOf(name));
      nouns.set(name, noun);
      parent = noun;
    }
    addCommand(parent.command(words.at(-1) ?? ""), command, onCommand);
  }
  return program;
}

/** What can follow these words: `list, show, claim list, …` after `product`. */
function verbsOf(noun: string): string {
  return commands
    .filter(({ name }) => name.startsWith(`${noun} `))
    .map(({ name }) => name.slice(noun.length + 1))
    .join(", ");
}

function addCommand(target: Command, command: CliCommand, onCommand: Typist): void {
  target.description(command.summary);
  if (command.details !== undefined) target.addHelpText("after", `\n${command.details}`);
  for (const option of command.options) {
    const shown = new CommanderOption(option.flags, option.help);
    if (option.isRepeatable === true) shown.argParser(gather);
    target.addOption(shown);
    if (option.isToggle) {
      target.addOption(new CommanderOption(option.flags.replace("--", "--no-"), "the opposite"));
    }
    for (const alias of option.aliases) target.addOption(new CommanderOption(alias).hideHelp());
  }
  for (const position of command.positions ?? []) {
    target.argument(`[${attributeOf(position.flags)}]`);
  }
  target.addOption(new CommanderOption("--json", jsonHelp));
  target.action(async () => {
    await onCommand(command, collect(target, command));
  });
}

function gather(text: string, before: unknown): readonly string[] {
  return [...(Array.isArray(before) ? before.map(String) : []), text];
}

/** What was typed for each option, by the option's flags: with its name, an alias, or by place. */
function collect(target: Command, command: CliCommand): Map<string, Typed> {
  const values: Readonly<Record<string, unknown>> = target.opts();
  const typed = new Map<string, Typed>();
  for (const option of command.options) {
    const position = command.positions?.indexOf(option) ?? -1;
    const spellings: unknown[] = [option.flags, ...option.aliases].map(
      (flags) => values[attributeOf(flags)],
    );
    if (position >= 0) spellings.push(target.args[position]);
    const given = new Set(spellings.filter((value) => value !== undefined));
    if (given.size > 1) throw new UsageError(`${option.flags} is given twice and differently`);
    for (const value of given) {
      if (typeof value === "string" || typeof value === "boolean") typed.set(option.flags, value);
      if (Array.isArray(value)) typed.set(option.flags, value.map(String));
    }
  }
  return typed;
}

function attributeOf(flags: string): string {
  return new CommanderOption(flags).attributeName();
}

/** Lets nothing end the process, and keeps commander's words for the caller. */
function configureAll(command: Command, onError: (text: string) => void): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: print, writeErr: onError });
  for (const child of command.commands) configureAll(child, onError);
}

async function carryOut(
  command: CliCommand,
  typed: ReadonlyMap<string, Typed>,
  outside: Outside,
  isJson: boolean,
): Promise<number> {
  const given: Given = (option) => option.take(typed.get(option.flags));
  const panel = openCommandContext(outside);
  try {
    // All of them before anything is done: a slip in the last one must not come too late.
    for (const option of command.options) given(option);
    const result = await command.run(panel, given);
    if (!result.ok) {
      return fail({ exitCode: exitCodes.refused, ...result.refusal }, isJson);
    }
    if (result.value === undefined) return exitCodes.done;
    const { json, text, exitCode } = result.value;
    print(isJson ? JSON.stringify(json) : text);
    return exitCode;
  } catch (error) {
    const words = error instanceof UsageError ? `${error.message}\n${hintFor(command)}` : undefined;
    const failure = failureOf(error);
    return fail(words === undefined ? failure : { ...failure, text: words }, isJson);
  } finally {
    await panel.close();
  }
}

function hintFor(command: CliCommand): string {
  return `See: panel ${command.name} --help`;
}

function fail(failure: Failure, isJson: boolean): number {
  complain(failure.text);
  if (isJson) print(JSON.stringify({ error: failure.text, code: failure.code }));
  return failure.exitCode;
}

function openCommandContext(outside: Outside): CommandContext & { close(): Promise<void> } {
  let config: Config | undefined;
  let opening: Promise<OpenPanel> | undefined;
  const readOnce = () => (config ??= readConfig(process.env));
  return {
    outside,
    config: readOnce,
    remark: complain,
    open: () => {
      opening ??= openForCommand(readOnce(), outside);
      return opening;
    },
    close: async () => {
      // A database that did not open has been reported; there is nothing to close.
      const open = await opening?.catch(() => undefined);
      if (open === undefined) return;
      await flushCallLog(open.ctx);
      await open.database.close();
    },
  };
}

async function openForCommand(config: Config, outside: Outside): Promise<OpenPanel> {
  try {
    const database = await openDatabase(config.place, ["command"], commandPools(connectionsMax));
    const ctx = {
      db: database.pool,
      hot: database.hotPool,
      clock: systemClock,
      log: outside.openLog(config.logLevel),
      secrets: secretsWhenNeeded(database.pool, config.secretFile),
    };
    return { ctx, database, config, actor: `cli:${userName()}` };
  } catch (error) {
    if (error instanceof ConfigRefusal) throw error;
    throw new Unreachable("The database cannot be used", { cause: error });
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // In a container the user may have a number and no name.
    return String(process.getuid?.() ?? "unknown");
  }
}
