import type { Concern, ProviderFailure } from "./outcome.ts";
import type { OrderStatus } from "#values/order-status.ts";
import type { ProductOrderStatus } from "#values/product-order-status.ts";
import type { OrderId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";
import type { Result } from "#values/result.ts";

/** An order on its way to a provider. */
export type OutgoingOrder = {
  readonly orderId: OrderId;
  /** Our id for this try. A provider that knows request ids places an order once under it. */
  readonly requestId: string;
  /** The provider's own id of the service; `undefined` where the connector needs none. */
  readonly providerService: string | undefined;
  /** The wire name of the service's type, such as `Custom Comments`. */
  readonly type: string;
  readonly link: string;
  /** The charged quantity; in a drip-feed the sum of all its runs. */
  readonly quantity: number;
  readonly runs: number | undefined;
  readonly intervalMinutes: number | undefined;
  /** What the type asks for beyond link and quantity, by our names (`answerNumber`). */
  readonly fields: Readonly<Record<string, unknown>>;
};

/**
 * How an attempt to place an order ended. `unknown` is every other end after the request may have
 * left: the order is never sent again by itself.
 */
export type PlaceOutcome =
  | { readonly kind: "accepted"; readonly providerOrder: string }
  | { readonly kind: "refused"; readonly reason: string; readonly concern: Concern }
  | { readonly kind: "not_sent"; readonly reason: string; readonly retryAfterSeconds?: number }
  | { readonly kind: "unknown"; readonly reason: string }
  /** Nobody is called: an operator carries the order out. */
  | { readonly kind: "by_hand" };

/** What a provider says of one of its orders. */
export type ProviderOrderState =
  | {
      readonly kind: "state";
      /** `undefined` for a word that we do not know; it is never guessed. */
      readonly status: OrderStatus | undefined;
      /** The word as the provider wrote it. */
      readonly word: string;
      readonly startCount: number | undefined;
      /** Negative where more was delivered than ordered. */
      readonly remains: number | undefined;
      /** What the provider charges now, in its own currency. */
      readonly charge: Amount | undefined;
      /** The currency of the charge; left out where the provider names none: then its own. */
      readonly currency?: string;
      /** What was said but cannot be read, by its name on the wire; it stands for no number. */
      readonly unread?: Readonly<Record<string, string>>;
      /** How much was ordered; few providers say it. */
      readonly quantity?: number;
      /** For an order that the provider carries out by orders for posts. */
      readonly subscription?: ProviderSubscription;
    }
  /** It does not know the order (`Incorrect order ID`), or reports another error for it. */
  | { readonly kind: "missing"; readonly reason: string }
  /** It says something about the order that nobody can read. */
  | { readonly kind: "unread"; readonly said: string };

/** What a provider says of a subscription that it runs. */
export type ProviderSubscription = {
  /** `undefined` for a word that we do not know. */
  readonly status: "active" | "paused" | "completed" | "expired" | "canceled" | undefined;
  /** The provider's numbers of the orders that it made for posts, each once. */
  readonly orders: readonly string[];
};

/** One of our orders as the provider lists it (`action=orders`). */
export type FoundOrder = { readonly providerOrder: string; readonly charge: Amount | undefined };

export type ProviderBalance = { readonly balance: Amount; readonly currency: string | undefined };

/** One thing that was found out about a provider. The caller that shows it chooses the words. */
export type Finding = { readonly is: "good" | "bad" | "note" } & Found;

export type Found =
  | { readonly what: "address_not_encrypted" }
  | ({ readonly what: "balance" } & ProviderBalance)
  | { readonly what: "balance_low" }
  | { readonly what: "other_currency"; readonly said: string; readonly expected: string }
  | { readonly what: "services"; readonly count: number }
  | { readonly what: "unknown_order"; readonly reason: string | undefined; readonly how: Known }
  | { readonly what: "request_ids"; readonly isHonoured: boolean; readonly isSet: boolean }
  | {
      readonly what: "no_answer";
      readonly to: "balance" | "services" | "status";
      readonly reason: string;
      readonly advice: ProbeAdvice | undefined;
      readonly timeoutMs: number;
    };

/**
 * How the provider answered for an order that does not exist: as panels do, in another way, or by
 * refusing the call.
 */
type Known = "usual" | "unusual" | "refused";

/** What may be wrong where a question was not answered properly. */
export type ProbeAdvice = "key" | "network" | "address" | "time";

/** What was found out about a provider. `dialect` is in words, where it was recognised. */
export type Probe = {
  readonly dialect: string | undefined;
  readonly findings: readonly Finding[];
  readonly balance: ProviderBalance | undefined;
};

/** The outcome of a request for a refill. `providerRefill` is the provider's id of it. */
export type RefillOutcome =
  | { readonly kind: "taken"; readonly providerRefill: string | undefined }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly failure: ProviderFailure };

