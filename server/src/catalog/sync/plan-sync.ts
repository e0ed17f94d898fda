// Long because: all kinds of change are told apart here, in one order.
import type { ServiceId } from "#values/ids.ts";
import { absolute, exchanged, percentAbove, unitsPerOne } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import type { Followable } from "#catalog/follows.ts";
import { sellingRate } from "#catalog/mark-up.ts";
import type { MarkUp } from "#catalog/mark-up.ts";
import { isSameOffer, listedOffer, offerOfService } from "./offer.ts";
import type { Offer } from "./offer.ts";
import type { ListedService, RowRemark, ServiceList, UnfitService } from "./read-service-list.ts";
import { rateMax } from "#catalog/service.ts";
import type { Service } from "#catalog/service.ts";

export type SyncChangeKind =
  | "new"
  | "changed"
  | "returned"
  | "gone"
  | "unpriced"
  | "unfit"
  | "retyped";

/** What is proposed for one service of the provider. */
export type SyncChange = {
  readonly kind: SyncChangeKind;
  readonly providerService: string;
  readonly type: string;
  /** The service that we sell, as the plan found it; `undefined` for one that is not sold yet. */
  readonly known: { readonly id: ServiceId; readonly version: number } | undefined;
  /** For a new one: how often the provider's service is already sold. */
  readonly copies: number;
  readonly before: Offer | undefined;
  /** `undefined` where the change is only reported. */
  readonly after: Offer | undefined;
  /** Why it waits for an operator. */
  readonly brake: string | undefined;
  readonly note: string | undefined;
};

export type SyncPlan = {
  readonly changes: readonly SyncChange[];
  /** Why the list as a whole is not believed: then nothing in the plan is applied by itself. */
  readonly brakes: readonly string[];
  /** How many rows of the list are sold already. */
  readonly sold: number;
  /** How many of the rows that were asked for are sold already. */
  readonly wantedSold: number;
  readonly refused: readonly RowRemark[];
  readonly notes: readonly RowRemark[];
};

export type PlanInput = {
  readonly list: ServiceList;
  /** What we sell of this provider. */
  readonly services: readonly Service[];
  readonly exchangeRate: Amount;
  /** For services without their own; without any mark-up no price is made. */
  readonly markUp: MarkUp | undefined;
  /** Which new services to propose. */
  readonly isWanted: (listed: ListedService) => boolean;
  /** True: services already on sale are brought once more, to be sold on other terms. */
  readonly isAgain?: boolean;
  /** Where new services are put; in the list's own category where left out. */
  readonly category?: string | undefined;
  /** True: services already on sale are updated. */
  readonly hasUpdates: boolean;
  /** True: the list is everything the provider has, so what is missing is gone. */
  readonly isWhole: boolean;
  /** What services cost before a cost jump that still waits. */
  readonly costsBefore: ReadonlyMap<ServiceId, Amount>;
  /** How many services the list had when it was last believed. */
  readonly listedBefore: number;
  readonly brakes: SyncBrakes;
};

/** In per cent; `undefined`: price jumps are accepted. */
export type SyncBrakes = {
  readonly vanishPercent: number;
  readonly jumpPercent: number | undefined;
};

/**
 * Compares a provider's list with what we sell from it. Pure: the import of a file, the import from
 * a provider and the sync all use this plan, and differ only in what they ask for.
 */
