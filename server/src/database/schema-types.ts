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
  readonly feed_claims: FeedClaimsRow;
  readonly feed_hosts: FeedHostsRow;
  readonly hold_rules: HoldRulesRow;
  readonly hold_rules_state: HoldRulesStateRow;
  readonly ledger_entries: LedgerEntriesRow;
  readonly link_claims: LinkClaimsRow;
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
  readonly velocity_claims: VelocityClaimsRow;
  readonly webhook_attempts: WebhookAttemptsRow;
  readonly webhook_endpoints: WebhookEndpointsRow;
  readonly webhook_positions: WebhookPositionsRow;
};

export type AccountsRow = {
  readonly id: number;
  readonly kind: "customer" | "provider" | "test";
  readonly currency: string;
  readonly balance_floor: string;
  readonly created_at: Date;
};

export type AnsweredRequestsRow = {
  readonly account_id: number;
  readonly action: "refill" | "cancel" | "new_post" | "claim_product_order";
  readonly request_id: string;
  readonly request_hash: string;
  readonly answers: unknown;
  readonly created_at: Date;
};

export type ApiKeysRow = {
  readonly id: number;
  readonly account_id: number;
  readonly key_hash: Buffer;
  readonly hint: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly dialect: string | null;
  readonly ip_allow: readonly string[];
  readonly rate_limit: number | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
};

export type AttemptsRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_service: string | null;
  readonly request_id: string;
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | "by_hand" | null;
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  readonly provider_order: string | null;
  readonly settled_as: "accepted" | "refused" | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
  readonly balance_before: string | null;
  readonly balance_before_at: Date | null;
  readonly number_reuse: number | null;
};

export type AuditEntriesRow = {
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
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
  readonly actor_id: number | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly reason: string | null;
};

export type CallerChangesRow = {
  readonly only_row: boolean;
  readonly stamp: string;
};

export type CancelsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly order_id: number;
  readonly status: "pending" | "completed" | "rejected";
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly provider_id: number | null;
  readonly sent_at: Date | null;
  readonly due_at: Date | null;
  readonly lease: string | null;
  readonly attempts: number;
  readonly deadline_at: Date | null;
  readonly answer: string | null;
  readonly reason: "provider_refused" | "deadline" | "order_completed" | "staff" | null;
  readonly asked_by: string | null;
};

export type CatalogEventsRow = {
  readonly seq: number;
  readonly kind: string;
  readonly service_id: number | null;
  readonly rate: string | null;
  readonly rate_before: string | null;
  readonly created_at: Date;
  readonly product_id: number | null;
  readonly inventory: number | null;
};

export type CatalogStateRow = {
  readonly only_row: boolean;
  readonly version: number;
};

export type CategoriesRow = {
  readonly id: number;
  readonly name: string;
  readonly position: number;
  readonly created_at: Date;
};

export type CustomRatesRow = {
  readonly account_id: number;
  readonly service_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

export type CustomersRow = {
  readonly account_id: number;
  readonly email: string | null;
  readonly status: "active" | "suspended";
  readonly discount_percent: string;
  readonly price_version: number;
  readonly created_at: Date;
  readonly test_of: number | null;
};

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
  readonly note: string | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly decision: string | null;
};

export type EventStreamsRow = {
  readonly account_id: number;
  readonly epoch: string;
  readonly base_seq: number;
  readonly followed_until: Date;
};

export type EventsRow = {
  readonly account_id: number;
  readonly seq: number;
  readonly kind: string;
  readonly order_id: number | null;
  readonly data: unknown;
  readonly created_at: Date;
};

export type FeedClaimsRow = {
  readonly account_id: number;
  readonly claim: string;
  readonly host: string;
  readonly order_id: number | null;
  readonly claimed_at: Date;
};

export type FeedHostsRow = {
  readonly host: string;
  readonly next_at: Date;
};

