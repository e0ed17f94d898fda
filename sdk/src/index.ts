/** A client of API v2, for Panelwright and every panel that speaks it. */
export { openPanel } from "./client.ts";
export type { Each } from "./batches.ts";
export type { ActOptions, CallOptions } from "./call-panel.ts";
export {
  NoAnswerError,
  NotSentError,
  OutcomeUnknownError,
  PanelError,
  RefusedError,
  UnreadableError,
  WebhookError,
} from "./errors.ts";
export type { RefusalKind, WebhookFault } from "./errors.ts";
export type { FollowOptions } from "./follow-changes.ts";
export type { Lines, NewOrder, OrderFields, OrderTerms } from "./order-fields.ts";
export type {
  ChangesFilter,
  ListFilter,
  NewClaim,
  NewPost,
  NewProductOrder,
  Panel,
  PanelOptions,
} from "./panel.ts";
export {
  cancelStatuses,
  claimStatuses,
  orderStatuses,
  refillStatuses,
  serviceTypes,
} from "./types.ts";
export type * from "./types.ts";
export { verifyWebhook } from "./webhooks.ts";
export type { WebhookEvent, WebhookHeaders, WebhookOptions } from "./webhooks.ts";
