import os from "node:os";
import { ConfigRefusal, readConfig } from "#config.ts";
import type { Config } from "#config.ts";
import { openDatabase } from "#database/database.ts";
import { commandPools } from "#database/pool-sizes.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { commandLineActor } from "#values/actor.ts";
import { systemClock } from "#values/clock.ts";
import type {
  Answer,
  CliCommand,
  CommandContext,
  Given,
  OpenPanel,
  Outside,
} from "#cli/kit/command.ts";
import { exitCodes } from "#cli/kit/exit-codes.ts";
import type { Failure } from "#cli/kit/exit-codes.ts";
import { failureOf, Unreachable } from "#cli/kit/failure.ts";
import { UsageError } from "#cli/kit/option.ts";
import type { Typed } from "#cli/kit/option.ts";

const connectionsMax = 4;

/** How a command ended: successfully, with its answer if it has one, or with a failure. */
export type Ended = Failure | { readonly exitCode: 0 | 1; readonly answer: Answer | undefined };

/** Reads what was typed, opens what the command asks for, runs it, and closes everything again. */
export async function executeCommand(
  command: CliCommand,
  typed: ReadonlyMap<string, Typed>,
  outside: Outside,
): Promise<Ended> {
  const given: Given = (option) => option.take(typed.get(option.flags));
  const panel = openCommandContext(outside);
  try {
    // All options are read before anything is done: a slip in the last one must not be found too
    // late.
    for (const option of command.options) given(option);
    const result = await command.run(panel, given);
    if (!result.ok) return { exitCode: exitCodes.refused, ...result.refusal };
    return { exitCode: result.value?.exitCode ?? exitCodes.done, answer: result.value };
  } catch (error) {
    const failure = failureOf(error);
    if (!(error instanceof UsageError)) return failure;
    return { ...failure, text: `${error.message}\nSee: panel ${command.name} --help` };
  } finally {
    await panel.close();
  }
}

function openCommandContext(outside: Outside): CommandContext & { close(): Promise<void> } {
  let config: Config | undefined;
  let opening: Promise<OpenPanel> | undefined;
  const readOnce = () => (config ??= readConfig(outside.env));
  return {
    outside,
    config: readOnce,
    remark: outside.complain,
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
      log: await outside.openLog(config.logLevel),
      secrets: secretsWhenNeeded(database.pool, config.secretFile),
    };
    return { ctx, database, config, actor: commandLineActor(userName()) };
  } catch (error) {
    if (error instanceof ConfigRefusal) throw error;
    throw new Unreachable("The database cannot be used", { cause: error });
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // In a container the user may have a number but no name.
    return String(process.getuid?.() ?? "unknown");
  }
}
