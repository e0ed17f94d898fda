// Made from the migrations by `npm run schema`: change those, never this file.
// Long because: it has every table.

/** Of every table and view: the type of its rows, as they are read. */
export type SchemaRows = {
  readonly accounts: AccountsRow;
  readonly answered_requests: AnsweredRequestsRow;
  readonly api_keys: ApiKeysRow;
  readonly attempts: AttemptsRow;
  readonly audit_entries: AuditEntriesRow;
  readonly caller_changes: CallerChangesRow;
  readonly cancels: CancelsRow;
  readonly catalog_events: CatalogEventsRow;
  readonly catalog_state: CatalogStateRow;
  readonly categories: CategoriesRow;
  readonly custom_rates: CustomRatesRow;
  readonly customers: CustomersRow;
  readonly desk_entries: DeskEntriesRow;
  readonly event_streams: EventStreamsRow;
  readonly events: EventsRow;
  readonly feed_hosts: FeedHostsRow;
  readonly feed_reservations: FeedReservationsRow;
  readonly hold_rules: HoldRulesRow;
  readonly hold_rules_state: HoldRulesStateRow;
  readonly ledger_entries: LedgerEntriesRow;
  readonly link_reservations: LinkReservationsRow;
  readonly low_balance_marks: LowBalanceMarksRow;
  readonly mirrored_posts: MirroredPostsRow;
  readonly order_batches: OrderBatchesRow;
  readonly order_changes: OrderChangesRow;
  readonly orders: OrdersRow;
  readonly payment_references: PaymentReferencesRow;
  readonly postings: PostingsRow;
  readonly processes: ProcessesRow;
  readonly product_attempts: ProductAttemptsRow;
  readonly product_categories: ProductCategoriesRow;
  readonly product_claims: ProductClaimsRow;
  readonly product_counts: ProductCountsRow;
  readonly product_discounts: ProductDiscountsRow;
  readonly product_items: ProductItemsRow;
  readonly product_order_changes: ProductOrderChangesRow;
  readonly product_orders: ProductOrdersRow;
  readonly product_rates: ProductRatesRow;
  readonly product_tasks: ProductTasksRow;
  readonly product_uploads: ProductUploadsRow;
  readonly products: ProductsRow;
  readonly provider_calls: ProviderCallsRow;
  readonly provider_services: ProviderServicesRow;
  readonly provider_states: ProviderStatesRow;
  readonly providers: ProvidersRow;
  readonly refills: RefillsRow;
  readonly schedules: SchedulesRow;
  readonly schema_migrations: SchemaMigrationsRow;
  readonly service_figures: ServiceFiguresRow;
  readonly service_sources: ServiceSourcesRow;
  readonly services: ServicesRow;
  readonly settings: SettingsRow;
  readonly stuck_mutes: StuckMutesRow;
  readonly subscription_posts: SubscriptionPostsRow;
  readonly sync_changes: SyncChangesRow;
  readonly sync_runs: SyncRunsRow;
  readonly sync_terms: SyncTermsRow;
  readonly tasks: TasksRow;
  readonly transaction_marks: TransactionMarksRow;
  readonly velocity_reservations: VelocityReservationsRow;
  readonly webhook_attempts: WebhookAttemptsRow;
  readonly webhook_endpoints: WebhookEndpointsRow;
  readonly webhook_positions: WebhookPositionsRow;
};

/**
 * The accounts that hold money. The row is locked while postings are written, but they never update
 * it: the balance is `balance_after` of the last posting. So a long snapshot (a backup) does not
 * bloat the table.
 */
export type AccountsRow = {
  readonly id: number;
  /**
   * `customer`; `provider`, whose balance is what was spent there, below zero; or `test`, which
   * holds play money.
   */
  readonly kind: "customer" | "provider" | "test";
  readonly currency: string;
  /** The lowest balance that a debit may leave. */
  readonly balance_floor: string;
  readonly created_at: Date;
};

/**
 * The answer to each request that has a request id of the customer's own, kept forever: the same
 * request sent again gets the same answer. Request ids of orders are stored with the orders.
 */
export type AnsweredRequestsRow = {
  readonly account_id: number;
  readonly action: "refill" | "cancel" | "new_post" | "claim_product_order";
  readonly request_id: string;
  /** The hash of the whole request. */
  readonly request_hash: string;
  /** What was done, by its subject (such as the number of an order). Refusals are not stored. */
  readonly answers: unknown;
  readonly created_at: Date;
};

/** What a program acts with for a customer. The key itself is stored nowhere. */
export type ApiKeysRow = {
  readonly id: number;
  readonly account_id: number;
  readonly key_hash: Buffer;
  /** The last characters, so that a person can tell keys apart. */
  readonly hint: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Null: the panel's own dialect. */
  readonly dialect: string | null;
  /** The addresses and networks that the key may be used from; empty: any. */
  readonly ip_allow: readonly string[];
  /** Requests per second; null: the limit in the settings; 0: no limit. */
  readonly rate_limit: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  /**
   * Counts the changes of the key. A process that knows an older count reads the key again before
   * it acts.
   */
  readonly version: number;
  readonly created_at: Date;
};

/**
 * One try to place an order at a provider. The row is committed before the call, so an attempt that
 * has no end and whose worker is gone has an unknown outcome.
 */
