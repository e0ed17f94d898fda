import type { OrderStatus } from "#values/order-status.ts";
import type { OrderId } from "#values/ids.ts";

/** An order on its way to a provider. */
export type OutgoingOrder = {
  readonly orderId: OrderId;
  /** The provider's own id of the service; `undefined` where the connector needs none. */
  readonly providerService: string | undefined;
  readonly link: string;
  readonly quantity: number;
  readonly runs: number | undefined;
  readonly intervalMinutes: number | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
};

/**
 * How an attempt to place an order ended. `unknown` is everything after the request may have left:
 * it is never sent again by itself.
 */
export type PlaceOutcome =
  | { readonly kind: "accepted"; readonly providerOrder: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "not_sent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string }
  /** Nobody is called: an operator carries the order out. */
  | { readonly kind: "by_hand" };

/** What a provider says of one of its orders. */
export type ProviderOrderState = {
  readonly status: OrderStatus;
  readonly startCount: number | undefined;
  readonly remains: number | undefined;
};

/** A provider's settings and the time, as a call needs them. */
export type ProviderCall = {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/**
 * The way to one kind of provider. What a connector cannot do is a capability that says so, never a
 * method that throws. Adding one: a file here and a line in `connectors/index.ts`.
 */
export type ProviderConnector = {
  readonly name: string;
  readonly capabilities: { readonly refill: boolean; readonly cancel: boolean };
  placeOrder(order: OutgoingOrder, call: ProviderCall): Promise<PlaceOutcome>;
  /** The states of those orders that the provider knows; others are left out. */
  orderStates(
    providerOrders: readonly string[],
    call: ProviderCall,
  ): Promise<ReadonlyMap<string, ProviderOrderState>>;
};
