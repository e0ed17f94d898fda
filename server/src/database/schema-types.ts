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
 * What money stands on. The row is locked while postings are written and never updated by them: the
 * balance is `balance_after` of the last posting, so that a long snapshot (a backup) bloats
 * nothing.
 */
export type AccountsRow = {
  readonly id: number;
  /** Of a customer; of a provider, holding below zero what was spent there; or of play money. */
  readonly kind: "customer" | "provider" | "test";
  readonly currency: string;
  /** The lowest balance that a debit may leave. */
  readonly balance_floor: string;
  readonly created_at: Date;
};

/**
 * What was answered to a request with an id of the customer's own, for good: the same request again
 * is answered the same. The ids of orders stand with the orders.
 */
export type AnsweredRequestsRow = {
  readonly account_id: number;
  readonly action: "refill" | "cancel" | "new_post" | "claim_product_order";
  readonly request_id: string;
  /** Of the whole request. */
  readonly request_hash: string;
  /** What was done, by what it was done for. Refusals are not remembered. */
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
  /** Null: the panel's own. */
  readonly dialect: string | null;
  /** Addresses and networks that it may be used from; empty: from everywhere. */
  readonly ip_allow: readonly string[];
  /** Requests a second; null: as the settings say, 0: without a limit. */
  readonly rate_limit: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  /** Counts changes: a process that holds an older count reads the key again before it acts. */
  readonly version: number;
  readonly created_at: Date;
};

/**
 * One try to place an order at a provider. The row is committed before the call: an attempt without
 * an end whose worker is gone is one of unknown outcome.
 */
export type AttemptsRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_service: string | null;
  /** What we call the try; a provider that knows request ids places it once under it. */
  readonly request_id: string;
  /** In the provider's currency, as far as known. */
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | "by_hand" | null;
  /** Whom a refusal concerns. */
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  /** The order's number there. */
  readonly provider_order: string | null;
  /** How an unknown outcome was settled, and by whom. */
  readonly settled_as: "accepted" | "refused" | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
  /**
   * In the provider's currency, as it was said last before the try; set where the outcome is
   * unknown.
   */
  readonly balance_before: string | null;
  readonly balance_before_at: Date | null;
  /**
   * How many tries had got `provider_order` before: 0, unless staff know that the provider gives
   * its numbers again, and say so.
   */
  readonly number_reuse: number | null;
};

/** Who changed what, with what was before and after and without secrets. Never changed. */
export type AuditEntriesRow = {
  readonly id: number;
  readonly at: Date;
  /** In words: `customer:7 key:3`, `cli:root`, the name of a job. */
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
  /** Of staff, a key, or a customer's account; jobs and users of the machine have no number. */
  readonly actor_id: number | null;
  /** The client's network address. */
  readonly address: string | null;
  /** The request's id in the log. */
  readonly request_id: string | null;
  /** In the words of whoever did it. */
  readonly reason: string | null;
};

/**
 * One row with a stamp, which every change of a key or of a customer's standing replaces in its own
 * transaction. As long as it is the same, whoever was found alive under it still is: the hot path
 * reads it in place of key and customer.
 */
export type CallerChangesRow = {
  readonly only_row: boolean;
  /**
   * Random, so that no other history of this database (a server that took over and lost the last
   * transactions) can come to the same.
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
  /** Whom it was asked of; null where staff carry it out. */
  readonly provider_id: number | null;
  /** When the provider took it. The order itself says later what came of it. */
  readonly sent_at: Date | null;
  /** When something is to be done for it next; null: nothing by itself. */
  readonly due_at: Date | null;
  readonly lease: string | null;
  /** Tries in a row that brought nothing. */
  readonly attempts: number;
  readonly deadline_at: Date | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  /** Why it was not granted, for the customer. */
  readonly reason: "provider_refused" | "deadline" | "order_completed" | "staff" | null;
  /** Who asked for it: `customer:7 key:3`, or a person of staff. */
  readonly asked_by: string | null;
};

/**
 * What concerns everybody, once: what a customer is told follows from the customer's own prices.
 * Numbered under the lock of `catalog_state`.
 */
export type CatalogEventsRow = {
  readonly seq: number;
  readonly kind: string;
  readonly service_id: number | null;
  /** The list price after the change. */
  readonly rate: string | null;
  /** The list price before it. */
  readonly rate_before: string | null;
  readonly product_id: number | null;
  /** How many items there are, as far as known. */
  readonly inventory: number | null;
  readonly created_at: Date;
};

