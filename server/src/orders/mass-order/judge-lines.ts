import type { Service } from "#catalog/service.ts";
import type { HoldRules } from "#orders/hold-rules/verdict.ts";
import { priceOrder } from "#orders/placing/price-order.ts";
import type { PriceContext } from "#orders/placing/price-order.ts";
import type { PlaceOrderRefusal } from "#orders/placing/place-order-refusal.ts";
import { serviceTypeOf } from "#orders/service-types/index.ts";
import type { OrderInput } from "#orders/service-types/service-type.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { parseId } from "#values/ids.ts";
import { linkKeyOf } from "#values/normal-link.ts";
import { add, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Result } from "#values/result.ts";
import { ok, refused } from "#values/result.ts";
import type { MassLine, UnreadableLine } from "./read-lines.ts";

/** Why a line is not ordered. `field` names what has to change. */
export type LineRefusal =
  | PlaceOrderRefusal
  | { readonly code: "line_unreadable"; readonly why: UnreadableLine }
  /** Its service needs more than a link and a quantity. */
  | { readonly code: "type_unsuited"; readonly field: string; readonly type: string }
  /** A package is ordered one at a time, so another number must mean something else. */
  | { readonly code: "package_quantity"; readonly field: string };

/** One line with what it would cost, or why it is not ordered. */
export type JudgedLine = {
  readonly line: number;
  readonly text: string;
  readonly verdict: Result<
    {
      readonly service: Service;
      readonly link: string;
      readonly quantity: number;
      readonly charge: Amount;
      /** The first line with the same service and link, however spelled: perhaps a slip. */
      readonly repeats: number | undefined;
    },
    LineRefusal
  >;
};

/**
 * Gives each line its verdict and price, as `add` would, without placing anything. It leaves out
 * what only the moment of ordering decides (the balance, links that are busy).
 */
export async function judgeLines(
  context: PriceContext & { readonly holds?: HoldRules },
  accountId: AccountId,
  lines: readonly MassLine[],
): Promise<JudgedLine[]> {
  const unknown = new Set<string>();
  const seen = new Map<string, number>();
  const judged: JudgedLine[] = [];
  for (const each of lines) {
    const { line, text } = each;
    const verdict = await judgeLine(context, accountId, each, unknown);
    if (!verdict.ok) {
      judged.push({ line, text, verdict });
      continue;
    }
    const name = `${verdict.value.service.id} ${linkKeyOf(verdict.value.link)}`;
    const repeats = seen.get(name);
    if (repeats === undefined) seen.set(name, line);
    judged.push({ line, text, verdict: ok({ ...verdict.value, repeats }) });
  }
  return judged;
}

/** The cost of all lines that can be ordered. */
export function totalOf(lines: readonly JudgedLine[]): Amount {
  return lines.reduce(
    (sum, { verdict }) => (verdict.ok ? add(sum, verdict.value.charge) : sum),
    zero,
  );
}

/** The fields of a line as a caller of `add` would send them. */
export function inputOf(
  line: Extract<MassLine, { kind: "order" }>,
  requestId?: string,
): OrderInput {
  const { service, link, quantity } = line;
  const fields = new Map<string, string | undefined>([
    ["service", service],
    ["link", link],
    ["quantity", quantity],
    ["requestId", requestId],
  ]);
  return (name) => fields.get(name);
}

type Priced = { service: Service; link: string; quantity: number; charge: Amount };

async function judgeLine(
  context: PriceContext & { readonly holds?: HoldRules },
  accountId: AccountId,
  line: MassLine,
  unknown: Set<string>,
): Promise<Result<Priced, LineRefusal>> {
  if (line.kind === "unreadable") return refused({ code: "line_unreadable", why: line.why });
  const serviceId = parseId<ServiceId>(line.service);
  // A list with thousands of wrong ids does not ask the database about each one again.
  if (serviceId === undefined || unknown.has(line.service)) {
    return refused({ code: "service_unknown", field: "service" });
  }
  const suited = checkType(context.catalog.find(serviceId), line.quantity);
  if (suited !== undefined) return refused(suited);
  const priced = await priceOrder(context, accountId, serviceId, inputOf(line), undefined);
  if (!priced.ok) {
    if (priced.refusal.code === "service_unknown") unknown.add(line.service);
    return priced;
  }
  const { service, draft, charge } = priced.value;
  // Judged again, with a service that this process did not know yet.
  const refusal =
    checkType(service, line.quantity) ??
    context.holds?.forbids(service.id, draft.link) ??
    undefined;
  if (refusal !== undefined) return refused(refusal);
  return ok({ service, link: draft.link, quantity: draft.quantity, charge });
}

/** A line can only order types that need no more than a service, a link and a quantity. */
function checkType(
  service: Service | undefined,
  quantity: string | undefined,
): LineRefusal | undefined {
  if (service === undefined) return undefined;
  const type = serviceTypeOf(service.type);
  const names = type.inputs.filter((input) => input.isRequired).map((input) => input.name);
  const isSuited =
    names.includes("link") && names.every((name) => name === "link" || name === "quantity");
  if (!isSuited || type.pricing === "later") {
    return { code: "type_unsuited", field: "service", type: service.type };
  }
  const isCounted = names.includes("quantity");
  if (!isCounted && quantity !== undefined && quantity !== "1") {
    return { code: "package_quantity", field: "quantity" };
  }
  return undefined;
}
