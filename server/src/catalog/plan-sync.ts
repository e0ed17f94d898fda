import type { ServiceId } from "#values/ids.ts";
import { absolute, exchanged, percentAbove, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Followable } from "./follows.ts";
import { sellingRate } from "./mark-up.ts";
import type { MarkUp } from "./mark-up.ts";
import { isSameOffer, listedOffer, offerOfService } from "./offer.ts";
import type { Offer } from "./offer.ts";
import type { ListedService, RowRemark, ServiceList } from "./read-service-list.ts";
import { rateMax } from "./service.ts";
import type { Service } from "./service.ts";

export type SyncChangeKind = "new" | "changed" | "returned" | "gone" | "unpriced" | "retyped";

/** What is proposed for one service of the provider. */
export type SyncChange = {
  readonly kind: SyncChangeKind;
  readonly providerService: string;
  readonly type: string;
  /** What we sell of it, as the plan found it; `undefined` for one that is not sold yet. */
  readonly known: { readonly id: ServiceId; readonly version: number } | undefined;
  readonly before: Offer | undefined;
  /** `undefined` where it is only reported. */
  readonly after: Offer | undefined;
  /** Why it waits for an operator. */
  readonly brake: string | undefined;
  readonly note: string | undefined;
};

export type SyncPlan = {
  readonly changes: readonly SyncChange[];
  /** Why the list as a whole is not believed: nothing of the plan is done by itself. */
  readonly brakes: readonly string[];
  /** How many services of the list are sold already. */
  readonly sold: number;
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

export type PlanInput = {
  readonly list: ServiceList;
  /** What we sell of this provider. */
  readonly services: readonly Service[];
  readonly exchangeRate: Amount;
  /** Of what has none of its own; without one no price is made. */
  readonly markUp: MarkUp | undefined;
  /** New services that are to be proposed. */
  readonly isWanted: (listed: ListedService) => boolean;
  /** True: what is sold already is brought up to date. */
  readonly hasUpdates: boolean;
  /** True: the list is all that the provider has, so that what is missing is gone. */
  readonly isWhole: boolean;
  /** What services cost before a jump that still waits, by the provider's id. */
  readonly costsBefore: ReadonlyMap<string, Amount>;
  /** How many services the list had when it was last believed. */
  readonly listedBefore: number;
  readonly brakes: SyncBrakes;
};

/** In per cent; `undefined` price jumps are taken as they come. */
export type SyncBrakes = {
  readonly vanishPercent: number;
  readonly jumpPercent: number | undefined;
};

/**
 * Compares a provider's list with what we sell of it. Pure: the import of a file, the import from a
 * provider and the sync all take this plan, and differ only in what they ask of it.
 */
export function planSync(input: PlanInput): SyncPlan {
  const { list, services } = input;
  const known = new Map(services.map((service) => [service.providerService, service]));
  const refused = [...list.refused];
  const changes: SyncChange[] = [];
  let sold = 0;
  for (const listed of list.services) {
    const service = known.get(listed.providerService);
    const planned =
      service === undefined ? planNew(input, listed) : planKnown(input, listed, service);
    if (planned?.kind === "refused") {
      refused.push({ row: listed.row, service: listed.providerService, ...planned.remark });
    } else {
      if (service !== undefined) sold += 1;
      if (planned !== undefined) changes.push(planned.change);
    }
  }
  if (input.isWhole) changes.push(...planMissing(input));
  refused.sort((a, b) => a.row - b.row);
  return {
    changes,
    brakes: input.isWhole ? brakesOf(input, changes) : [],
    sold,
    refused,
    notes: list.notes,
  };
}

type Planned =
  | { readonly kind: "change"; readonly change: SyncChange }
  | { readonly kind: "refused"; readonly remark: { field: string; reason: string } };

const tooHigh: Planned = {
  kind: "refused",
  remark: { field: "rate", reason: "is too high with the mark-up" },
};

function planNew(input: PlanInput, listed: ListedService): Planned | undefined {
  if (!input.isWanted(listed)) return undefined;
  const { markUp } = input;
  if (markUp === undefined) return changeOf({ kind: "new", listed });
  const rate = sellingRate(exchanged(listed.cost, input.exchangeRate), markUp);
  if (rate > rateMax) return tooHigh;
  const after: Offer = {
    ...listedOffer(listed),
    rate,
    description: listed.description ?? "",
    isEnabled: true,
    listing: "listed",
  };
  return changeOf({ kind: "new", listed, after });
}

function planKnown(input: PlanInput, listed: ListedService, service: Service): Planned | undefined {
  const actual = offerOfService(service);
  const costBefore = input.costsBefore.get(listed.providerService);
  const before = { ...actual, providerRate: costBefore ?? actual.providerRate };
  const isWithdrawn = service.listing === "withdrawn" && !service.isEnabled;
  if (service.type !== listed.type) {
    if (!input.isWhole) {
      const remark = { field: "type", reason: "is another than at the import before" };
      return { kind: "refused", remark };
    }
    const note = `was ${service.type}, is ${listed.type}: nothing is changed`;
    return changeOf({ kind: "retyped", listed, service, before, note });
  }
  const isAskedFor = isWithdrawn && input.isWanted(listed);
  if (!input.hasUpdates && !isAskedFor) return undefined;
  const after = offerAfter(input, listed, service, isAskedFor);
  if (after.rate > rateMax) return tooHigh;
  if (isSameOffer(actual, after)) return undefined;
  const isBack = before.listing !== "listed" && after.listing === "listed";
  return changeOf({
    kind: isBack ? "returned" : "changed",
    listed,
    service,
    before,
    after,
    brake: isWithdrawn ? undefined : jumpOf(input.brakes, before, after),
  });
}

/** The service as it would be: what it follows as listed, the rest as it is. The cost is a fact. */
function offerAfter(
  input: PlanInput,
  listed: ListedService,
  service: Service,
  isAskedFor: boolean,
): Offer {
  const before = offerOfService(service);
  const offered = listedOffer(listed);
  const follows = (field: Followable) => service.follows.includes(field);
  const cost = exchanged(listed.cost, input.exchangeRate);
  const markUp = service.markUp ?? input.markUp;
  const min = follows("min") ? offered.min : before.min;
  const max = follows("max") ? offered.max : before.max;
  // A bound of the operator's own may not fit to one of the provider's.
  const hasBounds = min <= max;
  const isOff = service.listing === "gone" || service.listing === "unpriced";
  return {
    name: follows("name") ? offered.name : before.name,
    category: follows("category") ? offered.category : before.category,
    description: follows("description")
      ? (listed.description ?? before.description)
      : before.description,
    rate: follows("rate") && markUp !== undefined ? sellingRate(cost, markUp) : before.rate,
    providerRate: listed.cost,
    min: hasBounds ? min : before.min,
    max: hasBounds ? max : before.max,
    refill: follows("refill") ? offered.refill : before.refill,
    cancel: follows("cancel") ? offered.cancel : before.cancel,
    dripfeed: follows("dripfeed") ? offered.dripfeed : before.dripfeed,
    isEnabled: before.isEnabled || isAskedFor || (input.isWhole && isOff),
    listing: isAskedFor || (input.isWhole && isOff) ? "listed" : service.listing,
  };
}

/** What is on sale and cannot be bought any more: missing in the list, or there without a price. */
function planMissing({ list, services }: PlanInput): SyncChange[] {
  const listed = new Set(list.services.map((service) => service.providerService));
  const reasons = new Map(
    list.refused
      .filter(({ service }) => service !== undefined && !listed.has(service))
      .map((remark) => [remark.service, `${remark.field} ${remark.reason}`]),
  );
  return services.flatMap((service): SyncChange[] => {
    const { providerService } = service;
    if (providerService === undefined || listed.has(providerService)) return [];
    if (!service.isEnabled || service.listing !== "listed") return [];
    const before = offerOfService(service);
    const reason = reasons.get(providerService);
    const isMine = reason === undefined && !service.follows.includes("status");
    const gone = isMine ? "stays on sale: its status is your own" : undefined;
    return [
      {
        kind: reason === undefined ? "gone" : "unpriced",
        providerService,
        type: service.type,
        known: { id: service.id, version: service.version },
        before,
        after: {
          ...before,
          isEnabled: isMine,
          listing: reason === undefined ? "gone" : "unpriced",
        },
        brake: undefined,
        note: reason ?? gone,
      },
    ];
  });
}

/** Reasons not to believe the list. */
function brakesOf(input: PlanInput, changes: readonly SyncChange[]): string[] {
  const { list, services, listedBefore } = input;
  const brakes: string[] = [];
  const rows = list.services.length + list.refused.length;
  if (rows * 2 < listedBefore) {
    brakes.push(`the list is short: ${rows} services, ${listedBefore} before`);
  }
  const onSale = services.filter(
    ({ isEnabled, listing, providerService }) =>
      isEnabled && listing === "listed" && providerService !== undefined,
  ).length;
  const lost = changes.filter(({ kind }) => kind === "gone" || kind === "unpriced").length;
  if (lost * 100 > onSale * input.brakes.vanishPercent) {
    brakes.push(
      `${lost} of ${onSale} services on sale are gone or have no price: ` +
        `more than ${input.brakes.vanishPercent} %`,
    );
  }
  return brakes;
}

function jumpOf({ jumpPercent }: SyncBrakes, before: Offer, after: Offer): string | undefined {
  const [was, is] = [before.providerRate, after.providerRate];
  if (jumpPercent === undefined || was === undefined || is === undefined) return undefined;
  if (was === 0n) return "its price was zero";
  const moved = percentAbove(is, was);
  if (absolute(moved) <= BigInt(jumpPercent) * unitsPerOne) return undefined;
  const percent = absolute(moved) / unitsPerOne;
  return `its price ${moved > 0n ? "rose" : "fell"} by ${percent} %, more than ${jumpPercent} %`;
}

function changeOf(parts: {
  readonly kind: SyncChangeKind;
  readonly listed: ListedService;
  readonly service?: Service;
  readonly before?: Offer;
  readonly after?: Offer;
  readonly brake?: string | undefined;
  readonly note?: string;
}): Planned {
  const { kind, listed, service, before, after, brake, note } = parts;
  const known = service && { id: service.id, version: service.version };
  const { providerService, type } = listed;
  return {
    kind: "change",
    change: { kind, providerService, type, known, before, after, brake, note },
  };
}