/**
 * One row: the version of the price list. Every change of a category or service takes the next
 * number from here under the row's lock, so that versions become visible in their order.
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

/** A customer's own price of one service: a rate, or a part of the list price. */
export type CustomRatesRow = {
  readonly account_id: number;
  readonly service_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

/**
 * Who buys. A test account has its customer's terms and prices, but money and orders of its own,
 * which are play; it has no address, because nobody signs in as it.
 */
export type CustomersRow = {
  readonly account_id: number;
  /** Null: of a test account. */
  readonly email: string | null;
  readonly status: "active" | "suspended";
  readonly discount_percent: string;
  /**
   * Counts the changes of this customer's own prices; an order priced at another count is priced
   * again before it is taken.
   */
  readonly price_version: number;
  readonly created_at: Date;
  /** The customer whose test account this is. */
  readonly test_of: number | null;
};

/** What waits for a decision of staff, and what became of it. */
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
  /** The facts as they were when it came here. */
  readonly note: string | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly decision: string | null;
};

/** An account whose events are recorded: somebody asks for them, or has them sent. */
export type EventStreamsRow = {
  readonly account_id: number;
  /**
   * Stands in every cursor: a cursor from before a pause in the recording, or from before a
   * restore, is no good.
   */
  readonly epoch: string;
  /** Everything up to this number was deleted, or was never recorded. */
  readonly base_seq: number;
  readonly followed_until: Date;
};

/**
 * What a customer is told. Numbered under the account's lock, like postings: they become visible in
 * the order of their numbers, so that a reader who goes on from a number never skips one.
 */
export type EventsRow = {
  readonly account_id: number;
  readonly seq: number;
  /** The price of a service is one where it is a customer's own; see `catalog_events`. */
  readonly kind: string;
  readonly order_id: number | null;
  /** Amounts as decimals, statuses in the database's words. */
  readonly data: unknown;
  readonly created_at: Date;
};

/** When a host may be asked for a feed again. */
export type FeedHostsRow = {
  readonly host: string;
  readonly next_at: Date;
};

/**
 * Places of subscriptions with a feed that are on their way or have had no turn yet, so that no
 * customer and no host gets one too many. With the first turn the row of `schedules` counts.
 */
export type FeedReservationsRow = {
  readonly account_id: number;
  readonly reservation: string;
  readonly host: string;
  readonly order_id: number | null;
  readonly reserved_at: Date;
};

/** What refuses a new order, or holds it for a review. One row is one rule. */
export type HoldRulesRow = {
  readonly id: number;
  readonly kind: "deny_link" | "allow_host" | "same_link" | "first_deposit" | "velocity";
  readonly decision: "refuse" | "hold";
  /** Null: orders of every service. */
  readonly service_id: number | null;
  /** What its kind needs; read by the program that compiles the rule. */
  readonly settings: unknown;
  /** For staff only; what the customer reads is neutral. */
  readonly reason: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
};

/**
 * One row, raised with every change of the rules, so that processes need not read them all to see
 * that nothing is new.
 */
export type HoldRulesStateRow = {
  readonly only_row: boolean;
  readonly version: number;
};

/**
 * The two sides of each posting, for reports and for people who reconcile. What is played has sides
 * of its own.
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
 * Which link a customer has an order for, for services with a same-link rule. The primary key
 * decides between processes that take orders for one link at the same moment.
 */
export type LinkReservationsRow = {
  readonly account_id: number;
  readonly service_id: number;
  /** SHA-256 of the normalised link, its first half. */
  readonly link_key: string;
  /** Names the try that holds the link. */
  readonly reservation: string;
  /** As it was ordered: finds the order of a process that died before it could note the number. */
  readonly link: string;
  readonly order_id: number | null;
  readonly reserved_at: Date;
  readonly until: Date;
  /**
   * The requests on their way that have the link: one request sent twice shares one reservation. A
   * reservation without an order and without a holder is free.
   */
  readonly holders: readonly string[];
};

/** Below which balance a customer is told, once each time. */
export type LowBalanceMarksRow = {
  readonly account_id: number;
  readonly mark: string;
  /** True: told, until the balance is above it again. */
  readonly is_low: boolean;
};