export type ProviderRefillState =
  | {
      readonly kind: "state";
      readonly status: "pending" | "in_progress" | "completed" | "rejected" | "error" | undefined;
      readonly word: string;
    }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "unread"; readonly said: string };

/** The outcome of a request to cancel; `taken` does not refund anything yet. */
export type CancelOutcome =
  | { readonly kind: "taken" }
  /** It ended there at once, with `remains` left to deliver. */
  | {
      readonly kind: "ended";
      readonly status: "canceled" | "partial";
      readonly remains: number;
    }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly failure: ProviderFailure };

/** A product as its provider lists it. */
export type ListedProduct = {
  readonly providerProduct: string;
  readonly name: string;
  readonly category: string;
  readonly description: string;
  /** `auto`: delivered at once; `service`: by hand. */
  readonly type: "auto" | "service";
  /** The price of one item, in the provider's currency. */
  readonly rate: Amount;
  readonly min: number;
  readonly max: number;
  /** What its buyer is asked. */
  readonly question: string | undefined;
  /** How many there are; 0 where it says out of stock, `undefined` where it says no number. */
  readonly inventory: number | undefined;
};

export type ProductList = {
  readonly products: readonly ListedProduct[];
  /** Rows that cannot be sold, counted from 1, and why. */
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
};

/** A product order on its way to a provider. */
export type OutgoingProductOrder = {
  /** Ours for this try. A provider that knows request ids places it once under it. */
  readonly requestId: string;
  readonly providerProduct: string;
  readonly quantity: number;
  /** The buyer's answer, unencrypted: it must not reach a log, an error or an answer. */
  readonly answer: string | undefined;
};

/** What a provider says of one of its product orders. The goods are unencrypted. */
export type ProviderProductState =
  | {
      readonly kind: "state";
      /** `undefined` for a word that we do not know; it is never guessed. */
      readonly status: ProductOrderStatus | undefined;
      readonly word: string;
      /** What the provider charges now, in its own currency. */
      readonly charge: Amount | undefined;
      /** As in `ProviderOrderState`. */
      readonly currency?: string;
      readonly unread?: Readonly<Record<string, string>>;
      readonly remains: number | undefined;
      /** For the buyer. */
      readonly note: string | undefined;
      /** The goods as one text, or item by item where the provider lists them that way. */
      readonly result: string | readonly string[] | undefined;
    }
  /** It does not know the order, or reports another error for it. */
  | { readonly kind: "missing"; readonly reason: string }
  /**
   * It says something about the order that nobody can read; it is not quoted, because it may hold
   * goods.
   */
  | { readonly kind: "unread" };

