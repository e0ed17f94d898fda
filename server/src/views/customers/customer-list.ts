import { sql } from "kysely";
import type { Context } from "#database/context.ts";
import { tables } from "#database/reading.ts";
import { readSettings } from "#settings/settings.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import type { AccountId } from "#values/ids.ts";
import { amountFromDecimal } from "#values/money.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { containing, readPage } from "#views/list-page.ts";
import type { Page, PageQuery, PageRefusal, Sorts } from "#views/list-page.ts";
import { sightOf } from "#views/sight.ts";
import { customerRecord } from "./customer-record.ts";
import type { CustomerRecord } from "./customer-record.ts";

/** Filters for customers; all given ones must hold. */
export type CustomerFilter = {
  readonly status?: "active" | "suspended" | undefined;
  /** A text anywhere in the e-mail address, in any letter case, or the number of the account. */
  readonly search?: string | undefined;
  /** Only customers with a higher number. */
  readonly afterId?: number | undefined;
};

export type CustomerSort = "oldest" | "newest" | "balance";

export const customerSorts: Sorts<CustomerSort> = {
  usual: "oldest",
  by: {
    oldest: { columns: [{ ref: "c.account_id", type: "bigint" }], direction: "asc" },
    newest: { columns: [{ ref: "c.account_id", type: "bigint" }], direction: "desc" },
    // The highest first.
    balance: {
      columns: [
        { ref: "a.balance", type: "numeric" },
        { ref: "c.account_id", type: "bigint" },
      ],
      direction: "desc",
    },
  },
};

/** A page of customers, by default in the order of their numbers. */
export async function viewCustomers(
  ctx: Context,
  actor: Actor,
  query: CustomerFilter & PageQuery<CustomerSort>,
): Promise<Result<Page<CustomerRecord>, PageRefusal>> {
  authorize(actor, "customers.read");
  const sight = sightOf(actor);
  const matches = matchingCustomers(query, sight.email);
  const page = await readPage(ctx.db, matches, customerSorts, query);
  if (!page.ok) return page;
  const { currency } = await readSettings(ctx.db);
  const rows = page.value.rows.map((row) =>
    customerRecord(
      {
        accountId: row.account_id,
        email: row.email ?? "",
        isActive: row.status === "active",
        discountPercent: amountFromDecimal(row.discount_percent),
        floor: amountFromDecimal(row.balance_floor),
        balance: amountFromDecimal(row.balance),
        createdAt: row.created_at,
      },
      currency,
      sight,
    ),
  );
  return ok({ ...page.value, rows });
}

/** Customers and their balances. Test accounts are not customers. */
export function matchingCustomers(filter: CustomerFilter, seesEmail: boolean) {
  let matches = tables
    .selectFrom("customers as c")
    .crossJoinLateral((eb) =>
      eb
        .selectFrom("accounts")
        .whereRef("accounts.id", "=", "c.account_id")
        .select(({ fn, selectFrom }) => [
          "accounts.balance_floor",
          fn
            .coalesce(
              selectFrom("postings as p")
                .whereRef("p.account_id", "=", "c.account_id")
                .select("p.balance_after")
                .orderBy("p.seq", "desc")
                .limit(1),
              sql<string>`0`,
            )
            .as("balance"),
        ])
        .as("a"),
    )
    .select(["c.account_id", "c.email", "c.status", "c.discount_percent", "c.created_at"])
    .select(["a.balance_floor", "a.balance"])
    .$narrowType<{ account_id: AccountId }>()
    .where("c.test_of", "is", null);
  if (filter.status !== undefined) matches = matches.where("c.status", "=", filter.status);
  if (filter.afterId !== undefined) matches = matches.where("c.account_id", ">", filter.afterId);
  const search = filter.search?.trim() ?? "";
  if (search !== "") {
    const number = /^\d{1,15}$/.test(search) ? Number(search) : undefined;
    matches = matches.where(({ eb, or }) =>
      or([
        ...(seesEmail ? [eb("c.email", "ilike", containing(search))] : []),
        ...(number === undefined ? [] : [eb("c.account_id", "=", number)]),
      ]),
    );
  }
  return matches;
}
