import type { CustomerPrices } from "#catalog/price.ts";
import type { Context } from "#database/context.ts";
import { listCatalogEvents, listEvents } from "#events/streams.sql.ts";
import type { CatalogEvent, Position } from "#events/streams.sql.ts";
import { listSeenProducts } from "#products/import/list-seen-products.ts";
import type { AccountId, ProductId } from "#values/ids.ts";
import { showAccountEvent, showCatalogEvent } from "./show-event.ts";
import type { PriceList, ShownEvent } from "./show-event.ts";

/** What is needed to tell a customer of events. */
export type Teller = {
  readonly accountId: AccountId;
  readonly currency: string;
  readonly list: PriceList;
  /** The customer's own prices, read when one of them is first needed. */
  readonly prices: () => Promise<CustomerPrices>;
};

/** One event with its position. */
export type Told = {
  /** The position of a reader who has dealt with it. */
  readonly position: Position;
  /**
   * The same whenever the event is told, and to whichever of the customer's endpoints; no other
   * event ever has it.
   */
  readonly id: string;
  /** `undefined`: it does not concern this customer. */
  readonly shown: ShownEvent | undefined;
};

export type Page =
  | { readonly kind: "page"; readonly told: readonly Told[]; readonly hasMore: boolean }
  /** What comes next was deleted in the meantime. */
  | { readonly kind: "gone" };

/**
 * Returns the next events of both streams after a position, at most `limit`: each stream in its own
 * order, the two merged by time.
 */
export async function mergeStreams(
  ctx: Context,
  teller: Teller,
  from: Position,
  limit: number,
): Promise<Page> {
  const own = await listEvents(ctx.db, teller.accountId, from.seq, limit + 1);
  const shared = await listCatalogEvents(ctx.db, from.catalogSeq, limit + 1);
  if (!isGapless(own, from.seq) || !isGapless(shared, from.catalogSeq)) return { kind: "gone" };
  const prices = shared.length === 0 ? undefined : await teller.prices();
  const products = await listSeenProducts(ctx.db, teller.accountId, productsIn(shared));
  const told: Told[] = [];
  let position = from;
  while (told.length < limit) {
    const mine = own[position.seq - from.seq];
    const everybodys = shared[position.catalogSeq - from.catalogSeq];
    if (mine !== undefined && (everybodys === undefined || mine.at <= everybodys.at)) {
      position = { ...position, seq: mine.seq };
      const shown = showAccountEvent(mine, teller.currency);
      told.push({ position, id: eventId(position, `${mine.seq}`), shown });
    } else if (everybodys !== undefined && prices !== undefined) {
      position = { ...position, catalogSeq: everybodys.seq };
      const shown = showCatalogEvent(everybodys, teller.list, prices, products);
      told.push({ position, id: eventId(position, `s${everybodys.seq}`), shown });
    } else break;
  }
  return { kind: "page", told, hasMore: told.length < own.length + shared.length };
}

function productsIn(events: readonly CatalogEvent[]): ProductId[] {
  const ids = events.flatMap((event) =>
    event.kind === "product.stock_changed" ? [event.productId] : [],
  );
  return [...new Set(ids)];
}

/** Streams are numbered without gaps, so a gap means that old events were just deleted. */
function isGapless(events: readonly { readonly seq: number }[], after: number): boolean {
  return events.every((event, index) => event.seq === after + index + 1);
}

// Numbers begin anew with an epoch (after a pause or a restore), and receivers drop ids that they
// know.
function eventId({ epoch }: Position, place: string): string {
  return `evt_${epoch.replaceAll("-", "")}_${place}`;
}