export type AttemptsRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_service: string | null;
  /** Our own id for the try. A provider that supports request ids places it only once. */
  readonly request_id: string;
  /** In the provider's currency; null if unknown. */
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | "by_hand" | null;
  /** What a refusal is about. */
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  /** The number of the order at the provider. */
  readonly provider_order: string | null;
  /** How an unknown outcome was settled; `settled_by` says by whom. */
  readonly settled_as: "accepted" | "refused" | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
  /**
   * Our last reported balance before the try, in the provider's currency; set if the outcome is
   * unknown.
   */
  readonly balance_before: string | null;
  readonly balance_before_at: Date | null;
  /**
   * How many tries had got the same `provider_order` before: 0, unless staff know that the provider
   * reuses its numbers, and say so.
   */
  readonly number_reuse: number | null;
};

/** Who changed what, with the values before and after, but without secrets. Never changed. */
export type AuditEntriesRow = {
  readonly id: number;
  readonly at: Date;
  /** The actor as text: `customer:7 key:3`, `cli:root`, or the name of a job. */
  readonly actor: string;
  readonly action: string;
  /** What was changed: `order:7`, `setting:currency`. */
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly actor_kind:
    | "staff"
    | "operator_key"
    | "customer"
    | "api_key"
    | "system"
    | "command_line";
  /**
   * The id of the staff member, key or customer's account; null for jobs and users of the machine.
   */
  readonly actor_id: number | null;
  /** The client's network address. */
  readonly address: string | null;
  /** The id of the request in the log. */
  readonly request_id: string | null;
  /** The reason, as the actor gave it. */
  readonly reason: string | null;
};

/**
 * One row with a stamp. Every change of a key or of a customer's status replaces the stamp in its
 * own transaction. While the stamp is unchanged, every caller that was found valid under it still
 * is, so the hot path reads it instead of key and customer.
 */
export type CallerChangesRow = {
  readonly only_row: boolean;
  /**
   * Random, so that no other history of this database (a server that took over and lost the last
   * transactions) can arrive at the same stamp.
   */
  readonly stamp: string;
};

/** A request to cancel an order. */
export type CancelsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly order_id: number;
  readonly status: "pending" | "completed" | "rejected";
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** The provider that was asked; null if staff carry it out. */
  readonly provider_id: number | null;
  /** When the provider accepted the request. What came of it shows later in the order. */
  readonly sent_at: Date | null;
  /** When the next step for it is due; null: no further step happens by itself. */
  readonly due_at: Date | null;
  readonly lease: string | null;
  /** Consecutive tries without a result. */
  readonly attempts: number;
  readonly deadline_at: Date | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  /** Why it was rejected, for the customer. */
  readonly reason: "provider_refused" | "deadline" | "order_completed" | "staff" | null;
  /** Who asked for it: `customer:7 key:3`, or a staff member. */
  readonly asked_by: string | null;
};

/**
 * Events that concern everybody, stored once. What a customer is told is derived from the
 * customer's own prices. Numbered under the lock of `catalog_state`.
 */
export type CatalogEventsRow = {
  readonly seq: number;
  readonly kind: string;
  readonly service_id: number | null;
  /** The list price after the change. */
  readonly rate: string | null;
  /** The list price before the change. */
  readonly rate_before: string | null;
  readonly product_id: number | null;
  /** How many items there are; null if unknown. */
  readonly inventory: number | null;
  readonly created_at: Date;
};

/**
 * One row: the version of the price list. Every change of a category or service takes the next
 * number from here under the row's lock, so that versions become visible in order.
 */
export type CatalogStateRow = {
  readonly only_row: boolean;
  readonly version: number;
};

/** Groups of services, as customers see them. */
export type CategoriesRow = {
  readonly id: number;
  readonly name: string;
  readonly position: number;
  readonly created_at: Date;
};

