/** Tells the person who typed a command that it is written wrongly. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was typed for one option: text, several texts, a switch, or nothing. */
export type Typed = string | readonly string[] | boolean | undefined;

/** One option of a command, and how its value is read. */
export type Option<Value> = {
  /** As commander writes it: `--email <address>`, or `--refill` for a switch. */
  readonly flags: string;
  readonly help: string;
  /** Other spellings that are understood but not shown. */
  readonly aliases: readonly string[];
  /** A switch with an opposite form: `--no-refill`. */
  readonly isToggle: boolean;
  /** May be given several times. */
  readonly isRepeatable?: true;
  /** Throws `UsageError`. */
  readonly take: (typed: Typed) => Value;
};

/** Reads a text, or throws `UsageError` saying what was expected. */
export type Reader<Value> = (text: string) => Value;

/** An option that the command needs. */
export function required<Value>(
  flags: string,
  help: string,
  read: Reader<Value>,
  aliases: readonly string[] = [],
): Option<Value> {
  return {
    flags,
    help,
    aliases,
    isToggle: false,
    take: (typed) => {
      if (typeof typed !== "string") throw new UsageError(`${flags} is missing`);
      return readNamed(flags, read, typed);
    },
  };
}

/** An option whose value is `undefined` if it was left out. */
export function optional<Value>(
  flags: string,
  help: string,
  read: Reader<Value>,
  aliases: readonly string[] = [],
): Option<Value | undefined> {
  return {
    flags,
    help,
    aliases,
    isToggle: false,
    take: (typed) => (typeof typed === "string" ? readNamed(flags, read, typed) : undefined),
  };
}

/** An option that may be given several times: all its values, in order. */
export function repeatable<Value>(
  flags: string,
  help: string,
  read: Reader<Value>,
): Option<readonly Value[]> {
  return {
    flags,
    help,
    aliases: [],
    isToggle: false,
    isRepeatable: true,
    take: (typed) =>
      Array.isArray(typed) ? typed.map((text) => readNamed(flags, read, String(text))) : [],
  };
}

/** A switch: true where it was given. */
export function flag(flags: string, help: string): Option<boolean> {
  return { flags, help, aliases: [], isToggle: false, take: (typed) => typed === true };
}

/** A switch with its opposite: `undefined` where neither was given. */
export function toggle(flags: string, help: string): Option<boolean | undefined> {
  return {
    flags,
    help,
    aliases: [],
    isToggle: true,
    take: (typed) => (typeof typed === "boolean" ? typed : undefined),
  };
}

function readNamed<Value>(flags: string, read: Reader<Value>, text: string): Value {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [name = flags] = flags.split(" ");
    throw new UsageError(`${name} ${JSON.stringify(text)}: ${error.message}`);
  }
}
