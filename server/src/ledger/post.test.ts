import { expect, describe, test } from "vitest";
import { changeCustomer } from "#customers/change-customer.ts";
import { openSandboxAccount } from "#customers/sandbox-account.ts";
import { inTransaction } from "#database/transaction.ts";
import type { AccountId } from "#values/ids.ts";
import { findBalance, listPostings } from "./ledger.sql.ts";
import { adjust } from "./movements/adjust.ts";
import { bonus } from "./movements/bonus.ts";
import { deposit } from "./movements/deposit.ts";
import { tester } from "#test/actors.ts";
import { amount, must, testPanel } from "#test/panel.ts";

const panel = testPanel();

const withTx = <Value>(work: Parameters<typeof inTransaction<Value>>[1]) =>
  inTransaction(panel.ctx, work);

const change = (accountId: AccountId, text: string, idempotencyKey: string) =>
  withTx((tx) => adjust(tx, { accountId, change: amount(text), idempotencyKey, reason: "test" }));

describe("a movement", () => {
  test("is one posting that continues from the one before", async () => {
    const { id } = await panel.addCustomer({ balance: "10" });

    must(await change(id, "-2.5", "a"));
    must(
      await withTx((tx) => bonus(tx, { accountId: id, amount: amount("1"), idempotencyKey: "b" })),
    );

    const postings = await listPostings(panel.ctx.db, id, 10);
    expect(
      postings.map(({ seq, kind, direction, balance_after }) => [
        seq,
        kind,
        direction,
        balance_after,
      ]),
    ).toEqual([
      [3, "bonus", 1, "8.50000000"],
      [2, "adjustment", -1, "7.50000000"],
      [1, "deposit", 1, "10.00000000"],
    ]);
  });

  test("under the same key happens once, and says that it had happened", async () => {
    const { id } = await panel.addCustomer({ balance: "10" });
    const pay = () =>
      withTx((tx) =>
        deposit(tx, { accountId: id, amount: amount("5"), idempotencyKey: "receipt" }),
      );

    const answers = await Promise.all(Array.from({ length: 10 }, pay));

    const repeats = answers.map((answer) => must(answer).isRepeat);
    expect(repeats.filter((isRepeat) => !isRepeat)).toHaveLength(1);
    expect((await findBalance(panel.ctx.db, id))?.balance).toBe(amount("15"));
  });

  test("of something else under the same key is refused", async () => {
    const { id } = await panel.addCustomer({ balance: "10" });
    must(await change(id, "1", "a"));

    for (const text of ["2", "-1"]) {
      expect(await change(id, text, "a")).toMatchObject({
        ok: false,
        refusal: { code: "key_used_otherwise" },
      });
    }
    const given = { accountId: id, amount: amount("1"), idempotencyKey: "a" };
    expect(await withTx((tx) => bonus(tx, given))).toMatchObject({ ok: false });
  });

  test("never takes the balance below the floor, to the last unit", async () => {
    const { id } = await panel.addCustomer({ balance: "1" });
    must(await changeCustomer(panel.ctx, tester, id, { floor: amount("-2") }));

    expect(await change(id, "-3.00000001", "a")).toMatchObject({
      ok: false,
      refusal: { code: "below_floor", available: amount("3") },
    });
    must(await change(id, "-3", "b"));

    expect((await findBalance(panel.ctx.db, id))?.balance).toBe(amount("-2"));
    expect(await change(id, "-0.00000001", "c")).toMatchObject({ ok: false });
    // What gives is taken even below a floor that was raised.
    must(await changeCustomer(panel.ctx, tester, id, { floor: amount("0") }));
    must(await change(id, "0.5", "d"));
  });

  test("of nothing, and of an account that does not exist, is refused", async () => {
    const { id } = await panel.addCustomer({ balance: "1" });

    expect(await change(id, "0", "a")).toMatchObject({
      ok: false,
      refusal: { code: "amount_not_positive" },
    });
    expect(await change(999_999 as AccountId, "1", "a")).toMatchObject({
      ok: false,
      refusal: { code: "account_unknown" },
    });
  });

  test("has two sides among the entries; what is played has sides of its own", async () => {
    const { id } = await panel.addCustomer({ balance: "10" });
    const played = await withTx((tx) => openSandboxAccount(tx, id));
    must(await change(id, "-2", "a"));
    must(await change(played, "3", "b"));

    const { rows } = await panel.ctx.db.query(
      `select account, sum(amount)::text as amount
         from ledger_entries
        where account_id = any ($1::bigint[]) and kind = 'adjustment'
        group by account
        order by account`,
      [[id, played]],
    );

    expect(rows).toEqual([
      { account: "adjustments", amount: "2.00000000" },
      { account: `customer:${id}`, amount: "-2.00000000" },
      { account: `test:${played}`, amount: "3.00000000" },
      { account: "test_adjustments", amount: "-3.00000000" },
    ]);
  });

  test("at the same time as many others keeps every number and every balance", async () => {
    const { id } = await panel.addCustomer({ balance: "100" });

    const moves = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        change(id, index % 2 === 0 ? "1" : "-2", `${index}`),
      ),
    );

    expect(moves.every((move) => move.ok)).toBe(true);
    expect((await findBalance(panel.ctx.db, id))?.balance).toBe(amount("70"));
    const postings = await listPostings(panel.ctx.db, id, 100);
    expect(postings.map(({ seq }) => seq)).toEqual(Array.from({ length: 61 }, (_, n) => 61 - n));
  });
});