/** A customer's own price of one service: a fixed rate, or per cent of the list price. */
export type CustomRatesRow = {
  readonly account_id: number;
  readonly service_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

/**
 * The customers. A test account has its customer's terms and prices, but its own money and orders,
 * which are play. It has no email address, because nobody signs in to it.
 */
export type CustomersRow = {
  readonly account_id: number;
  /** Null for a test account. */
  readonly email: string | null;
  readonly status: "active" | "suspended";
  readonly discount_percent: string;
  /**
   * Counts the changes of this customer's own prices. An order priced at another count is priced
   * again before it is taken.
   */
  readonly price_version: number;
  readonly created_at: Date;
  /** The customer that this test account belongs to; null for a real customer. */
  readonly test_of: number | null;
};

/** What waits for a decision of staff, and what was decided. */
export type DeskEntriesRow = {
  readonly account_id: number;
  readonly id: number;
  readonly order_id: number;
  readonly reason:
    | "unknown"
    | "failed"
    | "completed_short"
    | "went_back"
    | "forgotten"
    | "partial_unclear"
    | "status_unknown"
    | "link_waits"
    | "accepted_late"
    | "post_unclear"
    | "unreadable"
    | "cost_unclear";
  /** The facts when the entry was made. */
  readonly note: string | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly decision: string | null;
};

/** The accounts whose events are recorded, because somebody asks for them or has them sent. */
export type EventStreamsRow = {
  readonly account_id: number;
  /**
   * Part of every cursor: a cursor from before a pause in the recording, or from before a restore,
   * is not accepted.
   */
  readonly epoch: string;
  /** All events up to this number were deleted, or were never recorded. */
  readonly base_seq: number;
  readonly followed_until: Date;
};

/**
 * What a customer is told. Numbered under the account's lock, like postings: events become visible
 * in the order of their numbers, so that a reader who continues from a number never misses one.
 */
export type EventsRow = {
  readonly account_id: number;
  readonly seq: number;
  /**
   * An event about a service's price is stored here if the price is the customer's own; see
   * `catalog_events`.
   */
  readonly kind: string;
  readonly order_id: number | null;
  /** Amounts are decimals, and statuses are the database's words. */
  readonly data: unknown;
  readonly created_at: Date;
};

/** When each host may next be asked for a feed. */
export type FeedHostsRow = {
  readonly host: string;
  readonly next_at: Date;
};

/**
 * The reservations of subscriptions with a feed that are being placed or have had no turn yet, so
 * that no customer or host gets one too many. From the first turn on, the row in `schedules` is
 * counted instead.
 */
export type FeedReservationsRow = {
  readonly account_id: number;
  readonly reservation: string;
  readonly host: string;
  readonly order_id: number | null;
  readonly reserved_at: Date;
};

/** The rules that refuse a new order, or hold it for a review; one per row. */
export type HoldRulesRow = {
  readonly id: number;
  readonly kind: "deny_link" | "allow_host" | "same_link" | "first_deposit" | "velocity";
  readonly decision: "refuse" | "hold";
  /** Null: applies to orders of every service. */
  readonly service_id: number | null;
  /** What this kind of rule needs; read by the code that compiles the rule. */
  readonly settings: unknown;
  /** For staff only; customers read a neutral text. */
  readonly reason: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
};

/**
 * One row, whose version goes up with every change of the rules, so that processes can tell that
 * nothing changed without reading all rules.
 */
export type HoldRulesStateRow = {
  readonly only_row: boolean;
  readonly version: number;
};

/**
 * The two sides of each posting, for reports and for people who reconcile. Play money has counter
 * accounts of its own.
 */
export type LedgerEntriesRow = {
  readonly account_id: number | null;
  readonly seq: number | null;
  readonly created_at: Date | null;
  readonly kind:
    | "deposit"
    | "charge"
    | "refund"
    | "adjustment"
    | "bonus"
    | "cost"
    | "cost_refund"
    | null;
  readonly order_id: number | null;
  readonly currency: string | null;
  readonly account: string | null;
  readonly amount: string | null;
  readonly product_order_id: number | null;
};

/**
 * The links that a customer has an order for, for services with a same-link rule. The primary key
 * decides between processes that take orders for one link at the same moment.
 */
export type LinkReservationsRow = {
  readonly account_id: number;
  readonly service_id: number;
  /** The first half of the SHA-256 of the normalised link. */
  readonly link_key: string;
  /** The id of the try that has reserved the link. */
  readonly reservation: string;
  /**
   * The link as it was ordered. It is used to find the order if the process died before it could
   * store the order's id.
   */
  readonly link: string;
  readonly order_id: number | null;
  readonly reserved_at: Date;
  readonly until: Date;
  /**
   * The requests in progress that share the reservation: the same request sent twice has one. A
   * reservation without an order and without holders is free.
   */
  readonly holders: readonly string[];
};

/** The balance below which a customer is notified, once each time. */
export type LowBalanceMarksRow = {
  readonly account_id: number;
  readonly mark: string;
  /**
   * True: the customer was notified, and is not notified again until the balance was back at or
   * above the mark.
   */
  readonly is_low: boolean;
};

/**
 * The orders that a provider made for a subscription that it runs. Each of its numbers stands for
 * one post of one subscription.
 */
export type MirroredPostsRow = {
  readonly provider_id: number;
  readonly provider_order: string;
  readonly account_id: number;
  /** The subscription. */
  readonly order_id: number;
  /** The order in which posts were seen. */
  readonly number: number;
  /**
   * `new`: the quantity is not known yet; `unclear`: staff have to give it; `waiting`: waits for
   * its order; `ordered`: has its order; `void`: ended at the provider before anything was charged.
   */
  readonly status: "new" | "unclear" | "waiting" | "ordered" | "void";
  readonly quantity: number | null;
  /** Why the quantity is unknown. */
  readonly problem: string | null;
  /** Answers that did not reveal the quantity. */
  readonly tries: number;
  readonly run: number | null;
  readonly seen_at: Date;
};

/**
 * The answer to a batch of orders, kept for a while. A process that lost the answer to its COMMIT
 * looks here before it does anything else.
 */
export type OrderBatchesRow = {
  readonly id: string;
  readonly outcomes: readonly string[];
  readonly order_ids: readonly number[];
  readonly created_at: Date;
};

/** Every change of an order's state, with the values before it. Never changed or removed. */
export type OrderChangesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly id: number;
  readonly at: Date;
  /** `provider:3`, `customer:7 key:3`, a staff member, or `panel`. */
  readonly actor: string;
  readonly status_before:
    | "pending"
    | "processing"
    | "in_progress"
    | "completed"
    | "partial"
    | "canceled";
  readonly status: "pending" | "processing" | "in_progress" | "completed" | "partial" | "canceled";
  readonly start_count_before: number | null;
  readonly start_count: number | null;
  readonly remains_before: number;
  readonly remains: number;
  readonly refunded_before: string;
  /** The sum of all refunds so far. */
  readonly refunded: string;
};

