import { describe, expect, test } from "vitest";
import { connect } from "#database/connection.ts";
import { findBalance } from "#ledger/ledger.sql.ts";
import type { AccountId } from "#values/ids.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";
import { recordAdjustment } from "./record-adjustment.ts";
import { recordBonus } from "./record-bonus.ts";
import { recordDeposit } from "./record-deposit.ts";

const panel = testPanel();

const deposit = (accountId: AccountId, idempotencyKey: string, reason?: string, sum = "10") =>
  recordDeposit(panel.ctx, tester, {
    accountId,
    amount: amount(sum),
    idempotencyKey,
    ...(reason === undefined ? {} : { again: { reason } }),
  });

const balanceOf = async (id: AccountId) => (await findBalance(panel.ctx.db, id))?.balance;
const twoCustomers = async () => {
  const [one, other] = [
    await panel.addCustomer({ balance: "0" }),
    await panel.addCustomer({ balance: "0" }),
  ];
  return { one: one.id, other: other.id };
};
let references = 0;
const newReference = () => `pay-${++references}`;

const varied = [
  ["letter case", (text: string) => text.toUpperCase()],
  ["blanks around it", (text: string) => `  ${text}\t`],
  ["blanks inside", (text: string) => text.replace("-", " - ")],
  ["a no-break space", (text: string) => `${text}\u00a0`],
  ["characters that are not seen", (text: string) => text.replace("-", "\u200b-\u00ad")],
  ["another hyphen", (text: string) => text.replace("-", "\u2010")],
  ["a dash", (text: string) => text.replace("-", "–")],
  ["a minus", (text: string) => text.replace("-", "\u2212")],
  ["full-width characters", (text: string) => text.replace("pay", "ｐａｙ")],
  ["mathematical letters", (text: string) => text.replace("p", "𝐩")],
] as const;