/**
 * What a provider made for a subscription that it runs: its number stands for one post of one
 * subscription.
 */
export type MirroredPostsRow = {
  readonly provider_id: number;
  readonly provider_order: string;
  readonly account_id: number;
  /** The subscription. */
  readonly order_id: number;
  /** In which order they were seen. */
  readonly number: number;
  /**
   * `new`: its quantity is not known yet; `unclear`: staff have to say it; `waiting`: it waits for
   * its order; `ordered`: it has one; `void`: it came to nothing at the provider before anything
   * was charged.
   */
  readonly status: "new" | "unclear" | "waiting" | "ordered" | "void";
  readonly quantity: number | null;
  /** Why the quantity is not known. */
  readonly problem: string | null;
  /** Answers from which it could not be known. */
  readonly tries: number;
  readonly run: number | null;
  readonly seen_at: Date;
};

/**
 * What a batch of orders was answered, kept for a while: a process that lost the answer of its
 * COMMIT looks here before it does anything else.
 */
export type OrderBatchesRow = {
  readonly id: string;
  readonly outcomes: readonly string[];
  readonly order_ids: readonly number[];
  readonly created_at: Date;
};

/** Every change of where an order stands, with what was before. Never changed or removed. */
export type OrderChangesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly id: number;
  readonly at: Date;
  /** `provider:3`, `customer:7 key:3`, a person of staff, or `panel`. */
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
  /** The sum so far. */
  readonly refunded: string;
};

/** One purchase of a service each. */
export type OrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly service_id: number;
  /** Who carries it out. */
  readonly provider_id: number;
  /** The key that ordered it; null: the panel itself. */
  readonly key_id: number | null;
  readonly quantity: number;
  readonly start_count: number | null;
  readonly remains: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly status: "pending" | "processing" | "in_progress" | "completed" | "partial" | "canceled";
  /** Of a drip-feed: how many runs, and how far apart. */
  readonly runs: number | null;
  readonly interval_minutes: number | null;
  /** The price of 1000 (of one for the Package types), frozen. */
  readonly rate: string;
  readonly charge: string;
  /** The sum so far. */
  readonly refunded: string;
  readonly link: string;
  /** What the service's type asks for beyond link and quantity; null where it asks nothing. */
  readonly fields: unknown;
  /** What the service is called there. */
  readonly provider_service: string | null;
  /** The order's number there. */
  readonly provider_order: string | null;
  /** For the customer. */
  readonly note: string | null;
  /** The customer's own id of the `add`. */
  readonly request_id: string | null;
  /** Of the whole request. */
  readonly request_hash: string | null;
  /** What the provider is expected to charge, in the panel's currency; null where nobody knows. */
  readonly cost: string | null;
  /** What it does charge, as far as it said; moves only together with a posting. */
  readonly booked_cost: string;
  /** How many such postings there are. */
  readonly cost_bookings: number;
  /** When delivery was first seen to have begun. */
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** The drip-feed or subscription that made this order. */
  readonly parent_id: number | null;
  /** Its number there, counted from 1: a run is made once. */
  readonly run: number | null;
  /** Where it came from. */
  readonly source: "api" | "web" | "mass" | "drip_feed" | "subscription" | "refill";
  /** Why it waits for a review; outside it is Pending. */
  readonly held: string | null;
};

/**
 * References of what operators book by hand. One names one movement of money in the whole panel,
 * whoever it was booked for and however it is written. Play money has none.
 */
export type PaymentReferencesRow = {
  /** Folded: the same for everything that people would take for the same reference. */
  readonly folded: string;
  /**
   * Empty: what the reference was booked for. Else the folded reason for which it was booked again.
   */
  readonly again: string;
  readonly account_id: number;
  /** The posting's key, which is the reference as it was written. */
  readonly idempotency_key: string;
  /** Why it was booked again, as it was written. */
  readonly reason: string | null;
  readonly booked_at: Date;
};

/**
 * One movement of money each, balanced by construction: `amount` is positive, `direction` says
 * whether it goes to the account (1) or from it (-1), and the counter account takes the opposite.
 * Never changed or removed.
 */