export type HoldRulesRow = {
  readonly id: number;
  readonly kind: "deny_link" | "allow_host" | "same_link" | "first_deposit" | "velocity";
  readonly decision: "refuse" | "hold";
  readonly service_id: number | null;
  readonly settings: unknown;
  readonly reason: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
};

export type HoldRulesStateRow = {
  readonly only_row: boolean;
  readonly version: number;
};

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

export type LinkClaimsRow = {
  readonly account_id: number;
  readonly service_id: number;
  readonly link_key: string;
  readonly claim: string;
  readonly link: string;
  readonly order_id: number | null;
  readonly claimed_at: Date;
  readonly until: Date;
  readonly holders: readonly string[];
};

export type LowBalanceMarksRow = {
  readonly account_id: number;
  readonly mark: string;
  readonly is_low: boolean;
};

export type MirroredPostsRow = {
  readonly provider_id: number;
  readonly provider_order: string;
  readonly account_id: number;
  readonly order_id: number;
  readonly number: number;
  readonly status: "new" | "unclear" | "waiting" | "ordered" | "void";
  readonly quantity: number | null;
  readonly problem: string | null;
  readonly tries: number;
  readonly run: number | null;
  readonly seen_at: Date;
};

export type OrderBatchesRow = {
  readonly id: string;
  readonly outcomes: readonly string[];
  readonly order_ids: readonly number[];
  readonly created_at: Date;
};

export type OrderChangesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly id: number;
  readonly at: Date;
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
  readonly refunded: string;
};

export type OrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly service_id: number;
  readonly provider_id: number;
  readonly key_id: number | null;
  readonly quantity: number;
  readonly start_count: number | null;
  readonly remains: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly status: "pending" | "processing" | "in_progress" | "completed" | "partial" | "canceled";
  readonly runs: number | null;
  readonly interval_minutes: number | null;
  readonly rate: string;
  readonly charge: string;
  readonly refunded: string;
  readonly link: string;
  readonly fields: unknown;
  readonly provider_service: string | null;
  readonly provider_order: string | null;
  readonly note: string | null;
  readonly request_id: string | null;
  readonly request_hash: string | null;
  readonly cost: string | null;
  readonly booked_cost: string;
  readonly cost_bookings: number;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly parent_id: number | null;
  readonly run: number | null;
  readonly source: "api" | "web" | "mass" | "drip_feed" | "subscription" | "refill";
  readonly held: string | null;
};

export type PaymentReferencesRow = {
  readonly folded: string;
  readonly again: string;
  readonly account_id: number;
  readonly idempotency_key: string;
  readonly reason: string | null;
  readonly booked_at: Date;
};

export type PostingsRow = {
  readonly account_id: number;
  readonly seq: number;
  readonly order_id: number | null;
  readonly created_at: Date;
  readonly kind: "deposit" | "charge" | "refund" | "adjustment" | "bonus" | "cost" | "cost_refund";
  readonly counter: "cash" | "revenue" | "adjustments" | "bonuses" | "purchases";
  readonly direction: number;
  readonly amount: string;
  readonly balance_after: string;
  readonly balance_floor: string;
  readonly idempotency_key: string;
  readonly note: string | null;
  readonly product_order_id: number | null;
};

export type ProcessesRow = {
  readonly id: string;
  readonly roles: readonly string[];
  readonly host: string;
  readonly pid: number;
  readonly started_at: Date;
  readonly seen_at: Date;
};

export type ProductAttemptsRow = {
  readonly account_id: number;
  readonly product_order_id: number;
  readonly number: number;
  readonly provider_id: number;
  readonly provider_product: string;
  readonly request_id: string;
  readonly expected_charge: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: "accepted" | "refused" | "not_sent" | "unknown" | null;
  readonly concern: "provider" | "funds" | "limit" | "service" | "link" | "order" | null;
  readonly reason: string | null;
  readonly provider_order: string | null;
  readonly settled_as: "accepted" | "refused" | null;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
};

export type ProductCategoriesRow = {
  readonly id: number;
  readonly name: string;
  readonly position: number;
};

