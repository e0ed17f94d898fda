import { inTransaction } from "#database/transaction.ts";
import type { Context } from "#database/context.ts";
import type { Tx } from "#database/transaction.ts";
import { audit } from "#audit/audit.sql.ts";
import { findPosting, lockAccount } from "#ledger/ledger.sql.ts";
import type { MovementKind } from "#ledger/ledger.sql.ts";
import type { Posted, PostRefusal } from "#ledger/post.ts";
import type { Actor } from "#values/actor.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal, formatAmount, subtract, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { cut } from "#values/text.ts";
import {
  claimReference,
  countReferenceUses,
  findReference,
  foldReference,
} from "./references.sql.ts";
import type { ReferenceUse } from "./references.sql.ts";

/** How a movement by hand is identified. */
export type Named = {
  readonly accountId: AccountId;
  /**
   * The reference, for example a receipt's number. It is unique in the panel, not only for the
   * customer, and the same however its letters, blanks and hyphens are written.
   */
  readonly idempotencyKey: string;
  /**
   * Books once more under a reference that is already booked, and says why. The same reason books
   * once, as the reference itself does.
   */
  readonly again?: { readonly reason: string };
};

/** What a reference already stands for. */
export type Booking = {
  readonly accountId: AccountId;
  readonly seq: number;
  readonly kind: MovementKind;
  /** Negative where money was taken from the account. */
  readonly change: Amount;
  readonly reference: string;
  readonly at: Date;
};

export type BookRefusal =
  | Exclude<PostRefusal, { readonly code: "key_used_otherwise" }>
  | { readonly code: "key_used_otherwise"; readonly reference: string; readonly booking: Booking }
  | { readonly code: "reference_empty" }
  | { readonly code: "reference_reserved"; readonly reference: string }
  | { readonly code: "reference_unknown"; readonly reference: string };

/** One movement, and what the audit says of it. */
export type Entry = Named & {
  readonly action: "customer.adjust" | "customer.bonus" | "customer.deposit";
  readonly kind: "adjustment" | "bonus" | "deposit";
  /** Negative where money is taken from the account. */
  readonly change: Amount;
  readonly audited: Readonly<Record<string, unknown>>;
  /** The reason, if the operator gave one. */
  readonly reason: string | undefined;
  readonly movement: (tx: Tx, idempotencyKey: string) => Promise<Result<Posted, PostRefusal>>;
};

/**
 * Books a movement by hand and records who did it; its callers have checked that the actor may. The
 * same movement repeated under its reference is booked once. Any other movement under that
 * reference is refused, and the refusal says what the reference stands for.
 */
export function bookByHand(
  ctx: Context,
  actor: Actor,
  entry: Entry,
): Promise<Result<Posted, BookRefusal>> {
  const { accountId, again } = entry;
  return inTransaction(ctx, async (tx) => {
    const reference = entry.idempotencyKey.trim();
    const name = await foldReference(tx, reference, again?.reason);
    if (name.folded === "" || (again !== undefined && name.again === "")) {
      return refused({ code: "reference_empty" });
    }
    if (panelsOwn.test(name.folded)) return refused({ code: "reference_reserved", reference });
    const account = await lockAccount(tx, accountId);
    if (account === undefined) return refused({ code: "account_unknown" });

    const uses = again === undefined ? 0 : await countReferenceUses(tx, name.folded);
    if (again !== undefined && uses === 0) return refused({ code: "reference_unknown", reference });
    const idempotencyKey = keyOf(reference, uses + 1);
    const use = { accountId, idempotencyKey, reason: again?.reason };
    if (!(await claimReference(tx, name, use))) {
      const known = await findReference(tx, name);
      // Only the key is taken: something booked under another reference has this key.
      if (known === undefined) return taken(await bookingOf(tx, use));
      const booking = await bookingOf(tx, known);
      if (!isSame(booking, entry)) return taken(booking);
      return ok({ seq: booking.seq, balance: account.balance, isRepeat: true });
    }
    const posted = await entry.movement(tx, idempotencyKey);
    if (!posted.ok) {
      if (posted.refusal.code !== "key_used_otherwise") return refused(posted.refusal);
      return taken(await bookingOf(tx, use));
    }
    if (posted.value.isRepeat) return posted;
    await audit(tx, {
      actor,
      action: entry.action,
      subject: `customer:${accountId}`,
      after: {
        ...entry.audited,
        balance: formatAmount(posted.value.balance, 2),
        reference: idempotencyKey,
        again: again?.reason,
      },
      reason: entry.reason ?? again?.reason,
    });
    return posted;
  });
}

/** How the keys of the panel's own movements begin. */
export const panelsOwn = /^(?:order|product-order|play):/i;

const keyLengthMax = 200;

/** Makes the posting's key, which must be unique within an account. */
function keyOf(reference: string, use: number): string {
  if (use === 1) return reference;
  const mark = `#${use}`;
  return `${cut(reference, keyLengthMax - mark.length)}${mark}`;
}

async function bookingOf(tx: Tx, { accountId, idempotencyKey }: ReferenceUse): Promise<Booking> {
  const posting = await findPosting(tx, accountId, idempotencyKey);
  if (posting === undefined) throw new Error(`account ${accountId} lacks ${idempotencyKey}`);
  const { seq, kind, direction, created_at: at } = posting;
  const amount = amountFromDecimal(posting.amount);
  const change = direction === 1 ? amount : subtract(zero, amount);
  return { accountId, seq, kind, change, reference: idempotencyKey, at };
}

/** Compares everything except how the reference is written. */
function isSame(booking: Booking, { accountId, kind, change }: Entry): boolean {
  return booking.accountId === accountId && booking.kind === kind && booking.change === change;
}

function taken(booking: Booking): Result<never, BookRefusal> {
  return refused({ code: "key_used_otherwise", reference: booking.reference, booking });
}
