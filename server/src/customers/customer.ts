import type { AccountId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import { isIdentifier } from "#values/text.ts";

/** Who buys from the panel. The customer's account carries the same id. */
export type Customer = {
  readonly accountId: AccountId;
  readonly email: string;
  readonly isActive: boolean;
  readonly discountPercent: Amount;
  readonly floor: Amount;
  readonly balance: Amount;
  readonly priceVersion: number;
  readonly createdAt: Date;
};

const emailPattern = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;

/**
 * An e-mail address as it is stored: trimmed, letter case kept. `undefined` where the text is not
 * one.
 */
export function parseEmail(text: string): string | undefined {
  const email = text.trim();
  const isGood = email.length <= 320 && isIdentifier(email) && emailPattern.test(email);
  return isGood ? email : undefined;
}