export type ProductClaimsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_order_id: number;
  readonly quantity: number;
  readonly places: readonly number[];
  readonly sealed_reason: string;
  readonly status: "open" | "replaced" | "refunded" | "rejected";
  readonly note: string | null;
  readonly created_at: Date;
  readonly ended_at: Date | null;
};

export type ProductCountsRow = {
  readonly product_id: number;
  readonly free: number;
  readonly told: number | null;
  readonly low_since: Date | null;
};

export type ProductDiscountsRow = {
  readonly product_id: number;
  readonly quantity_from: number;
  readonly percent: string;
};

export type ProductItemsRow = {
  readonly id: number;
  readonly product_id: number;
  readonly state: "free" | "sold" | "replaced" | "returned" | "void";
  readonly origin: "upload" | "provider" | "hand" | "sandbox";
  readonly sealed: string;
  readonly digest: Buffer;
  readonly upload_id: number | null;
  readonly account_id: number | null;
  readonly product_order_id: number | null;
  readonly place: number | null;
  readonly claim_id: number | null;
  readonly created_at: Date;
  readonly sold_at: Date | null;
};

export type ProductOrderChangesRow = {
  readonly account_id: number;
  readonly product_order_id: number;
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly status_before: string | null;
  readonly status: string;
  readonly delivered: number;
  readonly refunded: string;
  readonly note: string | null;
};

export type ProductOrdersRow = {
  readonly account_id: number;
  readonly id: number;
  readonly product_id: number;
  readonly key_id: number | null;
  readonly source: "api" | "web";
  readonly quantity: number;
  readonly delivered: number;
  readonly sealed_answer: string | null;
  readonly rate: string;
  readonly charge: string;
  readonly refunded: string;
  readonly cost: string | null;
  readonly booked_cost: string;
  readonly cost_bookings: number;
  readonly status: "pending" | "in_progress" | "completed" | "partial" | "canceled";
  readonly note: string | null;
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
  readonly waits_note: string | null;
  readonly waits_since: Date | null;
  readonly provider_id: number | null;
  readonly provider_product: string | null;
  readonly provider_order: string | null;
  readonly warranty_days: number;
  readonly request_id: string | null;
  readonly request_hash: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
  readonly number_reuse: number | null;
};

export type ProductRatesRow = {
  readonly account_id: number;
  readonly product_id: number;
  readonly fixed: string | null;
  readonly percent: string | null;
};

export type ProductTasksRow = {
  readonly product_order_id: number;
  readonly account_id: number;
  readonly provider_id: number;
  readonly kind: "send" | "poll" | "reconcile";
  readonly due_at: Date;
  readonly lease: string | null;
  readonly attempts: number;
};

export type ProductUploadsRow = {
  readonly id: number;
  readonly product_id: number;
  readonly at: Date;
  readonly actor: string;
  readonly added: number;
  readonly repeated: number;
  readonly empty: number;
};

export type ProductsRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  readonly description: string;
  readonly type: "auto" | "service";
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly question: string | null;
  readonly question_check: string | null;
  readonly visibility: "everyone" | "chosen" | "nobody";
  readonly part_delivery: boolean;
  readonly low_mark: number | null;
  readonly warranty_days: number;
  readonly position: number;
  readonly provider_id: number | null;
  readonly provider_product: string | null;
  readonly provider_rate: string | null;
  readonly cost: string | null;
  readonly provider_inventory: number | null;
  readonly mark_up: unknown;
  readonly margin_percent: string | null;
  readonly below_margin: "raise" | "stop" | "allow" | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type ProviderCallsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly order_id: number | null;
  readonly action: string;
  readonly started_at: Date;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly request: string;
  readonly answer: string | null;
  readonly outcome: string;
};

export type ProviderServicesRow = {
  readonly provider_id: number;
  readonly provider_service: string;
  readonly name: string;
  readonly category: string;
  readonly type: string;
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string | null;
  readonly appeared_at: Date | null;
  readonly changed_at: Date;
  readonly gone_at: Date | null;
};