describe("a reference", () => {
  test.each(varied)("is the same for every customer, also with %s", async (_, vary) => {
    const { one, other } = await twoCustomers();
    const reference = newReference();
    const first = must(await deposit(one, reference));

    for (const said of [reference, vary(reference)]) {
      expect(await deposit(other, said)).toMatchObject({
        ok: false,
        refusal: {
          code: "key_used_otherwise",
          booking: { accountId: one, seq: first.seq, kind: "deposit", reference },
        },
      });
      // Of the same payment there is nothing more to book.
      expect(await deposit(one, said)).toMatchObject({ value: { seq: 1, isRepeat: true } });
      expect(await deposit(one, said, undefined, "11")).toMatchObject({ ok: false });
    }

    expect(await balanceOf(one)).toBe(amount("10"));
    expect(await balanceOf(other)).toBe(amount("0"));
  });

  test.each([
    ["Ünïcode-ÄÖ", "ÜNÏCODE-äö"],
    ["straße", "STRASSE"],
    ["ΠΛΗΡΩΜΉ", "πληρωμή"],
    ["Платёж", "ПЛАТЁЖ"],
    ["ﬁle", "FILE"],
  ])("%s is %s, whatever the alphabet", async (said, otherwise) => {
    const { one, other } = await twoCustomers();
    must(await deposit(one, said));
    expect(await deposit(other, otherwise)).toMatchObject({ ok: false });
  });

  test("is one for deposits, bonuses and adjustments together", async () => {
    const { one, other } = await twoCustomers();
    const reference = newReference();
    must(
      await recordBonus(panel.ctx, tester, {
        accountId: one,
        amount: amount("1"),
        idempotencyKey: reference,
      }),
    );

    const idempotencyKey = reference.toUpperCase();
    const correction = { idempotencyKey, change: amount("1"), reason: "x" };
    for (const accountId of [one, other]) {
      for (const refusedOne of [
        await deposit(accountId, idempotencyKey, undefined, "1"),
        await recordAdjustment(panel.ctx, tester, { ...correction, accountId }),
      ]) {
        expect(refusedOne).toMatchObject({
          refusal: { booking: { accountId: one, kind: "bonus" } },
        });
      }
    }
  });

  test("booked for many at once is booked for one", async () => {
    const customers = await Promise.all(
      Array.from({ length: 8 }, () => panel.addCustomer({ balance: "0" })),
    );
    const reference = newReference();

    const answers = await Promise.all(
      customers.flatMap(({ id }) => [deposit(id, reference), deposit(id, reference.toUpperCase())]),
    );

    const booked = answers.filter((answer) => answer.ok && !answer.value.isRepeat);
    expect(booked).toHaveLength(1);
    const balances = await Promise.all(customers.map(({ id }) => balanceOf(id)));
    expect(balances.filter((balance) => balance !== 0n)).toEqual([amount("10")]);
    expect(answers.filter((answer) => !answer.ok)).toHaveLength(14);
  });

  test("stays used after its booking was taken back", async () => {
    const { one, other } = await twoCustomers();
    const reference = newReference();
    must(await deposit(one, reference));
    const back = {
      accountId: one,
      change: amount("-10"),
      idempotencyKey: `${reference} back`,
      reason: "bounced",
    };
    must(await recordAdjustment(panel.ctx, tester, back));

    expect(await deposit(one, reference)).toMatchObject({ value: { isRepeat: true } });
    expect(await deposit(other, reference)).toMatchObject({ ok: false });
    must(await deposit(one, reference, "it came after all"));
    expect(await balanceOf(one)).toBe(amount("10"));
  });

  test("is booked again on purpose, once for each reason, and the audit says why", async () => {
    const { one, other } = await twoCustomers();
    const reference = newReference();
    must(await deposit(one, reference));

    const again = must(await deposit(other, reference.toUpperCase(), "Two people paid it"));
    expect(again.isRepeat).toBe(false);
    expect(await deposit(other, reference, "two people  paid it")).toMatchObject({
      value: { isRepeat: true },
    });
    expect(await deposit(one, reference, "two people paid it")).toMatchObject({
      refusal: { code: "key_used_otherwise", booking: { accountId: other } },
    });
    must(await deposit(other, reference, "and once more"));

    expect(await balanceOf(other)).toBe(amount("20"));
    const { rows } = await panel.database.pool.query(
      `select after ->> 'again' as again
         from audit_entries
        where subject = $1 and action = 'customer.deposit'
        order by id`,
      [`customer:${other}`],
    );
    expect(rows).toEqual([{ again: "Two people paid it" }, { again: "and once more" }]);
  });

  test("that nothing is booked under cannot be booked again", async () => {
    const { one } = await twoCustomers();
    expect(await deposit(one, newReference(), "a reason")).toMatchObject({
      refusal: { code: "reference_unknown" },
    });
    expect(await balanceOf(one)).toBe(amount("0"));
  });

  test("is none where nothing of it can be seen, or where it is a name of the panel's own", async () => {
    const { one } = await twoCustomers();
    for (const empty of ["", "  ", "\u200b", "\u00ad\u2060"]) {
      expect(await deposit(one, empty)).toMatchObject({ refusal: { code: "reference_empty" } });
    }
    for (const own of [
      "order:1:charge",
      "ORDER:1",
      "product-order:1:charge",
      "product\u2010order:1",
      "ｏrder:7",
      "play:1",
    ]) {
      expect(await deposit(one, own)).toMatchObject({ refusal: { code: "reference_reserved" } });
    }
  });

  test("is unique in the database, whoever writes it", async () => {
    const { one, other } = await twoCustomers();
    const reference = newReference();
    must(await deposit(one, reference));
    must(await deposit(other, `${reference} x`));
    const owner = await connect(panel.database.ownerSettings);
    const insert =
      "insert into payment_references (folded, account_id, idempotency_key) values ($1, $2, $3)";
    try {
      await expect(owner.query(insert, [reference, other, `${reference} x`])).rejects.toThrow(
        /unique/,
      );
      await expect(owner.query(insert, ["new", other, "no such posting"])).rejects.toThrow(
        /foreign key/,
      );
      await expect(owner.query(insert, ["order:1", other, `${reference} x`])).rejects.toThrow(
        /check/,
      );
    } finally {
      await owner.end();
    }
  });
});
