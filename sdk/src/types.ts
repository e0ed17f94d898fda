/**
 * The id of a service, an order or a refill: a number wherever it is a whole one up to 2^53,
 * which it always is at Panelwright. Panels with other ids get their own text
 * back.
 */
export type Id = number | string;

/** Money as an exact decimal, such as `"0.27819"`. Never convert it to a float. */
export type Decimal = string;

/** The types of services that panels know; each asks for fields of its own. */
export const serviceTypes = [
  "Default",
  "Package",
  "Custom Comments",
  "Custom Comments Package",
  "Mentions",
  "Mentions with Hashtags",
  "Mentions Custom List",
  "Mentions Hashtag",
  "Mentions User Followers",
  "Mentions Media Likers",
  "Comment Likes",
  "Comment Replies",
  "Poll",
  "Subscriptions",
  "Invites from Groups",
  "SEO",
  "Web Traffic",
  "Special (1DG)",
  "Special 1 (1DG)",
] as const;

export type ServiceType = (typeof serviceTypes)[number];

/** A row of the price list. What a panel leaves out is `null`. */
export type Service = {
  readonly service: Id;
  readonly name: string;
  /** As most panels spell it; an unknown type stays as this panel spells it. */
  readonly type: ServiceType | (string & {});
  readonly category: string;
  /** Price of 1000; of one whole order for `Package` and `Custom Comments Package`. */
  readonly rate: Decimal;
  readonly min: number | null;
  readonly max: number | null;
  readonly dripfeed: boolean | null;
  readonly refill: boolean | null;
  readonly cancel: boolean | null;
  readonly description: string | null;
};

/** States of an order; `Active`, `Paused` and `Expired` are a subscription's. */
export const orderStatuses = [
  "Pending",
  "Processing",
  "In progress",
  "Completed",
  "Partial",
  "Canceled",
  "Active",
  "Paused",
  "Expired",
] as const;

/** `Unknown`: the panel uses a word of its own; `statusText` has it. */
export type OrderStatus = (typeof orderStatuses)[number] | "Unknown";

export type OrderState = {
  readonly status: OrderStatus;
  /** The word as the panel sent it. */
  readonly statusText: string;
  /** What the order costs now: it becomes less when something is given back. */
  readonly charge: Decimal | null;
  /** The panel's, or otherwise the `currency` that `openPanel` was given. */
  readonly currency: string | null;
  /** `null` until it is known. */
  readonly startCount: number | null;
  /** Negative if more was delivered than ordered. */
  readonly remains: number | null;
  /** Of a subscription or a drip-feed: the orders that it has created so far. */
  readonly orders?: readonly Id[];
  /** Of a subscription: how many posts it is for, and its last day as the panel writes it. */
  readonly posts?: number | null;
  readonly expiry?: string | null;
  /** Of a subscription: why its feed cannot be read, and how many entries of it name no post. */
  readonly feedProblem?: string | null;
  readonly feedSkipped?: number | null;
  /** Of a drip-feed. */
  readonly runs?: number | null;
};

/** An order of `orders()`, an addition of Panelwright that some other panels have too. */
export type ListedOrder = OrderState & {
  readonly order: Id;
  readonly service: Id | null;
  readonly link: string;
  readonly quantity: number | null;
  readonly requestId: string | null;
  /** As the panel writes it: ISO 8601 at Panelwright. */
  readonly date: string | null;
};

/** States of a refill; `Unknown`: the panel says a word of its own, which is in `statusText`. */
export const refillStatuses = ["Pending", "In progress", "Completed", "Rejected", "Error"] as const;

export type RefillStatus = (typeof refillStatuses)[number] | "Unknown";

export type RefillState = { readonly status: RefillStatus; readonly statusText: string };

/** States of a request to cancel an order; `Unknown`: a word of the panel's own, in `statusText`. */
export const cancelStatuses = ["Pending", "Completed", "Rejected"] as const;

export type CancelStatus = (typeof cancelStatuses)[number] | "Unknown";

export type CancelState = {
  readonly status: CancelStatus;
  readonly statusText: string;
  /** Of a rejected one: why. */
  readonly reason: string | null;
};

/** `known`: it was announced before, and is not ordered a second time. */
export type AnnouncedPost = { readonly post: "taken" | "known" };

/** A placed order. `requestId` is what makes it safe to send the same order again. */
export type PlacedOrder = { readonly order: Id; readonly requestId: string };

/** A refill that was taken; `refill` is `null` at panels that give it no id. */
export type TakenRefill = { readonly refill: Id | null };

export type Balance = { readonly balance: Decimal; readonly currency: string | null };

/** Something that happened on your account, in the order in which it happened. */
export type Change = {
  /** Where to continue: keep the cursor of the last change that you have handled. */
  readonly cursor: string;
  /** What happened, such as `order.updated`. */
  readonly event: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type Changes = {
  readonly changes: readonly Change[];
  /** Where the next question goes on; of the last change, or the one that was asked with. */
  readonly cursor: string | null;
  readonly hasMore: boolean;
};

/** A digital product of panels that have them (1DG and its relatives). */
export type Product = {
  readonly product: Id;
  readonly name: string;
  readonly category: string;
  readonly type: string;
  /** Price of one item. */
  readonly rate: Decimal;
  readonly min: number | null;
  readonly max: number | null;
  /** What an order has to answer, in words; `null`: nothing. */
  readonly require: string | null;
  readonly isInStock: boolean;
  /** `null` if the panel counts no stock. */
  readonly inventory: number | null;
  readonly description: string | null;
  /** For how many days an item that does not work is replaced or refunded; `null`: not known. */
  readonly warrantyDays: number | null;
  /** What an item costs from a certain quantity on, if that is less. */
  readonly discounts: readonly { readonly quantity: number; readonly rate: Decimal }[];
};

export type ProductOrderState = {
  readonly status: OrderStatus;
  readonly statusText: string;
  readonly charge: Decimal | null;
  readonly remains: number | null;
  /** What was delivered, line by line. */
  readonly result: readonly string[];
  readonly note: string | null;
};

/** The words for the state of a claim; `Unknown` is every other word. */
export const claimStatuses = ["Open", "Replaced", "Refunded", "Rejected"] as const;

export type ClaimStatus = (typeof claimStatuses)[number] | "Unknown";

export type ClaimState = {
  readonly status: ClaimStatus;
  /** The panel's own word. */
  readonly statusText: string;
  /** What the panel's staff say to it. */
  readonly note: string | null;
};