export type PostingsRow = {
  readonly account_id: number;
  /**
   * Numbers an account's postings without gaps, so that two writers that both continued from the
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
  /** The account's floor as it was then. */
  readonly balance_floor: string;
  /** Names the movement, so that it happens once in its account. */
  readonly idempotency_key: string;
  readonly note: string | null;
  readonly product_order_id: number | null;
};

/** Who is at work on this panel; a process that no longer writes here is dead. */
export type ProcessesRow = {
  readonly id: string;
  readonly roles: readonly string[];
  readonly host: string;
  readonly pid: number;
  readonly started_at: Date;
  readonly seen_at: Date;
};

/** One try to place a product order at a provider, as `attempts` is for orders. */
export type ProductAttemptsRow = {
  readonly account_id: number;
  readonly product_order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_product: string;
  /** What we call the try; a provider that knows request ids places it once under it. */
  readonly request_id: string;
  /** In the provider's currency, as far as known. */
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | null;
  /** Whom a refusal concerns. */
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  /** The order's number there. */
  readonly provider_order: string | null;
  /** How an unknown outcome was settled, and by whom. */
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

/** A buyer says that delivered items do not work. */
export type ProductClaimsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_order_id: number;
  /** How many items of the order it is about. */
  readonly quantity: number;
  /** The places of those lines, where the buyer named them. */
  readonly places: readonly number[];
  /** The buyer's words, which may hold the lines themselves: sealed for `product-claim:<id>`. */
  readonly sealed_reason: string;
  readonly status: "open" | "replaced" | "refunded" | "rejected";
  /** Staff's words, for the buyer. */
  readonly note: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
};

/**
 * How many items of a product are free. The row is the lock of its stock: whoever takes items, adds
 * them or gives them back holds it, so that the count is exact.
 */
export type ProductCountsRow = {
  readonly product_id: number;
  readonly free: number;
  /** What followers of the price list were told last; null: nothing yet. */
  readonly told: number | null;
  /** Since when the count is at or below the product's low mark. */
  readonly low_since: Date | null;
};

/** From so many items on the price of each is so much lower. */
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
   * `void`: taken out of the stock unsold. Delivered, and found not to work by a claim: `replaced`
   * where another item was given for it, `returned` where its price was given back.
   */
  readonly state: "free" | "sold" | "replaced" | "returned" | "void";
  readonly origin: "upload" | "provider" | "hand" | "sandbox";
  /** Sealed for the purpose `product-item:<digest in hexadecimal>`. */
  readonly sealed: string;
  /** A keyed digest of the line, so that repetitions are found without opening anything. */
  readonly digest: Buffer;
  readonly upload_id: number | null;
  readonly account_id: number | null;
  readonly product_order_id: number | null;
  /** Its place among the lines of its order, counted from 1. */
  readonly place: number | null;
  /** The claim that took it back, or that it was given for. */
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
  /** `provider:3`, `customer:7 key:3`, a person of staff, or `panel`. */
  readonly actor: string;
  /** Null where it was placed. */
  readonly status_before: string | null;
  readonly status: string;
  readonly delivered: number;
  /** The sum so far. */
  readonly refunded: string;
  readonly note: string | null;
};

/** One purchase of items of one product each. */
export type ProductOrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_id: number;
  readonly key_id: number | null;
  readonly source: "api" | "web";
  readonly quantity: number;
  /** How many items the buyer got, also where their price came back. */
  readonly delivered: number;
  /** Sealed for the purpose `product-order:<id>:answer`. */
  readonly sealed_answer: string | null;
  /** The price of one item, frozen. */
  readonly rate: string;
  readonly charge: string;
  /** The sum so far. */
  readonly refunded: string;
  /** What it is expected to cost us, in the panel's currency. */
  readonly cost: string | null;
  /** What was booked of it; moves only together with a posting. */
  readonly booked_cost: string;
  /** How many such postings there are. */
  readonly cost_bookings: number;
  readonly status: "pending" | "in_progress" | "completed" | "partial" | "canceled";
  /** For the buyer. */
  readonly note: string | null;
  /** Why it waits for staff; null: it does not. */
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
  /** The facts. */
  readonly waits_note: string | null;
  readonly waits_since: Date | null;
  readonly provider_id: number | null;
  readonly provider_product: string | null;
  /** The order's number there. */
  readonly provider_order: string | null;
  /**
   * How many orders had got `provider_order` before: 0, unless staff know that the provider gives
   * its numbers again, and say so.
   */
  readonly number_reuse: number | null;
  /** As they were when it was placed. */
  readonly warranty_days: number;
  /** The customer's own id of the request. */
  readonly request_id: string | null;
  /** Of the whole request. */
  readonly request_hash: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
};

