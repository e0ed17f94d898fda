import { expect, test } from "vitest";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { idFromDatabase } from "#values/ids.ts";
import type { AccountId } from "#values/ids.ts";
import type { BookRefusal, Named } from "./book-by-hand.ts";
import { recordAdjustment } from "./record-adjustment.ts";
import { recordBonus } from "./record-bonus.ts";
import { recordDeposit } from "./record-deposit.ts";

const panel = testPanel();

/** What is asked for instead of a booking of 10 under a new reference that would be good. */
type Asked = Partial<Named> & { readonly sum?: string };

const refusals = {
  account_unknown: { accountId: idFromDatabase<AccountId>("999999") },
  amount_not_positive: { sum: "0" },
  below_floor: { sum: "-0.00000001" },
  key_used_otherwise: { idempotencyKey: "of somebody else" },
  reference_empty: { idempotencyKey: "\u200b" },
  reference_reserved: { idempotencyKey: "order:1:charge" },
  reference_unknown: { again: { reason: "nothing to book again" } },
} satisfies Record<BookRefusal["code"], Asked>;

const movements = {
  deposit: ({ sum, ...named }) =>
    recordDeposit(panel.ctx, tester, { ...named, amount: amount(sum) }),
  bonus: ({ sum, ...named }) => recordBonus(panel.ctx, tester, { ...named, amount: amount(sum) }),
  adjustment: ({ sum, ...named }) =>
    recordAdjustment(panel.ctx, tester, { ...named, change: amount(sum), reason: "x" }),
} satisfies Record<
  string,
  (asked: Named & { readonly sum: string }) => ReturnType<typeof recordDeposit>
>;

const cases = Object.entries(movements).flatMap(([movement, book]) =>
  Object.entries<Asked>(refusals)
    // Only an adjustment takes money away; of the others an amount below zero is none.
    .filter(([code]) => code !== "below_floor" || movement === "adjustment")
    .map(([code, asked]) => ({ movement, code, book, asked })),
);

test.each(cases)(
  "a $movement refused with $code leaves no posting, no reference and no line of the audit",
  async ({ movement, code, book, asked }) => {
    const { id: somebody } = await panel.addCustomer({ balance: "0" });
    const { id: accountId } = await panel.addCustomer({ balance: "0" });
    const idempotencyKey = "of somebody else";
    // Refused after the first time, when it is booked already.
    await recordBonus(panel.ctx, tester, {
      accountId: somebody,
      amount: amount("1"),
      idempotencyKey,
    });
    const before = await everything();

    const booked = await book({
      accountId,
      sum: "10",
      idempotencyKey: `${movement} ${code}`,
      ...asked,
    });

    expect(booked).toMatchObject({ ok: false, refusal: { code } });
    expect(await everything()).toEqual(before);
  },
);

test("what is not refused leaves each of them", async () => {
  const { id: accountId } = await panel.addCustomer({ balance: "0" });
  const before = await everything();

  for (const [movement, book] of Object.entries(movements)) {
    must(await book({ accountId, sum: "10", idempotencyKey: `good ${movement}` }));
  }

  const after = await everything();
  expect(after.audited - before.audited).toBe(3);
  expect(after.references - before.references).toBe(3);
  expect(after.postings - before.postings).toBe(3);
});

async function everything() {
  const { rows } = await panel.ctx.db.query<Record<"audited" | "references" | "postings", number>>(
    `select (select count(*) from audit_entries) as audited,
            (select count(*) from payment_references) as references,
            (select count(*) from postings p join accounts a on a.id = p.account_id
              where a.kind::text = 'customer') as postings`,
  );
  const [counts] = rows;
  if (counts === undefined) throw new Error("nothing was counted");
  return counts;
}
