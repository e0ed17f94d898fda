import { money } from "#views/spelling.ts";
import { randomUUID } from "node:crypto";
import { findHolder } from "#customers/sandbox-account.sql.ts";
import type { Customer } from "#customers/customer.ts";
import type { Posted } from "#ledger/post.ts";
import { panelsOwn } from "#payments/book-by-hand.ts";
import type { BookRefusal } from "#payments/book-by-hand.ts";
import type { Amount } from "#values/money.ts";
import type { Result } from "#values/result.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { Answer, Given, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { UsageError, flag, optional } from "#cli/kit/option.ts";
import { filledText } from "#cli/kit/readers.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const lengthMax = 200;

/** Names a movement. The operator chooses it. */
export const referenceOption = optional(
  "--reference <text>",
  "names the movement: said again under the same one, it is booked once",
  (typed) => {
    const reference = filledText(typed).trim();
    if (reference.length > lengthMax) throw new UsageError(`at most ${lengthMax} characters`);
    if (panelsOwn.test(reference)) {
      throw new UsageError("names that begin so belong to the panel");
    }
    return reference;
  },
);

export const againOption = flag(
  "--again",
  "book once more under a reference that was booked already; needs a reason",
);

/** The paragraph about references in the help of commands that book. */
export const referenceDetails =
  "References are the panel's: one names one movement, whoever it is for, in whatever letter case.\n" +
  "The same movement said again under it is booked once; another one is refused, unless with --again\n" +
  "and a reason. The same reason books once as well. Without --reference every call books anew.";

/** How the options of a command name a movement. Throws `UsageError`. */
export function namedBy(
  given: Given,
  reason: string | undefined,
): { readonly idempotencyKey: string; readonly again?: { readonly reason: string } } {
  const reference = given(referenceOption);
  if (!given(againOption)) return { idempotencyKey: reference ?? randomUUID() };
  if (reference === undefined) throw new UsageError("--again needs --reference");
  if (reason === undefined) throw new UsageError("--again needs --reason: why it is booked again");
  return { idempotencyKey: reference, again: { reason } };
}

/**
 * The same movement was booked before under this reference. The answer says so, and nothing else is
 * done.
 */
export async function postedAnswer(
  open: OpenPanel,
  posted: Result<Posted, BookRefusal>,
  movement: {
    readonly customer: Customer;
    readonly change: Amount;
    readonly idempotencyKey: string;
  },
): Promise<Result<Answer, SaidRefusal>> {
  if (!posted.ok) return sayRefusal(open, posted.refusal);
  const { customer, change, idempotencyKey: reference } = movement;
  const currency = await currencyOf(open);
  const { balance, isRepeat, seq } = posted.value;
  const stand = `The balance is ${money(balance)} ${currency}.`;
  return answer(
    {
      customer: customer.accountId,
      amount: money(change),
      balance: money(balance),
      currency,
      reference,
      posting: seq,
      repeated: isRepeat,
    },
    isRepeat
      ? `${reference} was booked before (posting ${seq}); nothing was booked again. ${stand}`
      : `Booked ${money(change)} ${currency} for ${customer.email} as ${reference}. ${stand}`,
  );
}

async function sayRefusal(
  open: OpenPanel,
  refusal: BookRefusal,
): Promise<Result<never, SaidRefusal>> {
  if (refusal.code !== "key_used_otherwise") return refuse(refusal);
  const holder = await findHolder(open.ctx.db, refusal.booking.accountId);
  const currency = await currencyOf(open);
  return refuse({ ...refusal, email: holder?.email ?? "a customer who is gone", currency });
}