/** A customer's own price of one product: a rate, or a part of the list price. */
export type ProductRatesRow = {
  readonly account_id: number;
  readonly product_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

/** What is to be done at a provider for a product order, as `tasks` is for orders. */
export type ProductTasksRow = {
  readonly product_order_id: number;
  readonly account_id: number;
  readonly provider_id: number;
  readonly kind: "send" | "poll" | "reconcile";
  readonly due_at: Date;
  readonly lease: string | null;
  readonly attempts: number;
};

/** One upload of stock. */
export type ProductUploadsRow = {
  readonly id: number;
  readonly product_id: number;
  readonly at: Date;
  readonly actor: string;
  /** Lines of the file that were new. */
  readonly added: number;
  /** Lines that were known before. */
  readonly repeated: number;
  readonly empty: number;
};

/** A digital good that is sold by the item. */
export type ProductsRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  readonly description: string;
  /**
   * `auto`: delivered from the stock (or by its provider) at once; `service`: delivered by hand.
   */
  readonly type: "auto" | "service";
  /** The price of one item. */
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  /** What the buyer is asked. */
  readonly question: string | null;
  /** How the answer is checked. */
  readonly question_check: string | null;
  /** `chosen`: those customers who have a price of their own for it. */
  readonly visibility: "everyone" | "chosen" | "nobody";
  /** True: an order that the stock does not fill gets what there is, and pays for that alone. */
  readonly part_delivery: boolean;
  /** So many free items, or fewer, are too few. */
  readonly low_mark: number | null;
  readonly warranty_days: number;
  readonly position: number;
  /** Where it is bought; null: it is our own. */
  readonly provider_id: number | null;
  /** What it is called there. */
  readonly provider_product: string | null;
  /** The price of one item there, in its currency. */
  readonly provider_rate: string | null;
  /** The same in the panel's. */
  readonly cost: string | null;
  /** How many its list says that it has; null: it does not say. */
  readonly provider_inventory: number | null;
  /**
   * What is put on the cost to make the rate, as `sellingRate` reads it; null: the rate is its own.
   */
  readonly mark_up: unknown;
  /** The least margin, in place of the panel's setting. */
  readonly margin_percent: string | null;
  /** What is done below it, in place of the panel's setting. */
  readonly below_margin: "raise" | "stop" | "allow" | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Every call to a provider, with its answer; keys are masked before they come here. */
export type ProviderCallsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly order_id: number | null;
  readonly action: string;
  readonly started_at: Date;
  readonly duration_ms: number;
  /** Null where no answer came. */
  readonly http_status: number | null;
  readonly request: string;
  readonly answer: string | null;
  readonly outcome: string;
};

/** A provider's list as it was last believed. */
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
  /** Null: it stood in the first list already. */
  readonly appeared_at: Date | null;
  readonly changed_at: Date;
  readonly gone_at: Date | null;
};

/** What changes while we deal with a provider, apart from how it was set up. */
export type ProviderStatesRow = {
  readonly provider_id: number;
  /** Why nothing new is sent to it: its answer concerned our account there, not an order. */
  readonly hold_kind: "key" | "funds" | "limit" | "silent" | "operator" | null;
  readonly hold_reason: string | null;
  readonly held_at: Date | null;
  /** When it is asked again whether the hold can end; null: only an operator ends it. */
  readonly probe_at: Date | null;
  /** Calls in a row that brought no readable answer. */
  readonly failures: number;
  /** In the provider's currency, as it said last. */
  readonly balance: string | null;
  readonly balance_currency: string | null;
  readonly balance_at: Date | null;
  /** Questions for the states of orders that brought no answer, in a row. */
  readonly poll_failures: number;
  readonly poll_rest_until: Date | null;
  readonly poll_problem: string | null;
  /**
   * What the provider called its currency when an operator last decided what it counts in: the same
   * word is no surprise any more, another one is.
   */
  readonly accepted_currency: string | null;
};

/**
 * Whom we buy from. `manual` stands for the operator's own hands; `sandbox` pretends to deliver.
 */