/** One purchase of a service per row. */
export type OrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly service_id: number;
  /** The provider that carries it out. */
  readonly provider_id: number;
  /** The API key that ordered it; null: the panel itself. */
  readonly key_id: number | null;
  readonly quantity: number;
  readonly start_count: number | null;
  readonly remains: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly status: "pending" | "processing" | "in_progress" | "completed" | "partial" | "canceled";
  /** For a drip-feed: the number of runs; `interval_minutes` is the time between them. */
  readonly runs: number | null;
  readonly interval_minutes: number | null;
  /** The price per 1000 (per order for the Package types), frozen. */
  readonly rate: string;
  readonly charge: string;
  /** The sum of all refunds so far. */
  readonly refunded: string;
  readonly link: string;
  /** The values that the service's type needs besides link and quantity; null if it needs none. */
  readonly fields: unknown;
  /** What the service is called at the provider. */
  readonly provider_service: string | null;
  /** The number of the order at the provider. */
  readonly provider_order: string | null;
  /** A note for the customer. */
  readonly note: string | null;
  /** The customer's own request id for the `add`. */
  readonly request_id: string | null;
  /** The hash of the whole request. */
  readonly request_hash: string | null;
  /** What the provider is expected to charge, in the panel's currency; null if unknown. */
  readonly cost: string | null;
  /** What the provider has charged, as far as it has said; changes only together with a posting. */
  readonly booked_cost: string;
  /** The number of those postings. */
  readonly cost_bookings: number;
  /** When delivery was first seen to have begun. */
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** The drip-feed or subscription that made this order. */
  readonly parent_id: number | null;
  /** The number of this run in its parent, from 1; each run is made only once. */
  readonly run: number | null;
  /** The origin of the order. */
  readonly source: "api" | "web" | "mass" | "drip_feed" | "subscription" | "refill";
  /** Why the order waits for a review; customers see Pending. */
  readonly held: string | null;
};

/**
 * References of what operators book by hand. Each names one movement of money in the whole panel,
 * no matter for which customer it was booked or how it is written. Play money has no references.
 */
export type PaymentReferencesRow = {
  /**
   * The reference, folded: the same for all spellings that people would take for the same
   * reference.
   */
  readonly folded: string;
  /**
   * Empty for the first booking under the reference; otherwise the folded reason for booking it
   * again.
   */
  readonly again: string;
  readonly account_id: number;
  /** The idempotency key of the posting, which is the reference as it was written. */
  readonly idempotency_key: string;
  /** The reason for booking it again, as it was written. */
  readonly reason: string | null;
  readonly booked_at: Date;
};

/**
 * One movement of money per row, balanced by construction: `amount` is positive, `direction` says
 * whether it goes to the account (1) or from it (-1), and the counter account takes the opposite.
 * Never changed or removed.
 */
export type PostingsRow = {
  readonly account_id: number;
  /**
   * Numbers the postings of an account without gaps, so that two writers that continue from the
   * same posting cannot both commit.
   */
  readonly seq: number;
  readonly order_id: number | null;
  readonly created_at: Date;
  readonly kind: "deposit" | "charge" | "refund" | "adjustment" | "bonus" | "cost" | "cost_refund";
  readonly counter: "cash" | "revenue" | "adjustments" | "bonuses" | "purchases";
  readonly direction: number;
  readonly amount: string;
  readonly balance_after: string;
  /** The floor of the account when this was posted. */
  readonly balance_floor: string;
  /** Names the movement, so that it happens only once in its account. */
  readonly idempotency_key: string;
  readonly note: string | null;
  readonly product_order_id: number | null;
};

/** The processes that are running for this panel; one that no longer writes here is dead. */
export type ProcessesRow = {
  readonly id: string;
  readonly roles: readonly string[];
  readonly host: string;
  readonly pid: number;
  readonly started_at: Date;
  readonly seen_at: Date;
};

/** One try to place a product order at a provider; the same as `attempts` for orders. */
export type ProductAttemptsRow = {
  readonly account_id: number;
  readonly product_order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_product: string;
  /** Our own id for the try. A provider that supports request ids places it only once. */
  readonly request_id: string;
  /** In the provider's currency; null if unknown. */
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | null;
  /** What a refusal is about. */
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  /** The number of the order at the provider. */
  readonly provider_order: string | null;
  /** How an unknown outcome was settled; `settled_by` says by whom. */
  readonly settled_as: "accepted" | "refused" | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
};

/** Groups of products, as customers see them. */
export type ProductCategoriesRow = {
  readonly id: number;
  readonly name: string;
  readonly position: number;
};

/** A buyer's word that delivered items do not work. */
export type ProductClaimsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_order_id: number;
  /** How many items of the order the claim is about. */
  readonly quantity: number;
  /** The places of those lines, if the buyer named them. */
  readonly places: readonly number[];
  /** The buyer's words, which may contain the lines themselves; sealed for `product-claim:<id>`. */
  readonly sealed_reason: string;
  readonly status: "open" | "replaced" | "refunded" | "rejected";
  /** The words of staff, for the buyer. */
  readonly note: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
};

/**
 * How many items of a product are free. The row is also the lock of the stock: it is locked to take
 * items, add them or give them back, so that the count is exact.
 */
export type ProductCountsRow = {
  readonly product_id: number;
  readonly free: number;
  /** The count last announced to followers of the price list; null: none yet. */
  readonly told: number | null;
  /** Since when the count has been at or below the product's low mark. */
  readonly low_since: Date | null;
};

/** From `quantity_from` items on, each item costs `percent` less. */
export type ProductDiscountsRow = {
  readonly product_id: number;
  readonly quantity_from: number;
  readonly percent: string;
};