export type ProviderStatesRow = {
  readonly provider_id: number;
  readonly hold_kind: "key" | "funds" | "limit" | "silent" | "operator" | null;
  readonly hold_reason: string | null;
  readonly held_at: Date | null;
  readonly probe_at: Date | null;
  readonly failures: number;
  readonly balance: string | null;
  readonly balance_currency: string | null;
  readonly balance_at: Date | null;
  readonly poll_failures: number;
  readonly poll_rest_until: Date | null;
  readonly poll_problem: string | null;
  readonly accepted_currency: string | null;
};

export type ProvidersRow = {
  readonly id: number;
  readonly name: string;
  readonly alias: string;
  readonly connector: string;
  readonly settings: unknown;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
  readonly base_url: string | null;
  readonly sealed_key: string | null;
  readonly currency: string | null;
  readonly exchange_rate: string;
  readonly timeout_ms: number;
  readonly requests_per_second: number;
  readonly parallel_calls: number;
  readonly low_balance: string | null;
  readonly is_private: boolean;
  readonly account_id: number | null;
};

export type RefillsRow = {
  readonly account_id: number;
  readonly id: number;
  readonly order_id: number;
  readonly status: "pending" | "in_progress" | "completed" | "rejected" | "error";
  readonly note: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly provider_id: number | null;
  readonly provider_refill: string | null;
  readonly due_at: Date | null;
  readonly lease: string | null;
  readonly attempts: number;
  readonly deadline_at: Date | null;
  readonly answer: string | null;
  readonly reason: "provider_refused" | "deadline" | "staff" | null;
  readonly asked_by: string | null;
  readonly current_count: number | null;
  readonly refill_order: number | null;
};

export type SchedulesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly kind: "drip_feed" | "subscription";
  readonly status: "active" | "paused" | "stopped" | "done";
  readonly reason: string | null;
  readonly next_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly feed_url: string | null;
  readonly feed_etag: string | null;
  readonly feed_modified: string | null;
  readonly feed_read_at: Date | null;
  readonly feed_failures: number;
  readonly feed_problem: string | null;
  readonly is_mirrored: boolean;
  readonly feed_host: string | null;
  readonly feed_failing_since: Date | null;
  readonly feed_skipped: number;
  readonly feed_asked_at: Date | null;
  readonly feed_lease: string | null;
};

export type SchemaMigrationsRow = {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly applied_at: Date;
};

export type ServiceFiguresRow = {
  readonly service_id: number;
  readonly measured_at: Date;
  readonly ended: number;
  readonly completed: number;
  readonly finish_median: number | null;
  readonly finish_95: number | null;
  readonly start_median: number | null;
  readonly partial_share: number | null;
  readonly refill_share: number | null;
};

export type ServiceSourcesRow = {
  readonly service_id: number;
  readonly provider_id: number;
  readonly provider_service: string;
  readonly position: number;
  readonly provider_rate: string | null;
  readonly status: "enabled" | "disabled";
  readonly created_at: Date;
};

export type ServicesRow = {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  readonly type: string;
  readonly rate: string;
  readonly min: number;
  readonly max: number;
  readonly refill: boolean;
  readonly cancel: boolean;
  readonly dripfeed: boolean;
  readonly description: string;
  readonly status: "enabled" | "disabled";
  readonly position: number;
  readonly provider_id: number;
  readonly provider_service: string | null;
  readonly provider_rate: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly routing: "preference" | "price";
  readonly follows: readonly string[];
  readonly mark_up: unknown;
  readonly listing: "listed" | "gone" | "unpriced" | "unfit" | "withdrawn";
  readonly margin_percent: string | null;
  readonly below_margin: "raise" | "stop" | "allow" | null;
  readonly runs_upstream: boolean;
  readonly refill_days: number | null;
  readonly refill_after_hours: number;
  readonly refill_between_hours: number;
  readonly refill_drop_min: number | null;
  readonly refill_drop_percent: number | null;
  readonly refill_by: "provider" | "order" | "hand";
  readonly refill_service_id: number | null;
  readonly refill_percent: number | null;
  readonly average_seconds: number | null;
};