export type ProvidersRow = {
  readonly id: number;
  readonly name: string;
  /** As staff see it. */
  readonly alias: string;
  /** The way to speak to it (`providers/connectors`). */
  readonly connector: string;
  /** The connector's own. */
  readonly settings: unknown;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
  readonly base_url: string | null;
  /** Sealed with the panel's encryption key for the purpose `provider:<id>:key`. */
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
  /** True: it may stand in a private network, such as on this machine. */
  readonly is_private: boolean;
  /** The ledger's account of what was bought there; made with the first cost. */
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
  /** Whom it was asked of; null where staff carry it out. */
  readonly provider_id: number | null;
  /** The provider's own number of it. */
  readonly provider_refill: string | null;
  /** When something is to be done for it next; null: nothing by itself. */
  readonly due_at: Date | null;
  readonly lease: string | null;
  /** Tries in a row that brought nothing. */
  readonly attempts: number;
  readonly deadline_at: Date | null;
  /** The provider's words, for staff. */
  readonly answer: string | null;
  /** Why it was not granted, for the customer. */
  readonly reason: "provider_refused" | "deadline" | "staff" | null;
  /** Who asked for it: `customer:7 key:3`, or a person of staff. */
  readonly asked_by: string | null;
  /** How many there are now, as whoever asked said. */
  readonly current_count: number | null;
  /** Our own order that delivers it. */
  readonly refill_order: number | null;
};

/**
 * One row for each order that makes others, written with its first turn. Its due task (kind `run`)
 * says when it has its next turn.
 */
export type SchedulesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly kind: "drip_feed" | "subscription";
  /** `stopped`: nothing more is made, what is under way ends as it ends; `done`: it has ended. */
  readonly status: "active" | "paused" | "stopped" | "done";
  /** Why it is paused: `staff`, `customer`, `funds`, …; why it was stopped. */
  readonly reason: string | null;
  /** When the next run is due, or the feed is read. */
  readonly next_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** True: its provider runs it, and what the provider says is taken over. It has no `run` task. */
  readonly is_mirrored: boolean;
  /** Of a subscription: where its posts are announced. Null: only by calls of its customer. */
  readonly feed_url: string | null;
  /** Where the feed lies, as far as requests are counted. */
  readonly feed_host: string | null;
  /** What the server said of the version that was read last. */
  readonly feed_etag: string | null;
  readonly feed_modified: string | null;
  /** When it was last read and understood; null: not yet. */
  readonly feed_read_at: Date | null;
  /** Readings in a row that brought nothing. */
  readonly feed_failures: number;
  readonly feed_problem: string | null;
  /** Since when every reading has failed; null: the last one did not. */
  readonly feed_failing_since: Date | null;
  /** Entries of the last reading that name no post which could be ordered. */
  readonly feed_skipped: number;
  readonly feed_asked_at: Date | null;
  /** Held by who reads it; over when `next_at` has come. */
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
 * What was measured of a service's own orders in the last 90 days. Seconds and shares are null
 * where there were too few.
 */
export type ServiceFiguresRow = {
  readonly service_id: number;
  readonly measured_at: Date;
  readonly ended: number;
  readonly completed: number;
  /** Seconds from placing to Completed: the middle. */
  readonly finish_median: number | null;
  /** What 95 of 100 do not exceed. */
  readonly finish_95: number | null;
  /** Seconds from placing to the first delivery seen. */
  readonly start_median: number | null;
  readonly partial_share: number | null;
  readonly refill_share: number | null;
};

/**
 * Further sources of a service, tried where the one before refused. The service's own
 * (`services.provider_id`) is always the first.
 */
export type ServiceSourcesRow = {
  readonly service_id: number;
  readonly provider_id: number;
  readonly provider_service: string;
  readonly position: number;
  /** Of 1000 (of one order for the Package types), in the provider's currency. */
  readonly provider_rate: string | null;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
};

/**
 * What is sold: its terms, its price, its first source, what of it follows the provider, and how
 * its orders are refilled.
 */
