/**
 * Whom a provider's refusal concerns, which decides what follows: our account there (`provider`,
 * `funds`, `limit`: its queue is held), the `service` (the next provider is tried), the `link` (an
 * order for it is still active there: it waits), or the `order` itself (nobody else would take it).
 */
export type Concern = "provider" | "funds" | "limit" | "service" | "link" | "order";

/**
 * Why a question brought no usable answer: `refused` is a parsed refusal, `not_sent` a request that
 * cannot have left, `unknown` everything else. `reason` is for staff.
 */
export type ProviderFailure =
  | { readonly kind: "refused"; readonly reason: string; readonly concern: Concern }
  | { readonly kind: "not_sent"; readonly reason: string; readonly retryAfterSeconds?: number }
  | {
      readonly kind: "unknown";
      readonly reason: string;
      /**
       * The beginning of an answer that arrived whole and with a good status, but cannot be read.
       */
      readonly unread?: string;
    };
