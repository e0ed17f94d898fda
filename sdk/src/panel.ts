import type { Each } from "./batches.ts";
import type { ActOptions, CallOptions } from "./call-panel.ts";
import type { FollowOptions } from "./follow-changes.ts";
import type { NewOrder } from "./order-fields.ts";
import type {
  AnnouncedPost,
  Balance,
  CancelState,
  Change,
  Changes,
  ClaimState,
  Decimal,
  Id,
  ListedOrder,
  OrderState,
  PlacedOrder,
  Product,
  ProductOrderState,
  RefillState,
  Service,
  TakenRefill,
} from "./types.ts";

export type PanelOptions = {
  /**
   * The address of API v2 as the panel's own page has it, such as `https://panel.example/api/v2`.
   */
  readonly url: string;
  readonly key: string;
  /** Used in place of the runtime's `fetch`: for a proxy, your own headers, a record of calls. */
  readonly fetch?: typeof globalThis.fetch;
  /** For each request, from its first byte to the last of the answer; 30,000 if left out. */
  readonly timeoutMs?: number;
  /** How often a request is sent again when that is safe; 3 if left out. */
  readonly retries?: number;
  /** The first pause before sending again, which then doubles; 250 if left out. */
  readonly backoffMs?: number;
  /** The currency of panels that do not say it with a state or a balance. */
  readonly currency?: string;
  /**
   * Whether the panel takes an order with the same `requestId` once, so that one whose answer was
   * lost may be sent again. Left out, the panel's own `/openapi.json` is asked when it matters;
   * Panelwright says yes there. Say `true` only if you are sure: at a panel that does not, an
   * order could be placed twice.
   */
  readonly honoursRequestId?: boolean;
  /** Ids in one request; 100 if left out. `1` is for panels that take no lists. */
  readonly idsPerRequest?: number;
};

export type ListFilter = {
  /** Only orders from this time on. */
  readonly since?: Date;
  /** Only the order that was placed with this id. */
  readonly requestId?: string;
  /** 1 to 1000; 100 if left out. */
  readonly limit?: number;
};

export type ChangesFilter = { readonly since?: string | undefined; readonly limit?: number };

export type NewProductOrder = {
  readonly product: Id;
  readonly quantity: number;
  /** What the product's `require` asks for. */
  readonly require?: string;
  readonly requestId?: string;
  /** The order is refused if it would cost more. An addition of Panelwright. */
  readonly maxCharge?: Decimal;
};

/** A new post of a subscription. */
export type NewPost = {
  readonly order: Id;
  readonly link: string;
  /** Your own id for the post; its link if left out. */
  readonly id?: string;
  readonly requestId?: string;
};

/** Items of a product order that do not work. */
export type NewClaim = {
  readonly order: Id;
  /** What is wrong with them, for the panel's staff. */
  readonly reason: string;
  /** Which lines of the result, counted from 1; without `items` and `quantity` all of them. */
  readonly items?: readonly number[];
  /** How many of them, if you do not say which. */
  readonly quantity?: number;
  readonly requestId?: string;
};

/**
 * One panel, with the key of one account. Calls throw a PanelError: RefusedError, NotSentError,
 * NoAnswerError, UnreadableError, or, of what changes something, OutcomeUnknownError. Calls with
 * several ids split them into requests and answer in the order of the ids, an error in the place of
 * each id that has one.
 */
export type Panel = {
  /** The price list, at your own rates. A list that has not changed is not fetched again. */
  services(options?: CallOptions): Promise<readonly Service[]>;
  /**
   * Places an order. It is sent again if nothing was done, and, if the panel honours `requestId`,
   * also when its answer was lost; otherwise OutcomeUnknownError says that the outcome is unknown.
   */
  order(order: NewOrder, options?: CallOptions): Promise<PlacedOrder>;
  status(order: Id, options?: CallOptions): Promise<OrderState>;
  statuses(orders: readonly Id[], options?: CallOptions): Promise<readonly Each<OrderState>[]>;
  /** Asks for a refill. When its answer was lost, it is sent again as an order is. */
  refill(order: Id, options?: ActOptions): Promise<TakenRefill>;
  refills(orders: readonly Id[], options?: ActOptions): Promise<readonly Each<TakenRefill>[]>;
  refillStatus(refill: Id, options?: CallOptions): Promise<RefillState>;
  refillStatuses(
    refills: readonly Id[],
    options?: CallOptions,
  ): Promise<readonly Each<RefillState>[]>;
  /**
   * Asks for orders to be cancelled. `true` means only that the request was taken: what
   * became of an order shows in its status. If its answer is lost, it is sent again as an order is.
   */
  cancel(orders: readonly Id[], options?: ActOptions): Promise<readonly Each<true>[]>;
  /** What became of the newest request to cancel an order. An addition of Panelwright. */
  cancelStatus(order: Id, options?: CallOptions): Promise<CancelState>;
  cancelStatuses(
    orders: readonly Id[],
    options?: CallOptions,
  ): Promise<readonly Each<CancelState>[]>;
  balance(options?: CallOptions): Promise<Balance>;
  /** Your orders, newest first: finds one whose answer was lost. An addition of Panelwright. */
  orders(filter?: ListFilter, options?: CallOptions): Promise<readonly ListedOrder[]>;
  /**
   * Announces a post of a subscription. When its answer was lost, it is sent again as an order is. An
   * addition of Panelwright.
   */
  newPost(post: NewPost, options?: CallOptions): Promise<AnnouncedPost>;
  /** What has changed since a cursor, at most `limit` of it. An addition of Panelwright. */
  changes(filter?: ChangesFilter, options?: CallOptions): Promise<Changes>;
  /** Every change since a cursor and then those to come: `for await (const change of …)`. */
  followChanges(options?: FollowOptions): AsyncGenerator<Change, void, undefined>;
  /** Digital products, if the panel sells them. */
  products(options?: CallOptions): Promise<readonly Product[]>;
  /** Like `order`; the order's id counts among product orders only. */
  orderProduct(order: NewProductOrder, options?: CallOptions): Promise<PlacedOrder>;
  productStatus(order: Id, options?: CallOptions): Promise<ProductOrderState>;
  productStatuses(
    orders: readonly Id[],
    options?: CallOptions,
  ): Promise<readonly Each<ProductOrderState>[]>;
  /** What was delivered for a product order, line by line. */
  productResult(order: Id, options?: CallOptions): Promise<readonly string[]>;
  /**
   * Asks for other items, or for their price, if some do not work. Only one claim of an order can be
   * open at a time. When its answer was lost, it is sent again as an order is. An addition of
   * Panelwright.
   */
  claimProduct(claim: NewClaim, options?: CallOptions): Promise<{ readonly claim: Id }>;
  /** What became of a claim; the new lines of one that was replaced are in the order's result. */
  productClaim(claim: Id, options?: CallOptions): Promise<ClaimState>;
  productClaims(claims: readonly Id[], options?: CallOptions): Promise<readonly Each<ClaimState>[]>;
};