export type ServicesRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  /** Its name on the wire (`orders/service-types`). */
  readonly type: string;
  /** The list price: of 1000, or of one order for the Package types. */
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string;
  readonly status: "enabled" | "disabled";
  readonly position: number;
  /** Its own source: the one that comes first. */
  readonly provider_id: number;
  /** What it is called there. */
  readonly provider_service: string | null;
  /** What it costs there, in the provider's currency. */
  readonly provider_rate: string | null;
  /** The version of the price list in which it last changed. */
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Which source is asked first: the first in position, or the cheapest. */
  readonly routing: "preference" | "price";
  /** Which fields are the provider's; what is not in it is the operator's own. */
  readonly follows: readonly string[];
  /** Its own mark-up in place of the provider's. */
  readonly mark_up: unknown;
  /**
   * What its provider's list says of it. All but `listed` have switched it off, where its status
   * follows the provider: `gone` is missing there, `unpriced` has no usable price, `unfit` no
   * usable bound that it follows, `withdrawn` came with an import that was undone.
   */
  readonly listing: "listed" | "gone" | "unpriced" | "unfit" | "withdrawn";
  /** The least margin, in place of the panel's setting. */
  readonly margin_percent: string | null;
  /** What is done below it, in place of the panel's setting. */
  readonly below_margin: "raise" | "stop" | "allow" | null;
  /** True: a drip-feed or subscription goes to the provider whole; false: this panel runs it. */
  readonly runs_upstream: boolean;
  /** How many days after its end an order may be refilled; null: without end, 0: not at all. */
  readonly refill_days: number | null;
  /** How long after the end of the order. */
  readonly refill_after_hours: number;
  /** How long between two requests. */
  readonly refill_between_hours: number;
  /**
   * The smallest drop that is refilled, where the drop is known; this and the next may both hold.
   */
  readonly refill_drop_min: number | null;
  readonly refill_drop_percent: number | null;
  readonly refill_by: "provider" | "order" | "hand";
  /** Whose order a refill becomes where `refill_by` is `order`. */
  readonly refill_service_id: number | null;
  /** The most of what was delivered that such an order delivers again, in per cent. */
  readonly refill_percent: number | null;
  /** From placing to Completed, as customers are told; null where nobody knows. */
  readonly average_seconds: number | null;
};

/** What operators change while the panel runs; `settings/settings.ts` describes each. */
export type SettingsRow = {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: Date;
};

/** Orders that staff do not want to see among the stuck ones. */
export type StuckMutesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
};

/** The posts of a subscription, each once: how it was seen and what became of it. */
export type SubscriptionPostsRow = {
  readonly account_id: number;
  readonly order_id: number;
  /** In which order they were seen. */
  readonly number: number;
  /** Of the post's own id; it, the link, or the link's key makes a post known. */
  readonly post_hash: Buffer;
  readonly link_hash: Buffer;
  readonly link: string;
  /** `known`: it was there before, or came too late; `waiting`: its order is due at `due_at`. */
  readonly status: "known" | "waiting" | "ordered";
  /** True: one of the old posts that were asked for, which count apart. */
  readonly is_old: boolean;
  readonly quantity: number | null;
  readonly due_at: Date | null;
  readonly run: number | null;
  readonly seen_at: Date;
  /** The same for two spellings of one link. */
  readonly link_key: string;
};

/** What a run proposes for one service of the provider. */
export type SyncChangesRow = {
  readonly run_id: number;
  readonly number: number;
  readonly kind: "new" | "changed" | "returned" | "gone" | "unpriced" | "unfit" | "retyped";
  readonly provider_service: string;
  /** Null for one that is not sold yet. */
  readonly service_id: number | null;
  /** The service's version that the plan was made of. */
  readonly service_version: number | null;
  readonly before: unknown;
  /** Null where it is only reported. */
  readonly after: unknown;
  /** Why this change waits for an operator. */
  readonly brake: string | null;
  readonly note: string | null;
  readonly applied_at: Date | null;
  /** When its higher cost was taken over, ahead of the change: what it costs is a fact. */
  readonly cost_at: Date | null;
  /** The version that the service got by it. */
  readonly applied_version: number | null;
  readonly undone_at: Date | null;
  /** What kept it from being applied or undone. */
  readonly left_alone: string | null;
  /**
   * How often the provider's service was sold when the plan was made that brings it (once more).
   */
  readonly copies: number;
};

