import { changeKey } from "#customers/change-key.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { checkKeyGiven, keyId, keyIdOf, keyText } from "./key-id.ts";
import { optional, UsageError } from "#cli/kit/option.ts";
import type { Reader } from "#cli/kit/option.ts";
import { countWithin, moment, nameOrNone, scopes, text, wordList } from "#cli/kit/readers.ts";

/** A value that a word such as `default` removes. */
type Cleared<Value> = { readonly value: Value | undefined };

const scope = optional("--scope <scopes>", "read, or read,order", scopes, ["--scopes <scopes>"]);
const name = optional("--name <text>", "so that people can tell keys apart", nameOrNone);
const ip = optional("--ip <list>", 'addresses and networks that may use it; "" is all', wordList);
const dialect = optional(
  "--dialect <name>",
  "how the API speaks; default is the panel's setting",
  orWord("default", text),
);
const expires = optional("--expires <moment>", "when it ends, or never", orWord("never", moment));
const rateLimit = optional(
  "--rate-limit <number>",
  "requests a second; 0 is no limit, default the panel's setting",
  orWord("default", countWithin(0, 1_000_000)),
);

export const keySet: CliCommand = {
  name: "key set",
  summary: "Changes what an API key may do, from its next use on.",
  options: [keyId, keyText, scope, dialect, name, ip, expires, rateLimit],
  run: async (panel, given) => {
    checkKeyGiven(given);
    const changes = [scope, dialect, name, ip, expires, rateLimit].map((option) =>
      given<unknown>(option),
    );
    if (changes.every((value) => value === undefined)) {
      throw new UsageError("nothing to change: give --scope, --dialect, --name, --ip, …");
    }
    const open = await panel.open();
    const found = await keyIdOf(open, given);
    if (!found.ok) return found;
    const changed = await changeKey(open.ctx, open.actor, found.value, (before) => ({
      scopes: given(scope) ?? before.scopes,
      name: given(name) ?? before.name,
      ipAllow: given(ip) ?? before.ipAllow,
      dialect: cleared(given(dialect), before.dialect),
      expiresAt: cleared(given(expires), before.expiresAt),
      rateLimit: cleared(given(rateLimit), before.rateLimit),
    }));
    if (!changed.ok) return refuse(changed.refusal);
    const terms = changed.value;
    return answer(
      {
        id: found.value,
        name: terms.name,
        scopes: terms.scopes,
        dialect: terms.dialect ?? null,
        ip: terms.ipAllow,
        rate_limit: terms.rateLimit ?? null,
        expires: terms.expiresAt ?? null,
      },
      `Key ${found.value} is changed.`,
    );
  },
};

function orWord<Value>(word: string, read: Reader<Value>): Reader<Cleared<Value>> {
  return (typed) => ({ value: typed.trim().toLowerCase() === word ? undefined : read(typed) });
}

function cleared<Value>(
  given: Cleared<Value> | undefined,
  before: Value | undefined,
): Value | undefined {
  return given === undefined ? before : given.value;
}
