import type { AccountId, OrderId, ServiceId } from "#values/ids.ts";
import type { Amount } from "#values/money.ts";

/** A new order as the rules see it, before its batch. */
export type JudgedOrder = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly link: string;
  readonly charge: Amount;
  /** A UUID shared by all sendings of one request with an id. No rule judges it by itself. */
  readonly twin: string | undefined;
  /** Play money raises no suspicion: only rules about the link apply. */
  readonly isTest: boolean;
  /** Other texts of the order that may contain addresses. */
  readonly texts?: readonly string[];
  /** True where earlier orders of a list are being placed until all are judged. */
  readonly isInList?: boolean;
};

/**
 * What the customer is told. It is neutral, because the reason is for staff. `link_busy`: the
 * customer already has an order for this link.
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
       * Must always be called with the result: the order's number, or `undefined` where it was not
       * placed or nobody knows. Never throws.
       */
      readonly settle: (orderId: OrderId | undefined) => Promise<void>;
    };

/** The rules as one process caches them. */
export type HoldRules = {
  /** True where there is nothing to judge, and so nothing to wait for. */
  isEmpty(): boolean;
  judge(order: JudgedOrder): Promise<Verdict>;
  /** What the lists alone say against a link, to show it before ordering. */
  forbids(serviceId: ServiceId, link: string): HoldRefusal | undefined;
  /** Looks for changes of the rules. */
  refresh(): Promise<void>;
};