/** One reading of a provider's list: what it proposed, and what became of that. */
export type SyncRunsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly kind: "import" | "sync" | "file";
  /**
   * `planned`: nothing was changed yet; `stopped`: something waits for an operator; `applied`;
   * `undone`; `replaced`: a later run came before it was applied; `failed`: there was no list to
   * read.
   */
  readonly status: "planned" | "stopped" | "applied" | "undone" | "replaced" | "failed";
  readonly actor: string;
  /** Why the whole run stops. */
  readonly brakes: readonly string[];
  /** That of the services which it brings. */
  readonly mark_up: unknown;
  /** Why there was no list, in words. */
  readonly failure: string | null;
  readonly listed: number;
  /** Rows of the list that cannot be sold. */
  readonly refused: unknown;
  /** What was taken for granted. */
  readonly notes: unknown;
  readonly created_at: Date;
  readonly applied_at: Date | null;
  readonly applied_by: string | null;
  readonly undone_at: Date | null;
  readonly undone_by: string | null;
};

/** How a provider's list is brought in. */
export type SyncTermsRow = {
  readonly provider_id: number;
  /** Of everything that has none of its own; null until the first import. */
  readonly mark_up: unknown;
  /** Null: only when asked to. */
  readonly sync_minutes: number | null;
  readonly due_at: Date | null;
  /** When its list was last read and believed. */
  readonly listed_at: Date | null;
  /** How many services it had then. */
  readonly listed: number;
  /** Wire names of types by the provider's words for them. */
  readonly types: unknown;
  /** Of rows without bounds, as the next. */
  readonly min: number | null;
  readonly max: number | null;
};

/**
 * One row per order that something is still to be done for. Claiming pushes `due_at` forward: that
 * is the lease; finishing names the lease's token.
 */
export type TasksRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly provider_id: number;
  readonly due_at: Date;
  readonly attempts: number;
  readonly kind: "send" | "poll" | "reconcile" | "run";
  readonly lease: string | null;
  /** How often in a row the provider said that it does not know the order. */
  readonly misses: number;
};

/**
 * Written as the last thing of a transaction, under an id that its process chose: whether the
 * transaction was committed can be looked up where the answer to its COMMIT was lost.
 */
export type TransactionMarksRow = {
  readonly id: string;
  /**
   * False: whoever looked found no mark. From then on the transaction can no longer be committed.
   */
  readonly is_done: boolean;
  /** Of the real clock: a mark is looked for within seconds. */
  readonly created_at: Date;
};

/** Orders on their way to their batch, for rules on speed that count across processes. */
export type VelocityReservationsRow = {
  readonly account_id: number;
  /** Given under the account's lock: a lower number was seen by every higher one. */
  readonly number: number;
  readonly charge: string;
  readonly reserved_at: Date;
  /** Of one request sent twice the two have one twin, and count once. */
  readonly twin: string | null;
};

/** One sending of an event to an endpoint, and what the receiver said; kept for a while. */
export type WebhookAttemptsRow = {
  readonly id: number;
  readonly endpoint_id: number;
  /** What the receiver knows the event by. */
  readonly webhook_id: string;
  readonly kind: string;
  readonly at: Date;
  readonly duration_ms: number;
  /** Null where no answer came. */
  readonly http_status: number | null;
  /** The beginning of the answer, or why there was none. */
  readonly answer: string;
  readonly is_taken: boolean;
};

/** An address of a customer that events are sent to. */
export type WebhookEndpointsRow = {
  readonly id: number;
  readonly account_id: number;
  readonly url: string;
  /** Sealed for the purpose `webhook:<id>`. */
  readonly sealed_secret: string;
  /** Signs as well until `previous_until`, so that the receiver can change over. */
  readonly sealed_previous: string | null;
  readonly previous_until: Date | null;
  /** Which events are sent; empty: all. */
  readonly kinds: readonly string[];
  readonly is_enabled: boolean;
  /** Why it was switched off, where it was not by hand. */
  readonly off_reason: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** How far an endpoint has come. Claiming pushes `due_at` forward: that is the lease. */
export type WebhookPositionsRow = {
  readonly endpoint_id: number;
  /** Of the account's stream. */
  readonly epoch: string;
  /** The last event of the account that was taken. */
  readonly seq: number;
  /** The last event of the price list. */
  readonly catalog_seq: number;
  readonly due_at: Date;
  readonly lease: string | null;
  /** Tries of the next event that failed, in a row. */
  readonly failures: number;
  readonly failing_since: Date | null;
};