/** One line that is, or was, to be delivered. It is sold to one order and never again. */
export type ProductItemsRow = {
  readonly id: number;
  readonly product_id: number;
  /**
   * `void`: taken out of the stock unsold. Delivered, but found not to work in a claim: `replaced`
   * if another item was given for it, `returned` if its price was given back.
   */
  readonly state: "free" | "sold" | "replaced" | "returned" | "void";
  readonly origin: "upload" | "provider" | "hand" | "sandbox";
  /** The line, sealed for the purpose `product-item:<digest in hexadecimal>`. */
  readonly sealed: string;
  /** A keyed digest of the line, so that repeated lines are found without decrypting any. */
  readonly digest: Buffer;
  readonly upload_id: number | null;
  readonly account_id: number | null;
  readonly product_order_id: number | null;
  /** The number of the line in its order, from 1. */
  readonly place: number | null;
  /** The claim in which the item was taken back, or in which it was given as a replacement. */
  readonly claim_id: number | null;
  readonly created_at: Date;
  readonly sold_at: Date | null;
};

/** Every change of a product order. Never changed or removed. */
export type ProductOrderChangesRow = {
  readonly account_id: number;
  readonly product_order_id: number;
  readonly id: number;
  readonly at: Date;
  /** `provider:3`, `customer:7 key:3`, a staff member, or `panel`. */
  readonly actor: string;
  /** Null for the change that placed the order. */
  readonly status_before: string | null;
  readonly status: string;
  readonly delivered: number;
  /** The sum of all refunds so far. */
  readonly refunded: string;
  readonly note: string | null;
};

/** One purchase of items of one product per row. */
export type ProductOrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_id: number;
  readonly key_id: number | null;
  readonly source: "api" | "web";
  readonly quantity: number;
  /** How many items the buyer got, including those that were refunded later. */
  readonly delivered: number;
  /**
   * The buyer's answer to the product's question, sealed for the purpose
   * `product-order:<id>:answer`.
   */
  readonly sealed_answer: string | null;
  /** The price of one item, frozen. */
  readonly rate: string;
  readonly charge: string;
  /** The sum of all refunds so far. */
  readonly refunded: string;
  /** What the order is expected to cost us, in the panel's currency. */
  readonly cost: string | null;
  /** How much of the cost was booked; changes only together with a posting. */
  readonly booked_cost: string;
  /** The number of those postings. */
  readonly cost_bookings: number;
  readonly status: "pending" | "in_progress" | "completed" | "partial" | "canceled";
  /** A note for the buyer. */
  readonly note: string | null;
  /** Why the order waits for staff; null: it does not. */
  readonly waits_for:
    | "delivery"
    | "unknown"
    | "failed"
    | "accepted_late"
    | "status_unknown"
    | "short"
    | "repeated"
    | "went_back"
    | "cost_unclear"
    | null;
  /** The facts, for staff. */
  readonly waits_note: string | null;
  readonly waits_since: Date | null;
  readonly provider_id: number | null;
  readonly provider_product: string | null;
  /** The number of the order at the provider. */
  readonly provider_order: string | null;
  /**
   * How many orders had got the same `provider_order` before: 0, unless staff know that the
   * provider reuses its numbers, and say so.
   */
  readonly number_reuse: number | null;
  /** The product's warranty when the order was placed. */
  readonly warranty_days: number;
  /** The customer's own id for the request. */
  readonly request_id: string | null;
  /** The hash of the whole request. */
  readonly request_hash: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
};

/** A customer's own price of one product: a fixed rate, or per cent of the list price. */
export type ProductRatesRow = {
  readonly account_id: number;
  readonly product_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

/** What is still to be done at a provider for a product order; the same as `tasks` for orders. */
export type ProductTasksRow = {
  readonly product_order_id: number;
  readonly account_id: number;
  readonly provider_id: number;
  readonly kind: "send" | "poll" | "reconcile";
  readonly due_at: Date;
  readonly lease: string | null;
  readonly attempts: number;
};

/** One upload of lines for the stock. */
export type ProductUploadsRow = {
  readonly id: number;
  readonly product_id: number;
  readonly at: Date;
  readonly actor: string;
  /** Lines of the file that were new. */
  readonly added: number;
  /** Lines of the file that were known already. */
  readonly repeated: number;
  readonly empty: number;
};

/** The digital goods that are sold by the item. */
export type ProductsRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  readonly description: string;
  /** `auto`: delivered at once, from the stock or by the provider; `service`: delivered by hand. */
  readonly type: "auto" | "service";
  /** The price of one item. */
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  /** What the buyer is asked. */
  readonly question: string | null;
  /** How the answer is checked. */
  readonly question_check: string | null;
  /** `chosen`: only for customers who have a price of their own for it. */
  readonly visibility: "everyone" | "chosen" | "nobody";
  /**
   * True: if the stock is too small for an order, the buyer gets what there is and pays only for
   * that.
   */
  readonly part_delivery: boolean;
  /** The stock counts as low when at most this many items are free. */
  readonly low_mark: number | null;
  readonly warranty_days: number;
  readonly position: number;
  /** The provider that it is bought from; null: it is our own. */
  readonly provider_id: number | null;
  /** What the product is called at the provider. */
  readonly provider_product: string | null;
  /** The provider's price of one item, in its currency. */
  readonly provider_rate: string | null;
  /** The provider's price of one item, in the panel's currency. */
  readonly cost: string | null;
  /** How many items the provider's list says it has; null: it does not say. */
  readonly provider_inventory: number | null;
  /**
   * What is put on the cost to make the rate, as `sellingRate` reads it; null: the rate does not
   * depend on the cost.
   */
  readonly mark_up: unknown;
  /** The lowest margin, used instead of the panel's setting. */
  readonly margin_percent: string | null;
  /** What happens below that margin, used instead of the panel's setting. */
  readonly below_margin: "raise" | "stop" | "allow" | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Every call to a provider, with its answer. Keys are masked before they are stored. */
export type ProviderCallsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly order_id: number | null;
  readonly action: string;
  readonly started_at: Date;
  readonly duration_ms: number;
  /** Null if there was no answer. */
  readonly http_status: number | null;
  readonly request: string;
  readonly answer: string | null;
  readonly outcome: string;
};

