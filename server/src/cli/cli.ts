import { Command, CommanderError, Option as CommanderOption } from "commander";
import type { CliCommand, ListedCommand, Outside } from "#cli/kit/command.ts";
import { commands } from "./index.ts";
import { exitCodes } from "#cli/kit/exit-codes.ts";
import type { Failure } from "#cli/kit/exit-codes.ts";
import { UsageError } from "#cli/kit/option.ts";
import type { Typed } from "#cli/kit/option.ts";

// Every command line, even help, loads what this file and the list of commands import. So these
// hold only the commands' words. What a command works with is loaded with the command.

const jsonHelp = "answer in JSON";

/**
 * Runs one command line and returns its exit code: 0 done, 1 refused, 2 written wrongly, 3 the
 * database cannot be reached, 70 a bug. Answers go to standard output, words about them to standard
 * error. With `--json` a failure is also on standard output, as `{"error", "code"}`.
 */
export async function runCommandLine(args: readonly string[], outside: Outside): Promise<number> {
  const isJson = args.includes("--json");
  let exitCode: number = exitCodes.done;
  let usage = "";
  try {
    const called = await findCalled(args)?.load();
    const program = buildProgram(called, async (command, typed) => {
      const { executeCommand } = await import("./execute-command.ts");
      const ended = await executeCommand(command, typed, outside);
      exitCode = ended.exitCode;
      if ("code" in ended) tell(ended, outside, isJson);
      else if (ended.answer !== undefined) {
        outside.print(isJson ? JSON.stringify(ended.answer.json) : ended.answer.text);
      }
    });
    configureAll(program, outside.print, (text) => {
      usage += text;
    });
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      const words = usage.trim().replace(/^error: /, "");
      return tell({ exitCode: exitCodes.usage, code: "usage", text: words }, outside, isJson);
    }
    const { failureOf } = await import("#cli/kit/failure.ts");
    return tell(failureOf(error), outside, isJson);
  }
}

/** Reports a failure and returns its exit code. */
function tell(failure: Failure, { complain, print }: Outside, isJson: boolean): number {
  complain(failure.text);
  if (isJson) print(JSON.stringify({ error: failure.text, code: failure.code }));
  return failure.exitCode;
}

/**
 * The command whose name the words begin with; the longest if several match. Before the name only
 * switches and `help` may stand, so every other word is part of it.
 */
function findCalled(args: readonly string[]): ListedCommand | undefined {
  const words = args.filter((word) => !word.startsWith("-") && word !== "help");
  const line = `${words.join(" ")} `;
  return commands
    .filter(({ name }) => line.startsWith(`${name} `))
    .toSorted((one, other) => other.name.length - one.name.length)[0];
}

type Typist = (command: CliCommand, typed: Map<string, Typed>) => Promise<void>;

/**
 * The commands in commander's terms: nouns with verbs below them. Only the called one has its
 * options.
 */
function buildProgram(called: CliCommand | undefined, onCommand: Typist): Command {
  const program = new Command("panel")
    .description("Runs and administers the panel.")
    .usage("<noun> <verb> [options]")
    .addOption(new CommanderOption("--json", jsonHelp).hideHelp());
  const nouns = new Map<string, Command>();
  for (const { name, summary, positions = [] } of commands) {
    const words = name.split(" ");
    let parent = program;
    for (let depth = 1; depth < words.length; depth++) {
      const noun = words.slice(0, depth).join(" ");
      const known = nouns.get(noun);
      const made = known ?? parent.command(words[depth - 1] ?? "").usage("<verb> [options]");
      if (known === undefined) made.description(verbsOf(noun));
      nouns.set(noun, made);
      parent = made;
    }
    const verb = parent.command(words.at(-1) ?? "").description(summary);
    for (const position of positions) verb.argument(`[${position}]`);
    if (called?.name === name) addCalled(verb, called, onCommand);
    // Its only option shows that it has some. It is not run.
    else verb.addOption(new CommanderOption("--json", jsonHelp));
  }
  return program;
}

/** The words that can follow a noun: `list, show, claim list, …` after `product`. */
function verbsOf(noun: string): string {
  return commands
    .filter(({ name }) => name.startsWith(`${noun} `))
    .map(({ name }) => name.slice(noun.length + 1))
    .join(", ");
}

function addCalled(target: Command, command: CliCommand, onCommand: Typist): void {
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
  target.addOption(new CommanderOption("--json", jsonHelp));
  target.action(async () => {
    await onCommand(command, collect(target, command));
  });
}

function gather(text: string, before: unknown): readonly string[] {
  return [...(Array.isArray(before) ? before.map(String) : []), text];
}

/** What was typed for each option, by the option's flags: by name, by alias, or by position. */
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

/** The name under which commander stores the value of an option. */
export function attributeOf(flags: string): string {
  return new CommanderOption(flags).attributeName();
}

/** Keeps commander from ending the process, and leaves its messages to the caller. */
function configureAll(
  command: Command,
  print: (text: string) => void,
  onError: (text: string) => void,
): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ writeOut: print, writeErr: onError });
  for (const child of command.commands) configureAll(child, print, onError);
}
