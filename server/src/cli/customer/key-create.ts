import { createKey } from "#customers/create-key.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { apiKeyScopes } from "#customers/api-key.ts";
import { flag, optional } from "#cli/kit/option.ts";
import { countWithin, moment, nameOrNone, scopes, text, wordList } from "#cli/kit/readers.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";

const scope = optional("--scope <scopes>", "read, or read,order (if left out)", scopes, [
  "--scopes <scopes>",
]);
const dialect = optional("--dialect <name>", "how the API speaks; the panel's setting else", text);
const name = optional("--name <text>", "so that people can tell keys apart", nameOrNone);
const ip = optional("--ip <list>", "addresses and networks that may use it", wordList);
const expires = optional("--expires <moment>", "when it ends, such as 2027-01-31", moment);
const rateLimit = optional(
  "--rate-limit <number>",
  "requests a second; 0 is no limit; the panel's setting else",
  countWithin(0, 1_000_000),
);

const test = flag("--test", "orders with play money in the sandbox, apart from everything real");

export const keyCreate: CliCommand = {
  name: "key create",
  summary: "Makes an API key and shows it, this one time.",
  details:
    "A test key sees the customer's services and prices, but buys in the sandbox with 1,000,000 of\n" +
    "play money, whoever delivers the service. Its orders and money are in no report. Each new test\n" +
    "key fills the play money up again.",
  options: [customerEmail, test, scope, dialect, name, ip, expires, rateLimit],
  positions: [customerEmail],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const isTest = given(test);
    const terms = {
      name: given(name) ?? "",
      scopes: given(scope) ?? apiKeyScopes,
      dialect: given(dialect),
      ipAllow: given(ip) ?? [],
      rateLimit: given(rateLimit),
      expiresAt: given(expires),
    };
    const { accountId } = found.value;
    const made = await createKey(open.ctx, open.actor, accountId, terms, { isTest });
    if (!made.ok) return refuse(made.refusal);
    const { key, id } = made.value;
    return answer(
      { key, id, test: isTest },
      `${key}\n\nThis is ${isTest ? "test key" : "key"} ${id} of ${found.value.email}. It is shown only now: ` +
        "the panel keeps no copy of it.",
    );
  },
};
