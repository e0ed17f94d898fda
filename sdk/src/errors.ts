/**
 * What a refusal is about, which says what can be done about it:
 *
 * - `auth`: the key is wrong, revoked, or not allowed to do this
 * - `funds`: the balance does not pay for it
 * - `input`: a field has to change; `field` names it where it is known
 * - `service`: it is not on sale; read the price list again
 * - `price`: it would cost more than `maxCharge`
 * - `duplicate`: an order for this link is still under way
 * - `limit`: too many requests; `retryAfterSeconds` says how long to wait
 * - `missing`: there is no such order or refill of yours
 * - `state`: the order is not in a state for it, or its service does not offer it
 * - `unsupported`: the panel does not know the action
 * - `other`: the panel's answer fits none of them
 */
export type RefusalKind =
  | "auth"
  | "funds"
  | "input"
  | "service"
  | "price"
  | "duplicate"
  | "limit"
  | "missing"
  | "state"
  | "unsupported"
  | "other";

/** What every error knows about its call. */
export type Circumstances = {
  /** The action of API v2, such as `add`. */
  readonly action: string;
  /** Requests that were made for this call. */
  readonly attempts: number;
  /** The HTTP status of the last answer, if there was one. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
};

/** Any failure of a call to a panel; its kinds differ in what you can do about it. */
export class PanelError extends Error {
  override readonly name: string = "PanelError";
  readonly action: string;
  readonly attempts: number;
  readonly status: number | undefined;

  constructor(message: string, { action, attempts, status, cause }: Circumstances) {
    super(message, cause === undefined ? undefined : { cause });
    this.action = action;
    this.attempts = attempts;
    this.status = status;
  }
}

/** What a panel says when it refuses. */
export type Refusal = {
  /** The panel's own sentence. */
  readonly text: string;
  readonly kind: RefusalKind;
  readonly code?: string | undefined;
  readonly field?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
};

/** The panel said no, and did nothing. `message` is its own sentence. */
export class RefusedError extends PanelError {
  override readonly name = "RefusedError";
  readonly kind: RefusalKind;
  /**
   * The stable code: the panel's own, or that of Panelwright which its sentence stands for;
   * `undefined` for an unknown sentence.
   */
  readonly code: string | undefined;
  /** The field that has to change, by its name on the wire. */
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(refusal: Refusal, circumstances: Circumstances) {
    super(refusal.text, circumstances);
    this.kind = refusal.kind;
    this.code = refusal.code;
    this.field = refusal.field;
    this.retryAfterSeconds = refusal.retryAfterSeconds;
  }
}

/** Nothing was done: it did not reach the panel, or the panel had no time for it. Repeat it. */
export class NotSentError extends PanelError {
  override readonly name = "NotSentError";
}

/** A question that changes nothing got no answer. Ask again whenever you like. */
export class NoAnswerError extends PanelError {
  override readonly name = "NoAnswerError";
}

/**
 * Something was to be done (an order, a refill, a cancel) and nobody knows whether it was.
 *
 * There is one safe way to go on: repeat the call with this `requestId`, at a panel that honours it.
 * At other panels look for the order there before you place another.
 */
export class OutcomeUnknownError extends PanelError {
  override readonly name = "OutcomeUnknownError";
  /** What it was asked for under. */
  readonly requestId: string | undefined;

  constructor(message: string, requestId: string | undefined, circumstances: Circumstances) {
    super(message, circumstances);
    this.requestId = requestId;
  }
}

/** A question got an answer that is not API v2: a web page, a proxy's words, a wrong address. */
export class UnreadableError extends PanelError {
  override readonly name = "UnreadableError";
}

/** Why a webhook was not accepted. */
export type WebhookFault =
  | "header_missing"
  | "timestamp_invalid"
  | "too_old"
  | "too_new"
  | "signature_wrong"
  | "body_unreadable";

/** A request that cannot, or can no longer, be trusted. Answer it with 400 and do nothing else. */
export class WebhookError extends Error {
  override readonly name = "WebhookError";
  readonly fault: WebhookFault;

  constructor(message: string, fault: WebhookFault) {
    super(message);
    this.fault = fault;
  }
}
