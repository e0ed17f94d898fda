import { expect, test } from "vitest";
import { changeSetting } from "#catalog/change-setting.ts";
import { tester } from "#test/actors.ts";
import { testPanel, must } from "#test/panel.ts";
import { apiKeyTermsDefault, createKey } from "./create-key.ts";
import { findCustomer } from "./customers.sql.ts";
import { findHolder, findSandboxAccount } from "./sandbox-account.sql.ts";

const panel = testPanel();

test("play money does not fix the panel's currency; a test account is no customer", async () => {
  // given
  const { id, email } = await panel.addCustomer({ balance: "0" });
  const isTest = true;
  const { key } = must(await createKey(panel.ctx, tester, id, apiKeyTermsDefault, { isTest }));

  // when
  must(await changeSetting(panel.ctx, tester, "currency", "EUR"));

  // then
  await expect
    .poll(() => panel.api({ key, action: "balance" }), { timeout: 5000 })
    .toEqual({ balance: "1000000.00", currency: "EUR" });
  const account = await findSandboxAccount(panel.ctx.db, id);
  if (account === undefined) throw new Error("no test account");
  expect(await findCustomer(panel.ctx.db, account)).toBeUndefined();
  expect(await findHolder(panel.ctx.db, account)).toEqual({ email, isTest });
});

test("two first test keys at the same moment share one account and its play money", async () => {
  const { id } = await panel.addCustomer();
  const isTest = true;
  const made = await Promise.all(
    Array.from({ length: 5 }, () =>
      createKey(panel.ctx, tester, id, apiKeyTermsDefault, { isTest }),
    ),
  );
  const balances = await Promise.all(
    made.map((each) => panel.api({ key: must(each).key, action: "balance" })),
  );
  expect(new Set(balances.map((each) => (each as { balance: string }).balance))).toEqual(
    new Set(["1000000.00"]),
  );
});
