import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";

/** A new order as the rules see it, before its batch. */
export type JudgedOrder = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly link: string;
  readonly charge: Amount;
  /** A UUID that one request with an id has however often it is sent: no rule judges it by itself. */
  readonly twin: string | undefined;
  /** Play money raises no suspicion: only what concerns the link is asked. */
  readonly isTest: boolean;
  /** What else was said with it that may hold addresses. */
  readonly texts?: readonly string[];
  /** True where those before it in a list are on their way until all are judged. */
  readonly isInList?: boolean;
};

/**
 * What the customer is told; neutral, because the reason is for staff. `link_busy`: the customer
 * has an order for this link already.
 */
export type HoldRefusal =
  | { readonly code: "link_refused"; readonly field: string }
  | { readonly code: "link_busy"; readonly field: string }
  | { readonly code: "order_refused" };

export type Verdict =
  | { readonly kind: "refuse"; readonly refusal: HoldRefusal }
  | {
      readonly kind: "take";
      /** Why it is taken but waits for a review. */
      readonly held: string | undefined;
      /**
       * To be called in any case with what became of it: its number, or `undefined` where it was not
       * placed or nobody knows. Never throws.
       */
      readonly settle: (orderId: OrderId | undefined) => Promise<void>;
    };

/** The rules as one process remembers them. */
export type HoldRules = {
  /** True where there is nothing to judge: then nothing is waited for. */
  isEmpty(): boolean;
  judge(order: JudgedOrder): Promise<Verdict>;
  /** What the lists alone say against a link: for showing before it is ordered. */
  forbids(serviceId: ServiceId, link: string): HoldRefusal | undefined;
  /** Looks for changes of the rules. */
  refresh(): Promise<void>;
};