export type SettingsRow = {
  readonly key: string;
  readonly value: unknown;
  readonly updated_at: Date;
};

export type StuckMutesRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly reason: string;
  readonly actor: string;
  readonly at: Date;
};

export type SubscriptionPostsRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly number: number;
  readonly post_hash: Buffer;
  readonly link_hash: Buffer;
  readonly link: string;
  readonly status: "known" | "waiting" | "ordered";
  readonly is_old: boolean;
  readonly quantity: number | null;
  readonly due_at: Date | null;
  readonly run: number | null;
  readonly seen_at: Date;
  readonly link_key: string | null;
};

export type SyncChangesRow = {
  readonly run_id: number;
  readonly number: number;
  readonly kind: "new" | "changed" | "returned" | "gone" | "unpriced" | "unfit" | "retyped";
  readonly provider_service: string;
  readonly service_id: number | null;
  readonly service_version: number | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly brake: string | null;
  readonly note: string | null;
  readonly applied_at: Date | null;
  readonly cost_at: Date | null;
  readonly applied_version: number | null;
  readonly undone_at: Date | null;
  readonly left_alone: string | null;
  readonly copies: number;
};

export type SyncRunsRow = {
  readonly id: number;
  readonly provider_id: number;
  readonly kind: "import" | "sync" | "file";
  readonly status: "planned" | "stopped" | "applied" | "undone" | "replaced" | "failed";
  readonly actor: string;
  readonly brakes: readonly string[];
  readonly mark_up: unknown;
  readonly failure: string | null;
  readonly listed: number;
  readonly refused: unknown;
  readonly notes: unknown;
  readonly created_at: Date;
  readonly applied_at: Date | null;
  readonly applied_by: string | null;
  readonly undone_at: Date | null;
  readonly undone_by: string | null;
};

export type SyncTermsRow = {
  readonly provider_id: number;
  readonly mark_up: unknown;
  readonly sync_minutes: number | null;
  readonly due_at: Date | null;
  readonly listed_at: Date | null;
  readonly listed: number;
  readonly types: unknown;
  readonly min: number | null;
  readonly max: number | null;
};

export type TasksRow = {
  readonly account_id: number;
  readonly order_id: number;
  readonly provider_id: number;
  readonly due_at: Date;
  readonly attempts: number;
  readonly kind: "send" | "poll" | "reconcile" | "run";
  readonly lease: string | null;
  readonly misses: number;
};

export type TransactionMarksRow = {
  readonly id: string;
  readonly is_done: boolean;
  readonly created_at: Date;
};

export type VelocityClaimsRow = {
  readonly account_id: number;
  readonly number: number;
  readonly charge: string;
  readonly claimed_at: Date;
  readonly twin: string | null;
};

export type WebhookAttemptsRow = {
  readonly id: number;
  readonly endpoint_id: number;
  readonly webhook_id: string;
  readonly kind: string;
  readonly at: Date;
  readonly duration_ms: number;
  readonly http_status: number | null;
  readonly answer: string;
  readonly is_taken: boolean;
};

export type WebhookEndpointsRow = {
  readonly id: number;
  readonly account_id: number;
  readonly url: string;
  readonly sealed_secret: string;
  readonly sealed_previous: string | null;
  readonly previous_until: Date | null;
  readonly kinds: readonly string[];
  readonly is_enabled: boolean;
  readonly off_reason: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

export type WebhookPositionsRow = {
  readonly endpoint_id: number;
  readonly epoch: string;
  readonly seq: number;
  readonly catalog_seq: number;
  readonly due_at: Date;
  readonly lease: string | null;
  readonly failures: number;
  readonly failing_since: Date | null;
};
