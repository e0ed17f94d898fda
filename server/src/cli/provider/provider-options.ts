import type { ProviderTerms } from "#providers/upkeep/provider-terms.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { isText } from "#values/text.ts";
import type { Given, SaidRefusal } from "#cli/kit/command.ts";
import { flag, optional, repeatable, required, toggle, UsageError } from "#cli/kit/option.ts";
import { readTextFile } from "#cli/kit/text-file.ts";
import { amount, countWithin, filledText, nameText, positiveAmount } from "#cli/kit/readers.ts";

// What the commands about providers share.

export const providerName = required("--provider <name>", "the provider's name", filledText);

const alias = optional("--alias <name>", "what staff see in place of the name", nameText);
const url = optional(
  "--url <address>",
  "where it is reached, such as https://example.com/api/v2",
  filledText,
);
const key = optional("--key <key>", "our API key there", filledText);
const keyFile = optional("--key-file <file>", "reads the key from a file", filledText);
const keyStdin = flag("--key-stdin", "reads the key from standard input");
const currency = optional(
  "--currency <code>",
  "what it counts in, such as EUR; the panel's own if left out",
  (typed) => filledText(typed).trim().toUpperCase(),
);
const exchangeRate = optional(
  "--exchange-rate <rate>",
  "what one unit of its currency costs in the panel's",
  positiveAmount,
);
const timeout = optional(
  "--timeout <seconds>",
  "how long to wait for a whole answer, 0.1 to 300 (30 if never said)",
  seconds,
);
const requestsPerSecond = optional(
  "--rps <number>",
  "how many requests a second it is sent at most (20 if never said)",
  requestRate,
);
const parallel = optional(
  "--parallel <number>",
  "how many requests at a time (8 if never said)",
  countWithin(1, 200),
);
const lowBalance = optional("--low-balance <amount>", "warns below this, in its currency", amount);
const isPrivate = toggle("--private", "it may stand in a private network, such as on this machine");
const set = repeatable(
  "--set <name=value>",
  "a setting of the connector, such as method=GET; an empty value takes it away",
  setting,
);

/** The options for how a provider is reached, what it counts in, and how hard it is asked. */
export const providerOptions = [
  alias,
  url,
  key,
  keyFile,
  keyStdin,
  currency,
  exchangeRate,
  timeout,
  requestsPerSecond,
  parallel,
  lowBalance,
  isPrivate,
  set,
];

/** The terms that were given. Reads the key from where the options say. */
export async function givenTerms(given: Given): Promise<Result<ProviderTerms, SaidRefusal>> {
  const secret = await givenKey(given);
  if (!secret.ok) return secret;
  const settings = Object.fromEntries(given(set));
  return ok({
    alias: given(alias),
    baseUrl: given(url),
    key: secret.value,
    currency: given(currency),
    exchangeRate: given(exchangeRate),
    timeoutMs: given(timeout),
    requestsPerSecond: given(requestsPerSecond),
    parallelCalls: given(parallel),
    lowBalance: given(lowBalance),
    isPrivate: given(isPrivate),
    settings: given(set).length === 0 ? undefined : settings,
  });
}

async function givenKey(given: Given): Promise<Result<string | undefined, SaidRefusal>> {
  const file = given(keyFile);
  const ways = [given(key), file, given(keyStdin) || undefined].filter((way) => way !== undefined);
  if (ways.length > 1) throw new UsageError("give one of --key, --key-file and --key-stdin");
  if (given(keyStdin)) return ok((await readStdin()).trim());
  if (file === undefined) return ok(given(key)?.trim());
  const read = await readTextFile(file, keyBytesMax);
  return read.ok ? ok(read.value.trim()) : read;
}

const keyBytesMax = 10_000;

async function readStdin(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > keyBytesMax) throw new UsageError("standard input holds more than a key");
  }
  if (!isText(text)) throw new UsageError("standard input holds no text in UTF-8");
  return text;
}

function seconds(typed: string): number {
  const ms = Number(amount(typed) / 100_000n);
  if (ms < 100 || ms > 300_000) throw new UsageError("expected 0.1 to 300 seconds");
  return ms;
}

function requestRate(typed: string): number {
  const rate = Number(positiveAmount(typed)) / 1e8;
  if (rate > 100_000) throw new UsageError("expected at most 100000 requests a second");
  return rate;
}

function setting(typed: string): [string, string] {
  const at = typed.indexOf("=");
  if (at < 1) throw new UsageError("expected name=value");
  return [typed.slice(0, at).trim(), typed.slice(at + 1).trim()];
}