/** A provider's list as it was last accepted. */
export type ProviderServicesRow = {
  readonly provider_id: number;
  readonly provider_service: string;
  readonly name: string;
  readonly category: string;
  readonly type: string;
  /** In the provider's currency. */
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string | null;
  /** Null: the service was in the first list already. */
  readonly appeared_at: Date | null;
  readonly changed_at: Date;
  readonly gone_at: Date | null;
};

/** What changes while we deal with a provider, apart from its setup. */
export type ProviderStatesRow = {
  readonly provider_id: number;
  /**
   * Why nothing new is sent to the provider; the reason concerns the provider as a whole, not one
   * order.
   */
  readonly hold_kind: "key" | "funds" | "limit" | "silent" | "operator" | null;
  readonly hold_reason: string | null;
  readonly held_at: Date | null;
  /** When a probe next asks whether the hold can end; null: only an operator ends it. */
  readonly probe_at: Date | null;
  /** Consecutive calls without a readable answer. */
  readonly failures: number;
  /** Our balance there as last reported, in the provider's currency. */
  readonly balance: string | null;
  readonly balance_currency: string | null;
  readonly balance_at: Date | null;
  /** Consecutive questions about the states of orders that brought no answer. */
  readonly poll_failures: number;
  readonly poll_rest_until: Date | null;
  readonly poll_problem: string | null;
  /**
   * What the provider called its currency when an operator last decided which currency it counts
   * in. The same word is not reported again; another one is.
   */
  readonly accepted_currency: string | null;
};

/**
 * The providers that we buy from. `manual` stands for the operator's own hands; `sandbox` only
 * pretends to deliver.
 */
export type ProvidersRow = {
  readonly id: number;
  readonly name: string;
  /** The name that staff see. */
  readonly alias: string;
  /** The way to speak to the provider (`providers/connectors`). */
  readonly connector: string;
  /** The connector's own settings. */
  readonly settings: unknown;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
  readonly base_url: string | null;
  /** The API key, sealed with the panel's encryption key for the purpose `provider:<id>:key`. */
  readonly sealed_key: string | null;
  /** Null: the panel's own currency. */
  readonly currency: string | null;
  /** What one unit of the provider's currency costs in the panel's. */
  readonly exchange_rate: string;
  readonly timeout_ms: number;
  readonly requests_per_second: number;
  readonly parallel_calls: number;
  /** In the provider's currency. */
  readonly low_balance: string | null;
  /** True: the provider may be in a private network, for example on this machine. */
  readonly is_private: boolean;
  /** The ledger account that counts what was bought there; made with the first cost. */
  readonly account_id: number | null;
};

/** A request to refill an order. */
export type RefillsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly order_id: number;
  readonly status: "pending" | "in_progress" | "completed" | "rejected" | "error";
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** The provider that was asked; null if staff carry it out. */
  readonly provider_id: number | null;
  /** The provider's own number for the refill. */
  readonly provider_refill: string | null;
  /** When the next step for it is due; null: no further step happens by itself. */
  readonly due_at: Date | null;
  readonly lease: string | null;
  /** Consecutive tries without a result. */
  readonly attempts: number;
  readonly deadline_at: Date | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  /** Why it was rejected, for the customer. */
  readonly reason: "provider_refused" | "deadline" | "staff" | null;
  /** Who asked for it: `customer:7 key:3`, or a staff member. */
  readonly asked_by: string | null;
  /** The present count, as given by whoever asked. */
  readonly current_count: number | null;
  /** Our own order that delivers the refill. */
  readonly refill_order: number | null;
};

/**
 * One row for each order that makes others, written with its first turn. Its task of kind `run`
 * says when the next turn is due.
 */
export type SchedulesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly kind: "drip_feed" | "subscription";
  /**
   * `stopped`: no more orders are made, and those under way finish normally; `done`: it has ended.
   */
  readonly status: "active" | "paused" | "stopped" | "done";
  /** Why it is paused (`staff`, `customer`, `funds`, …) or was stopped. */
  readonly reason: string | null;
  /** When the next run is due, or when the feed is read next. */
  readonly next_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  /**
   * True: the provider runs it, and its orders and states are taken over here. It has no `run`
   * task.
   */
  readonly is_mirrored: boolean;
  /**
   * For a subscription: where its posts are announced. Null: posts come only from calls by the
   * customer.
   */
  readonly feed_url: string | null;
  /** The host of the feed, as used to count requests. */
  readonly feed_host: string | null;
  /** The ETag of the version that was read last. */
  readonly feed_etag: string | null;
  readonly feed_modified: string | null;
  /** When the feed was last read and understood; null: never. */
  readonly feed_read_at: Date | null;
  /** Consecutive readings that failed. */
  readonly feed_failures: number;
  readonly feed_problem: string | null;
  /** Since when every reading has failed; null: the last one succeeded. */
  readonly feed_failing_since: Date | null;
  /** Entries in the last reading that name no post that could be ordered. */
  readonly feed_skipped: number;
  readonly feed_asked_at: Date | null;
  /** The token of the process that is reading the feed; the lease ends at `next_at`. */
  readonly feed_lease: string | null;
};

