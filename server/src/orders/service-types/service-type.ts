import type { Result } from "#values/result.ts";

/** The longest list (comments, usernames, …) that one order may carry. */
export const listLinesMax = 10_000;

/**
 * What a customer sent for a new order, by the field's name in camelCase (`answerNumber`).
 * `undefined` for a field that was left out, empty, or sent as the words `undefined` or `null`.
 */
export type OrderInput = (field: string) => string | undefined;

/** What the type needs to know about the ordered service. */
export type OrderedService = {
  readonly min: number;
  readonly max: number;
  readonly dripfeed: boolean;
};

/** An order's content after its type has checked it. */
export type OrderDraft = {
  readonly link: string;
  /** The charged quantity: for a drip-feed the sum of all its runs. */
  readonly quantity: number;
  readonly runs?: number;
  readonly intervalMinutes?: number;
  /** What the type asks for beyond link and quantity; absent where it asks nothing. */
  readonly fields?: Readonly<Record<string, string | number | readonly string[]>>;
};

/** Why the content was not taken. `field` names what has to change. */
export type ContentRefusal =
  | { readonly code: "bad_link"; readonly field: string }
  | { readonly code: "quantity_required"; readonly field: string }
  | { readonly code: "quantity_invalid"; readonly field: string }
  | { readonly code: "quantity_below_min"; readonly field: string; readonly min: number }
  | { readonly code: "quantity_above_max"; readonly field: string; readonly max: number }
  | { readonly code: "comments_required"; readonly field: string }
  | { readonly code: "username_required"; readonly field: string }
  | { readonly code: "field_required"; readonly field: string }
  | { readonly code: "field_invalid"; readonly field: string; readonly expected: string }
  | { readonly code: "list_too_long"; readonly field: string; readonly max: number }
  | { readonly code: "dripfeed_unsupported"; readonly field: string }
  | { readonly code: "runs_required"; readonly field: string }
  | { readonly code: "interval_required"; readonly field: string }
  | { readonly code: "posts_invalid"; readonly field: string }
  | { readonly code: "delay_invalid"; readonly field: string }
  | { readonly code: "min_above_max"; readonly field: string };

/** One field that a type asks for, so that forms and documents can be drawn from the type. */
export type InputField = {
  readonly name: string;
  readonly kind: "text" | "number" | "lines" | "date";
  readonly isRequired: boolean;
  /** The refusal of an order without it, where that is not `field_required`. */
  readonly missing?: ContentRefusal["code"];
  readonly meaning: string;
  /** A valid value. The examples of all required inputs of a type make an order. */
  readonly example: string;
  /** For a number: its bounds, where the service does not set them. */
  readonly min?: number;
  readonly max?: number;
};

/** A kind of service: which fields its orders have, how they are counted and what they cost. */
export type ServiceType = {
  /** As in `type` of the service list. */
  readonly wireName: string;
  /**
   * What the rate is the price of: 1000 pieces, or one whole order. `later` types charge nothing
   * when ordered: each order that they create is charged by itself.
   */
  readonly pricing: "per_thousand" | "per_order" | "later";
  readonly inputs: readonly InputField[];
  read(input: OrderInput, service: OrderedService): Result<OrderDraft, ContentRefusal>;
};
