import { randomUUID } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Context } from "#database/context.ts";
import type { Queryable } from "#database/statement.ts";
import { findFirstDeposit } from "#ledger/activity.sql.ts";
import type { AccountId, ServiceId } from "#values/ids.ts";
import { giveBack } from "./give-back.ts";
import { findHoldRulesState, listHoldRules } from "./hold-rules.sql.ts";
import { reserveLink, settleReservation } from "./link-reservations.sql.ts";
import type { LinkReservation, LinkPlace } from "./link-reservations.sql.ts";
import { linkKeyOf } from "#values/normal-link.ts";
import { compileRules, concerns, heldBy } from "./rule.ts";
import type { HoldRule, RuleOf } from "./rule.ts";
import { judgeVelocity } from "./velocity.ts";
import type { HoldRefusal, HoldRules, JudgedOrder, Verdict } from "./verdict.ts";

const customersMax = 20_000;

/**
 * Opens the rules as this process knows them. They are read at once, and again with `refresh` after
 * a change. Like prices they may be a second behind; unlike prices they are not checked again by the
 * batch.
 */
export async function openHoldRules(
  ctx: Context,
  refreshedFrom: Queryable = ctx.db,
): Promise<HoldRules> {
  let state = "";
  let rules = compileRules([]);
  const load = async () => {
    const current = await findHoldRulesState(refreshedFrom);
    if (current === state) return;
    rules = compileRules(await listHoldRules(refreshedFrom));
    state = current;
  };
  const firstDeposits = new LRUCache<AccountId, number>({ max: customersMax });
  await load();

  /**
   * Hours since the first deposit, `undefined` where there is none. The time of the deposit is
   * cached.
   */
  const depositAge = async (accountId: AccountId): Promise<number | undefined> => {
    const known = firstDeposits.get(accountId);
    if (known !== undefined) return (ctx.clock.now() - known) / 3_600_000;
    const found = await findFirstDeposit(ctx.db, accountId);
    if (found === undefined) return undefined;
    firstDeposits.set(accountId, ctx.clock.now() - found.ageHours * 3_600_000);
    return found.ageHours;
  };

  const isTooYoung = async (rule: RuleOf<"first_deposit">, order: JudgedOrder) => {
    if (order.charge <= rule.condition.above) return false;
    const age = await depositAge(order.accountId);
    return age !== undefined && age < rule.condition.hours;
  };

  const judge = async (order: JudgedOrder): Promise<Verdict> => {
    const stops: HoldRule[] = [];
    const onLink = rules.onLink(order.serviceId, order.link, order.texts);
    if (onLink?.decision === "refuse") return refuse(ctx, onLink, order, linkRefused);
    if (onLink !== undefined) stops.push(onLink);

    for (const rule of order.isTest ? [] : rules.firstDeposit) {
      if (!concerns(rule, order.serviceId) || !(await isTooYoung(rule, order))) continue;
      if (rule.decision === "refuse") return refuse(ctx, rule, order, orderRefused);
      stops.push(rule);
    }
    const velocity = order.isTest
      ? []
      : rules.velocity.filter((rule) => concerns(rule, order.serviceId));
    const counted = velocity.length > 0 ? await judgeVelocity(ctx, velocity, order) : undefined;
    let isTaken = false;
    try {
      const broken = counted?.broken ?? [];
      const refusing = broken.find((rule) => rule.decision === "refuse");
      if (refusing !== undefined) return refuse(ctx, refusing, order, orderRefused);
      stops.push(...broken);
      const sameLink = rules.sameLink(order.serviceId);
      const reservation = sameLink && (await reserveFor(ctx, sameLink, order));
      if (sameLink !== undefined && reservation === undefined) {
        if (sameLink.decision === "refuse") return refuse(ctx, sameLink, order, linkBusy);
        stops.push(sameLink);
      }
      isTaken = true;
      return {
        kind: "take",
        held: order.isTest || stops.length === 0 ? undefined : heldBy(stops),
        settle: async (orderId) => {
          await counted?.leave();
          if (reservation === undefined) return;
          await giveBack(ctx, () =>
            settleReservation(ctx.db, reservation.place, reservation, orderId),
          );
        },
      };
    } finally {
      if (!isTaken) await counted?.leave();
    }
  };

  return {
    isEmpty: () => rules.count === 0,
    judge,
    forbids: (serviceId: ServiceId, link: string) =>
      rules.onLink(serviceId, link)?.decision === "refuse" ? linkRefused : undefined,
    refresh: load,
  };
}

const linkRefused: HoldRefusal = { code: "link_refused", field: "link" };
const linkBusy: HoldRefusal = { code: "link_busy", field: "link" };
const orderRefused: HoldRefusal = { code: "order_refused" };

type Reservation = LinkReservation & { readonly place: LinkPlace };

/** The customer reads a neutral sentence. The log names the rule. */
function refuse(ctx: Context, rule: HoldRule, order: JudgedOrder, refusal: HoldRefusal): Verdict {
  const { accountId, serviceId } = order;
  ctx.log.info({ rule: rule.id, accountId, serviceId }, "order refused by a rule");
  return { kind: "refuse", refusal };
}

async function reserveFor(
  ctx: Context,
  { condition }: RuleOf<"same_link">,
  { accountId, serviceId, link, twin }: JudgedOrder,
): Promise<Reservation | undefined> {
  const place = { accountId, serviceId, linkKey: linkKeyOf(link) };
  const holder = randomUUID();
  const reservation = { id: twin ?? holder, holder };
  const { minutes } = condition;
  const isOurs = await reserveLink(ctx.db, place, { ...reservation, link, minutes }).catch(
    async (error: unknown) => {
      // The answer alone may be lost.
      await giveBack(ctx, () => settleReservation(ctx.db, place, reservation, undefined));
      throw error;
    },
  );
  return isOurs ? { ...reservation, place } : undefined;
}
