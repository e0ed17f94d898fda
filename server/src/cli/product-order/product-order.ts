import { findHolder } from "#customers/sandbox-account.sql.ts";
import { openClaimReasons } from "#product-orders/claims/claim-reasons.ts";
import { listClaimsOfOrder } from "#product-orders/claims.sql.ts";
import { findProductOrder } from "#product-orders/product-orders.sql.ts";
import type { ProductOrder } from "#product-orders/product-orders.sql.ts";
import { readProductTimeline } from "#product-orders/product-timeline.ts";
import { revealProductOrder } from "#product-orders/reveal-product-order.ts";
import type { RevealedProductOrder } from "#product-orders/reveal-product-order.ts";
import { findProductOrderPlacing, listProductTries } from "#product-orders/staff-lists.sql.ts";
import { listItemsOfOrders } from "#products/items.sql.ts";
import { findProduct } from "#products/products.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import { subtract } from "#values/money.ts";
import { wireProductOrderStatus } from "#values/product-order-status.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag } from "#cli/kit/option.ts";
import { productOrderId } from "./product-order-options.ts";
import { money, wireWord } from "#cli/kit/shared.ts";
import { inOneLine } from "#values/text.ts";

const reveal = flag(
  "--reveal",
  "show the lines and the buyer's answer; the audit notes who looked",
);

type Json = Readonly<Record<string, unknown>>;

export const productOrder: CliCommand = {
  name: "product order",
  summary: "Shows an order of a product: its money, what happened to it, and its claims.",
  options: [productOrderId, reveal],
  positions: [productOrderId],
  run: async (panel, given) => {
    const { ctx, actor } = await panel.open();
    const { db } = ctx;
    const id = given(productOrderId);
    const order = await findProductOrder(db, id);
    if (order === undefined) return refuse({ code: "product_order_unknown" });
    const { accountId } = order;
    const revealed = given(reveal) ? await revealProductOrder(ctx, actor, id) : undefined;
    if (revealed !== undefined && !revealed.ok) return refuse(revealed.refusal);
    const holder = await findHolder(db, accountId);
    const product = await findProduct(db, order.productId);
    const placing = await findProductOrderPlacing(db, accountId, id);
    const items = (await listItemsOfOrders(db, accountId, [id])).get(id) ?? [];
    const aliases = new Map((await listProviders(db)).map((each) => [each.id, each.alias]));
    const claims = await listClaimsOfOrder(db, accountId, id);
    const timeline = (await readProductTimeline(db, order)).map((entry) => ({
      ...entry,
      who: withAliases(entry.who, aliases),
      what: withAliases(entry.what, aliases),
    }));
    const reasons = await openClaimReasons(ctx, claims);
    const json = {
      ...productOrderJson(order),
      name: product?.name ?? null,
      type: product?.type ?? null,
      email: holder?.email ?? null,
      test: holder?.isTest === true,
      request_id: placing.request_id,
      provider: order.providerId === undefined ? null : (aliases.get(order.providerId) ?? null),
      lines: items.map(({ place, state, origin }) => ({ place, state, origin })),
      attempts: await listProductTries(db, accountId, id),
      claims: claims.map((claim) => ({
        claim: claim.id,
        status: wireWord(claim.status),
        quantity: claim.quantity,
        items: claim.places,
        reason: reasons.get(claim.id) ?? null,
        note: claim.note ?? null,
        created: claim.createdAt,
        ended: claim.endedAt ?? null,
      })),
      timeline,
      ...(revealed === undefined ? {} : { revealed: revealedJson(revealed.value) }),
    };
    const { lines, attempts, claims: claimed, timeline: told, ...fields } = json;
    const held = lines.filter(({ state }) => state === "sold").length;
    return answer(
      json,
      [
        fieldLines({ ...fields, revealed: undefined }),
        `${held} lines delivered${revealed === undefined ? ": --reveal shows them" : ""}` +
          `, ${attempts.length} tries at a provider`,
        ...claimed.map(
          (claim) =>
            `Claim ${claim.claim}, ${claim.status}: ${claim.quantity} items. ` +
            inOneLine(claim.reason ?? ""),
        ),
        told
          .map(({ at, who, what }) => [shownSecond(at), inOneLine(who), inOneLine(what)].join("  "))
          .join("\n"),
        ...(revealed === undefined ? [] : [revealedText(revealed.value)]),
      ].join("\n\n"),
    );
  },
};

function productOrderJson(order: ProductOrder): Json {
  return {
    order: order.id,
    customer: order.accountId,
    product: order.productId,
    status: wireProductOrderStatus[order.status],
    quantity: order.quantity,
    delivered: order.delivered,
    remains: order.quantity - order.delivered,
    rate: money(order.rate),
    charge: money(subtract(order.charge, order.refunded)),
    charge_before_refunds: money(order.charge),
    refunded: money(order.refunded),
    cost: order.cost === undefined ? null : money(order.cost),
    booked_cost: money(order.bookedCost),
    profit: money(subtract(subtract(order.charge, order.refunded), order.bookedCost)),
    note: order.note ?? null,
    has_answer: order.sealedAnswer !== undefined,
    waits_for: order.waits?.for ?? null,
    facts: order.waits?.note ?? null,
    waits_since: order.waits?.since ?? null,
    provider_product: order.providerProduct ?? null,
    provider_order: order.providerOrder ?? null,
    warranty_days: order.warrantyDays,
    created: order.createdAt,
    finished: order.finishedAt ?? null,
  };
}

function revealedJson({ lines, answer: text, hasAnswer }: RevealedProductOrder): Json {
  return {
    answer: text ?? null,
    answer_unreadable: hasAnswer && text === undefined,
    lines: lines.map(({ place, state, origin, line }) => ({
      place,
      state,
      origin,
      line: line ?? null,
    })),
  };
}

function revealedText({ lines, answer: text, hasAnswer }: RevealedProductOrder): string {
  const closed = "(sealed with another encryption key)";
  return [
    ...(hasAnswer ? [`answer  ${text ?? closed}`] : []),
    ...lines.map(({ place, state, line }) => `${place} ${state}  ${inOneLine(line ?? closed)}`),
  ].join("\n");
}

function withAliases(words: string, aliases: ReadonlyMap<number, string>): string {
  return words.replaceAll(/provider:(\d+)/g, (all, id: string) => aliases.get(Number(id)) ?? all);
}

function fieldLines(record: Json): string {
  return Object.entries(record)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name.padEnd(22)} ${inOneLine(shownValue(value))}`)
    .join("\n");
}

function shownValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** To the second, in UTC. */
function shownSecond(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", " ");
}