/** Which migrations this database has run, each with a checksum of its text. */
export type SchemaMigrationsRow = {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: Date;
};

/**
 * What was measured from a service's own orders of the last 90 days. Seconds and shares are null if
 * there were too few orders.
 */
export type ServiceFiguresRow = {
  readonly service_id: number;
  readonly measured_at: Date;
  readonly ended: number;
  readonly completed: number;
  /** The median of seconds from placing to Completed. */
  readonly finish_median: number | null;
  /** The 95th percentile of the same. */
  readonly finish_95: number | null;
  /** The median of seconds from placing to the first delivery seen. */
  readonly start_median: number | null;
  readonly partial_share: number | null;
  readonly refill_share: number | null;
};

/**
 * Further sources of a service, each tried when the one before it refused. The service's own source
 * (`services.provider_id`) is always first.
 */
export type ServiceSourcesRow = {
  readonly service_id: number;
  readonly provider_id: number;
  readonly provider_service: string;
  readonly position: number;
  /** Per 1000 (per order for the Package types), in the provider's currency. */
  readonly provider_rate: string | null;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
};

/**
 * The services on sale: their terms and prices, their first source, which fields follow the
 * provider, and how their orders are refilled.
 */
export type ServicesRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  /** The name of the type on the wire (`orders/service-types`). */
  readonly type: string;
  /** The list price: per 1000, or per order for the Package types. */
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string;
  readonly status: "enabled" | "disabled";
  readonly position: number;
  /** The provider of the service's own source, which comes first. */
  readonly provider_id: number;
  /** What the service is called at that provider. */
  readonly provider_service: string | null;
  /** What it costs there, in the provider's currency. */
  readonly provider_rate: string | null;
  /** The version of the price list in which the service last changed. */
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Which source is tried first: the first in position, or the cheapest. */
  readonly routing: "preference" | "price";
  /** The fields that the provider decides; all others are the operator's own. */
  readonly follows: readonly string[];
  /** The service's own mark-up, used instead of the provider's. */
  readonly mark_up: unknown;
  /**
   * What the provider's list says about the service. If its status follows the provider, every
   * value but `listed` has switched it off: `gone` is missing from the list, `unpriced` has no
   * usable price, `unfit` lacks a usable bound that it follows, `withdrawn` came with an import
   * that was undone.
   */
  readonly listing: "listed" | "gone" | "unpriced" | "unfit" | "withdrawn";
  /** The lowest margin, used instead of the panel's setting. */
  readonly margin_percent: string | null;
  /** What happens below that margin, used instead of the panel's setting. */
  readonly below_margin: "raise" | "stop" | "allow" | null;
  /**
   * True: a drip-feed or subscription is sent to the provider as a whole; false: this panel runs
   * it.
   */
  readonly runs_upstream: boolean;
  /** For how many days after its end an order may be refilled; null: forever; 0: never. */
  readonly refill_days: number | null;
  /** How many hours after its end an order may first be refilled. */
  readonly refill_after_hours: number;
  /** How many hours must lie between two requests. */
  readonly refill_between_hours: number;
  /**
   * The smallest drop that is refilled, if the drop is known; may be combined with
   * `refill_drop_percent`.
   */
  readonly refill_drop_min: number | null;
  readonly refill_drop_percent: number | null;
  readonly refill_by: "provider" | "order" | "hand";
  /** The service that a refill is ordered from if `refill_by` is `order`. */
  readonly refill_service_id: number | null;
  /** The largest share of the delivered quantity that such an order delivers again, in per cent. */
  readonly refill_percent: number | null;
  /** Seconds from placing to Completed, as shown to customers; null if unknown. */
  readonly average_seconds: number | null;
};

/**
 * The settings that operators change while the panel runs; `settings/settings.ts` describes each
 * one.
 */
export type SettingsRow = {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: Date;
};

/** Orders that staff chose to hide from the list of stuck orders. */
export type StuckMutesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
};

/** The posts of a subscription, one row each: how the post was seen and what became of it. */
export type SubscriptionPostsRow = {
  readonly account_id: number;
  readonly order_id: number;
  /** The order in which posts were seen. */
  readonly number: number;
  /**
   * The hash of the post's own id. A post is known if its id, its link or the key of its link is.
   */
  readonly post_hash: Buffer;
  readonly link_hash: Buffer;
  readonly link: string;
  /**
   * `known`: the post existed before, or was found too late; `waiting`: its order is due at
   * `due_at`.
   */
  readonly status: "known" | "waiting" | "ordered";
  /** True: one of the old posts that were requested; these are counted apart. */
  readonly is_old: boolean;
  readonly quantity: number | null;
  readonly due_at: Date | null;
  readonly run: number | null;
  readonly seen_at: Date;
  /** The same for different spellings of one link. */
  readonly link_key: string;
};

