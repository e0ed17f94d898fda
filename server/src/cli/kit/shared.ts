import type { Customer } from "#customers/customer.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { customerNamed } from "#views/customers/find-customer.ts";
import { providerNamed } from "#views/providers/find-provider.ts";
import { readSettings } from "#settings/settings.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { refuse } from "./command.ts";
import type { OpenPanel, SaidRefusal } from "./command.ts";
import { optional, required } from "./option.ts";
import type { Option } from "./option.ts";
import { countWithin, filledText } from "./readers.ts";

// What several commands share. Views decide how things look in JSON.

const rowsMax = 100_000;

export const customerEmail = required(
  "--email <address>",
  "the customer's e-mail address",
  filledText,
  ["--customer <address>"],
);

/** How many rows to show. */
export function limitOption(rowsDefault: number): Option<number> {
  const { take, ...option } = optional(
    "--limit <number>",
    `how many at most (${rowsDefault} if left out)`,
    countWithin(1, rowsMax),
  );
  return { ...option, take: (typed) => take(typed) ?? rowsDefault };
}

/** The customer with this address, or the refusal. */
export async function customerOf(
  { ctx, actor }: OpenPanel,
  email: string,
): Promise<Result<Customer, SaidRefusal>> {
  const customer = await customerNamed(ctx, actor, email);
  return customer === undefined ? refuse({ code: "email_unknown", email }) : ok(customer);
}

/** The provider of this name, or the refusal. */
export async function providerOf(
  { ctx, actor }: OpenPanel,
  name: string,
): Promise<Result<Provider, SaidRefusal>> {
  const provider = await providerNamed(ctx, actor, name);
  return provider === undefined ? refuse({ code: "provider_unknown", name }) : ok(provider);
}

export async function currencyOf({ ctx }: OpenPanel): Promise<string> {
  return (await readSettings(ctx.db)).currency;
}