/** Everything that a call needs to know of the provider and the moment. */
export type ProviderCall = {
  /** The connector's own settings, such as field names. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Empty for a connector without remote calls. */
  readonly baseUrl: string;
  /** Unencrypted: it must not reach a log, an error or an answer. */
  readonly key: string;
  readonly timeoutMs: number;
  readonly isPrivate: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Waits for a slot of this provider (requests per second); called before every request. */
  readonly awaitSlot: () => Promise<void>;
  /** Logs a request and its answer for staff. */
  readonly record: (note: CallNote) => void;
};

/** One request to a provider, as `provider log` shows it. Keys are masked before it gets here. */
export type CallNote = {
  readonly action: string;
  readonly orderId: OrderId | undefined;
  readonly durationMs: number;
  readonly httpStatus: number | undefined;
  readonly request: string;
  readonly answer: string | undefined;
  /** `answered`, `refused`, `not_sent` or `unknown`. */
  readonly outcome: "answered" | "refused" | "not_sent" | "unknown";
};

type Answered<Value> = Promise<Result<Value, ProviderFailure>>;

/**
 * The way to speak to one kind of provider. A connector that cannot do something lacks that member;
 * it never has a method that throws. To add one, add a file here and a line in
 * `connectors/index.ts`.
 */
export type ProviderConnector = {
  readonly name: string;
  /** True where a provider of this kind needs an address and a key. */
  readonly isRemote: boolean;
  /** Checks the settings of a provider; a refusal names the setting and what was expected. */
  checkSettings(
    settings: Readonly<Record<string, unknown>>,
  ): Result<
    Readonly<Record<string, unknown>>,
    { readonly setting: string; readonly expected: string }
  >;
  placeOrder(order: OutgoingOrder, call: ProviderCall): Promise<PlaceOutcome>;
  /** How many orders one request may ask for. */
  statesMax(settings: Readonly<Record<string, unknown>>): number;
  /** The states of these orders, by the provider's id; orders without an answer are left out. */
  orderStates(
    providerOrders: readonly string[],
    call: ProviderCall,
  ): Answered<ReadonlyMap<string, ProviderOrderState>>;
  /**
   * Finds the outcome of one of our tries by its request id. `canFind` says whether this provider
   * honours request ids (a setting, because most do not).
   */
  readonly lookup?: {
    canFind(settings: Readonly<Record<string, unknown>>): boolean;
    findOrder(requestId: string, call: ProviderCall): Answered<FoundOrder | undefined>;
  };
  /** The unparsed answer of `action=services`, for `readServiceList`. */
  readonly catalog?: { listServices(call: ProviderCall): Answered<string> };
  readonly account?: { balance(call: ProviderCall): Answered<ProviderBalance> };
  /** Finds out how a provider speaks, using only harmless questions. */
  readonly probe?: { probe(call: ProviderCall): Promise<Probe> };
  readonly refills?: {
    refill(providerOrder: string, call: ProviderCall): Promise<RefillOutcome>;
    refillStates(
      providerRefills: readonly string[],
      call: ProviderCall,
    ): Answered<ReadonlyMap<string, ProviderRefillState>>;
  };
  readonly cancels?: {
    cancel(providerOrder: string, call: ProviderCall): Promise<CancelOutcome>;
  };
  /** Digital goods: lists of products, orders for them, and the goods that they deliver. */
  readonly products?: {
    listProducts(call: ProviderCall): Answered<ProductList>;
    placeProductOrder(
      order: OutgoingProductOrder,
      call: ProviderCall,
    ): Promise<Exclude<PlaceOutcome, { kind: "by_hand" }>>;
    /** True: the same order under the same request id is placed once, however often it is sent. */
    mayRepeat(settings: Readonly<Record<string, unknown>>): boolean;
    /** As `orderStates`. */
    productOrderStates(
      providerOrders: readonly string[],
      call: ProviderCall,
    ): Answered<ReadonlyMap<string, ProviderProductState>>;
    /** The goods of an order item by item; `undefined` where the provider has no such action. */
    listItems(providerOrder: string, call: ProviderCall): Answered<readonly string[] | undefined>;
  };
};