/** What a run proposes for one of the provider's services. */
export type SyncChangesRow = {
  readonly run_id: number;
  readonly number: number;
  readonly kind: "new" | "changed" | "returned" | "gone" | "unpriced" | "unfit" | "retyped";
  readonly provider_service: string;
  /** Null if the service is not on sale yet. */
  readonly service_id: number | null;
  /** The version of the service that the plan was based on. */
  readonly service_version: number | null;
  readonly before: unknown;
  /** Null if the change is only reported. */
  readonly after: unknown;
  /** Why this change waits for an operator. */
  readonly brake: string | null;
  readonly note: string | null;
  readonly applied_at: Date | null;
  /**
   * When a higher cost was taken over, ahead of the rest of the change, because the cost is a fact.
   */
  readonly cost_at: Date | null;
  /** The version that the service got from this change. */
  readonly applied_version: number | null;
  readonly undone_at: Date | null;
  /** Why it could not be applied or undone. */
  readonly left_alone: string | null;
  /**
   * How many times the provider's service was already on sale when the plan that adds it (again)
   * was made.
   */
  readonly copies: number;
};

/** One reading of a provider's list: what it proposed, and what became of the proposal. */
export type SyncRunsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly kind: "import" | "sync" | "file";
  /**
   * `planned`: nothing was changed yet; `stopped`: something waits for an operator; `applied`;
   * `undone`; `replaced`: a later run came before this one was applied; `failed`: the list could
   * not be read.
   */
  readonly status: "planned" | "stopped" | "applied" | "undone" | "replaced" | "failed";
  readonly actor: string;
  /** Why the whole run stopped. */
  readonly brakes: readonly string[];
  /** The mark-up of the services that the run adds. */
  readonly mark_up: unknown;
  /** Why the list could not be read, in words. */
  readonly failure: string | null;
  readonly listed: number;
  /** Rows of the list that cannot be sold. */
  readonly refused: unknown;
  /** Assumptions that were made in reading the list. */
  readonly notes: unknown;
  readonly created_at: Date;
  readonly applied_at: Date | null;
  readonly applied_by: string | null;
  readonly undone_at: Date | null;
  readonly undone_by: string | null;
};

/** How a provider's list is imported and synced. */
export type SyncTermsRow = {
  readonly provider_id: number;
  /** The mark-up of every service without one of its own; null until the first import. */
  readonly mark_up: unknown;
  /** Minutes between two syncs; null: the list is synced only on request. */
  readonly sync_minutes: number | null;
  readonly due_at: Date | null;
  /** When the list was last read and accepted. */
  readonly listed_at: Date | null;
  /** How many services the list had then. */
  readonly listed: number;
  /** Maps the provider's words for types to the names on the wire. */
  readonly types: unknown;
  /** The `min` of rows without bounds; `max` likewise. */
  readonly min: number | null;
  readonly max: number | null;
};

/**
 * One row per order that still needs something done. Claiming a task moves `due_at` forward, which
 * is the lease; finishing it requires the lease's token.
 */
export type TasksRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly provider_id: number;
  readonly due_at: Date;
  readonly attempts: number;
  readonly kind: "send" | "poll" | "reconcile" | "run";
  readonly lease: string | null;
  /** How many times in a row the provider said that it does not know the order. */
  readonly misses: number;
};

/**
 * Written as the last step of a transaction, under an id that its process chose. If the answer to
 * the COMMIT is lost, the mark shows whether the transaction was committed.
 */
export type TransactionMarksRow = {
  readonly id: string;
  /** False: somebody looked and found no mark, so the transaction can no longer be committed. */
  readonly is_done: boolean;
  /** By the real clock, because a mark is looked for within seconds. */
  readonly created_at: Date;
};

/** Orders that are being placed, for velocity rules, which count across all processes. */
export type VelocityReservationsRow = {
  readonly account_id: number;
  /** Assigned under the account's lock, so that every higher number has seen all lower ones. */
  readonly number: number;
  readonly charge: string;
  readonly reserved_at: Date;
  /** The same for both copies of a request that was sent twice; they count once. */
  readonly twin: string | null;
};

/** One try to send an event to an endpoint, and the receiver's answer; kept for a while. */
export type WebhookAttemptsRow = {
  readonly id: number;
  readonly endpoint_id: number;
  /** The id by which the receiver knows the event. */
  readonly webhook_id: string;
  readonly kind: string;
  readonly at: Date;
  readonly duration_ms: number;
  /** Null if there was no answer. */
  readonly http_status: number | null;
  /** The beginning of the answer, or why there was none. */
  readonly answer: string;
  readonly is_taken: boolean;
};

/** The addresses of customers that events are sent to. */
export type WebhookEndpointsRow = {
  readonly id: number;
  readonly account_id: number;
  readonly url: string;
  /** The secret, sealed for the purpose `webhook:<id>`. */
  readonly sealed_secret: string;
  /**
   * The previous secret, which also signs until `previous_until`, so that the receiver can change
   * over.
   */
  readonly sealed_previous: string | null;
  readonly previous_until: Date | null;
  /** Which events are sent; empty: all. */
  readonly kinds: readonly string[];
  readonly is_enabled: boolean;
  /** Why the panel switched it off; null if it was not the panel. */
  readonly off_reason: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** How far sending to an endpoint has come. Claiming moves `due_at` forward, which is the lease. */
export type WebhookPositionsRow = {
  readonly endpoint_id: number;
  /** The epoch of the account's event stream. */
  readonly epoch: string;
  /** The number of the account's last event that is done with. */
  readonly seq: number;
  /** The same for the events of the price list. */
  readonly catalog_seq: number;
  readonly due_at: Date;
  readonly lease: string | null;
  /** Consecutive failed tries to send the next event. */
  readonly failures: number;
  readonly failing_since: Date | null;
};
