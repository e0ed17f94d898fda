import { revealProductOrder } from "#product-orders/reveal-product-order.ts";
import type { RevealedProductOrder } from "#product-orders/reveal-product-order.ts";
import { viewProductOrder } from "#views/products/product-order-dossier.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag } from "#cli/kit/option.ts";
import { productOrderId } from "./product-order-options.ts";
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
    const id = given(productOrderId);
    // First, so that the order's timeline includes it.
    const revealed = given(reveal) ? await revealProductOrder(ctx, actor, id) : undefined;
    if (revealed !== undefined && !revealed.ok) return refuse(revealed.refusal);
    const order = await viewProductOrder(ctx, actor, id);
    if (order === undefined) return refuse({ code: "product_order_unknown" });
    const json = {
      ...order,
      ...(revealed === undefined ? {} : { revealed: revealedJson(revealed.value) }),
    };
    const { lines, attempts = [], claims: claimed, timeline: told, ...fields } = order;
    const held = lines.filter(({ state }) => state === "sold").length;
    return answer(
      json,
      [
        fieldLines(fields),
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