export function planSync(input: PlanInput): SyncPlan {
  const { list } = input;
  const known = new Map<string, Service[]>();
  for (const service of input.services) {
    const { providerService } = service;
    if (providerService === undefined) continue;
    known.set(providerService, [...(known.get(providerService) ?? []), service]);
  }
  const changes: SyncChange[] = [];
  const remarks = new Map<number, RowRemark>();
  const rowsSold = new Set<number>();
  let wantedSold = 0;
  for (const listed of list.services) {
    const services = known.get(listed.providerService) ?? [];
    const planned =
      input.isAgain === true
        ? []
        : services.map((service) => planKnown(input, listed, service, services));
    if (services.length === 0 || input.isAgain === true) {
      planned.push(planNew(input, listed, services.length));
    }
    for (const each of planned) {
      if (each?.kind === "change") changes.push(each.change);
      if (each?.kind === "refused") {
        const { row, providerService: service } = listed;
        remarks.set(row, { row, service, ...each.remark });
      }
    }
    if (services.length === 0 || remarks.has(listed.row)) continue;
    rowsSold.add(listed.row);
    if (input.isWanted(listed)) wantedSold += 1;
  }
  for (const unfit of list.unfit) {
    const services = known.get(unfit.providerService) ?? [];
    const planned = services.map((service) => planUnfit(input, unfit, service));
    changes.push(...planned.flatMap(({ change }) => change ?? []));
    // What is sold on terms of its own lacks nothing.
    if (services.length > 0 && planned.every(({ isFit }) => isFit)) rowsSold.add(unfit.row);
  }
  if (input.isWhole) changes.push(...planMissing(input));
  const rejected = list.refused.filter(({ row }) => !rowsSold.has(row));
  return {
    changes,
    brakes: input.isWhole ? brakesOf(input, changes) : [],
    sold: rowsSold.size,
    wantedSold,
    refused: [...rejected, ...remarks.values()].toSorted((a, b) => a.row - b.row),
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

function planNew(input: PlanInput, listed: ListedService, copies: number): Planned | undefined {
  if (!input.isWanted(listed)) return undefined;
  const { markUp } = input;
  if (markUp === undefined) return changeOf({ kind: "new", listed, copies });
  const rate = sellingRate(exchanged(listed.cost, input.exchangeRate), markUp);
  if (rate > rateMax) return tooHigh;
  const after: Offer = {
    ...listedOffer(listed),
    category: input.category ?? listed.category,
    rate,
    description: listed.description ?? "",
    isEnabled: true,
    listing: "listed",
  };
  return changeOf({ kind: "new", listed, after, copies });
}

/** `copies`: everything sold from the row, on whatever terms. */
function planKnown(
  input: PlanInput,
  listed: ListedService | PricedService,
  service: Service,
  copies: readonly Service[],
): Planned | undefined {
  const actual = offerOfService(service);
  const costBefore = input.costsBefore.get(service.id);
  const before = { ...actual, providerRate: costBefore ?? actual.providerRate };
  const isWithdrawn = service.listing === "withdrawn" && !service.isEnabled;
  // Where the list has no known word for the type, the operator's word counts.
  if (listed.type !== undefined && service.type !== listed.type) {
    if (!input.isWhole) {
      const remark = { field: "type", reason: "is another than at the import before" };
      return { kind: "refused", remark };
    }
    const note = `was ${service.type}, is ${listed.type}: nothing is changed`;
    return changeOf({ kind: "retyped", listed, service, before, note });
  }
  // An import restores what was withdrawn: the first copy, where no other copy is sold.
  const isFirst = copies.every(isOut) && copies[0] === service;
  const isAskedFor = isWithdrawn && isFirst && input.isAgain !== true && isWanted(input, listed);
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

/** True where an undone import left it behind. */
function isOut({ listing, isEnabled }: Service): boolean {
  return listing === "withdrawn" && !isEnabled;
}

/** A row of which at least the price is readable. */
type PricedService = UnfitService & { readonly cost: Amount };

function isPriced(unfit: UnfitService): unfit is PricedService {
  return unfit.cost !== undefined;
}

/** Only services that can be sold as they are listed are proposed. */
function isWanted(input: PlanInput, listed: ListedService | PricedService): boolean {
  return !("remark" in listed) && input.isWanted(listed);
}

/**
 * What happens to a service whose row cannot be sold as it is listed: everything readable counts as
 * usual, and the operator's own fields hold. `isFit`: nothing is missing that the service takes
 * from the list.
 */
function planUnfit(
  input: PlanInput,
  unfit: UnfitService,
  service: Service,
): { readonly change: SyncChange | undefined; readonly isFit: boolean } {
  if (!isPriced(unfit)) {
    return { change: planOff(input, unfit, service, "unpriced"), isFit: false };
  }
  const lacks = (["max", "min"] as const).find(
    (field) => service.follows.includes(field) && unfit.problems[field] !== undefined,
  );
  if (lacks !== undefined && service.follows.includes("status")) {
    return { change: planOff(input, unfit, service, "unfit", lacks), isFit: false };
  }
  const planned = planKnown(input, unfit, service, []);
  if (planned?.kind === "refused") return { change: undefined, isFit: false };
  return {
    change: planned?.change,
    isFit: planned === undefined || planned.change.kind !== "retyped",
  };
}

/** Switches it off until its row can be read again; only a whole list decides that. */
function planOff(
  input: PlanInput,
  { providerService, problems }: UnfitService,
  service: Service,
  kind: "unpriced" | "unfit",
  lacks: "cost" | "min" | "max" = "cost",
): SyncChange | undefined {
  if (!input.isWhole || !service.isEnabled || service.listing !== "listed") return undefined;
  const before = offerOfService(service);
  return {
    kind,
    providerService,
    type: service.type,
    known: { id: service.id, version: service.version },
    copies: 0,
    before,
    after: { ...before, isEnabled: false, listing: kind },
    brake: undefined,
    note: problems[lacks],
  };
}

/**
 * The service as it would become: what it follows as listed, the rest as it is. The cost is a fact.
 */
function offerAfter(
  input: PlanInput,
  listed: ListedService | PricedService,
  service: Service,
  isAskedFor: boolean,
): Offer {
  const before = offerOfService(service);
  const follows = (field: Followable) => service.follows.includes(field);
  const cost = exchanged(listed.cost, input.exchangeRate);
  const markUp = service.markUp ?? input.markUp;
  const min = follows("min") ? (listed.min ?? before.min) : before.min;
  const max = follows("max") ? (listed.max ?? before.max) : before.max;
  // One of the operator's own bounds may not fit one of the provider's.
  const hasBounds = min <= max;
  const isOff = offListings.has(service.listing);
  return {
    name: follows("name") ? (listed.name ?? before.name) : before.name,
    category: follows("category") ? (listed.category ?? before.category) : before.category,
    description: follows("description")
      ? (listed.description ?? before.description)
      : before.description,
    rate: follows("rate") && markUp !== undefined ? sellingRate(cost, markUp) : before.rate,
    providerRate: listed.cost,
    min: hasBounds ? min : before.min,
    max: hasBounds ? max : before.max,
    refill: follows("refill") ? listed.refill : before.refill,
    cancel: follows("cancel") ? listed.cancel : before.cancel,
    dripfeed: follows("dripfeed") ? listed.dripfeed : before.dripfeed,
    isEnabled: before.isEnabled || isAskedFor || (input.isWhole && isOff),
    listing: isAskedFor || (input.isWhole && isOff) ? "listed" : service.listing,
  };
}

/** What a sync switched off, and switches on again. */
const offListings: ReadonlySet<Service["listing"]> = new Set(["gone", "unpriced", "unfit"]);

/** Plans for what is on sale but missing from the list. */
function planMissing({ list, services }: PlanInput): SyncChange[] {
  const listed = new Set(
    [...list.services, ...list.unfit].map(({ providerService }) => providerService),
  );
  return services.flatMap((service): SyncChange[] => {
    const { providerService } = service;
    if (providerService === undefined || listed.has(providerService)) return [];
    if (!service.isEnabled || service.listing !== "listed") return [];
    const before = offerOfService(service);
    const isMine = !service.follows.includes("status");
    return [
      {
        kind: "gone",
        providerService,
        type: service.type,
        known: { id: service.id, version: service.version },
        copies: 0,
        before,
        after: { ...before, isEnabled: isMine, listing: "gone" },
        brake: undefined,
        note: isMine ? "stays on sale: its status is your own" : undefined,
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
  if (list.services.length === 0 && !services.some(isListedIn(list))) {
    brakes.push("no row of the list can be sold");
  }
  const onSale = services.filter(
    ({ isEnabled, listing, providerService }) =>
      isEnabled && listing === "listed" && providerService !== undefined,
  ).length;
  const lost = changes.filter(({ after }) => after && offListings.has(after.listing));
  if (lost.length * 100 > onSale * input.brakes.vanishPercent) {
    const why = lost.some(({ kind }) => kind === "unfit")
      ? "are gone, have no price or no bounds"
      : "are gone or have no price";
    brakes.push(
      `${lost.length} of ${onSale} services on sale ${why}: ` +
        `more than ${input.brakes.vanishPercent} %`,
    );
  }
  return brakes;
}

/**
 * True for what is sold from a row with a price, even where the row cannot be sold as it is listed.
 */
function isListedIn({ unfit }: ServiceList): (service: Service) => boolean {
  const priced = new Set(unfit.filter(isPriced).map(({ providerService }) => providerService));
  return ({ providerService }) => providerService !== undefined && priced.has(providerService);
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
  readonly listed: ListedService | PricedService;
  readonly copies?: number;
  readonly service?: Service;
  readonly before?: Offer;
  readonly after?: Offer;
  readonly brake?: string | undefined;
  readonly note?: string;
}): Planned {
  const { kind, listed, service, copies = 0, before, after, brake, note } = parts;
  const known = service && { id: service.id, version: service.version };
  const { providerService } = listed;
  const type = listed.type ?? service?.type ?? "";
  return {
    kind: "change",
    change: { kind, providerService, type, known, copies, before, after, brake, note },
  };
}
