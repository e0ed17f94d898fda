/** A list: one text with a line for each item, or the items. */
export type Lines = string | readonly string[];

type Link = { readonly link: string };
type Quantity = { readonly quantity: number };
/** A drip-feed: `quantity` is that of each run, `interval` the minutes between runs. */
type DripFeed =
  | { readonly runs?: undefined; readonly interval?: undefined }
  | { readonly runs: number; readonly interval: number };

/** What an order of each type of service holds beside the service. */
export type OrderFields = {
  readonly Default: Link & Quantity & DripFeed;
  readonly Package: Link;
  readonly "Custom Comments": Link & { readonly comments: Lines };
  readonly "Custom Comments Package": Link & { readonly comments: Lines };
  readonly Mentions: Link & Quantity & { readonly usernames: Lines };
  readonly "Mentions with Hashtags": Link &
    Quantity & { readonly usernames: Lines; readonly hashtags: Lines };
  readonly "Mentions Custom List": Link & { readonly usernames: Lines };
  readonly "Mentions Hashtag": Link & Quantity & { readonly hashtag: string };
  readonly "Mentions User Followers": Link & Quantity & { readonly username: string };
  readonly "Mentions Media Likers": Link & Quantity & { readonly media: string };
  readonly "Comment Likes": Link & Quantity & { readonly username: string };
  readonly "Comment Replies": Link & { readonly username: string; readonly comments: Lines };
  readonly Poll: Link & Quantity & { readonly answerNumber: number };
  readonly Subscriptions: {
    readonly username: string;
    readonly min: number;
    readonly max: number;
    /** Minutes between a post and its order: 0, 5, 10, 15, 20, 30 … 600. */
    readonly delay?: number;
    /** How many future posts; left out: all of them. */
    readonly posts?: number;
    readonly oldPosts?: number;
    /** Day, month and year: `d/m/Y`. */
    readonly expiry?: string;
  };
  readonly "Invites from Groups": Link & Quantity & { readonly groups: Lines };
  readonly SEO: Link & Quantity & { readonly keywords: Lines };
  readonly "Web Traffic": Link &
    Quantity &
    DripFeed & {
      readonly country: string;
      /** 1 desktop, 2 Android, 3 iOS, 4 mixed mobile, 5 mixed mobile and desktop. */
      readonly device: 1 | 2 | 3 | 4 | 5;
      /** 1 Google keyword, 2 custom referrer, 3 blank. */
      readonly typeOfTraffic: 1 | 2 | 3;
      readonly googleKeyword?: string;
      readonly referringUrl?: string;
    };
  readonly "Special (1DG)": Link & Quantity & { readonly list: Lines };
  /** At least one of the two lists. */
  readonly "Special 1 (1DG)": Link &
    Quantity &
    (
      | { readonly suggest: Lines; readonly search?: Lines }
      | { readonly suggest?: Lines; readonly search: Lines }
    );
};

type Typed = { [Type in keyof OrderFields]: { readonly type: Type } & OrderFields[Type] };

/** What applies to an order of any type. */
export type OrderTerms = {
  readonly service: number | string;
  /**
   * Your own id for this order, 1 to 128 characters. Make and store it before the call: then the
   * order can be asked for again if your program was killed during the call. If left out, one is
   * made.
   */
  readonly requestId?: string;
  /** The order is refused if it would cost more: only by Panelwright, others do not read it. */
  readonly maxCharge?: string;
};

/**
 * A new order. `type` is the service's type from the price list; it is not sent, and says which
 * fields belong to it. If left out, it is `Default`. `Other` sends `fields` by the names that the
 * panel gives them, for types that this list does not have.
 */
export type NewOrder = OrderTerms &
  (
    | Typed[keyof OrderFields]
    | ({ readonly type?: undefined } & OrderFields["Default"])
    | {
        readonly type: "Other";
        readonly fields: Readonly<Record<string, string | number | Lines>>;
      }
  );

/** What goes over the wire, by its names there. A list of texts goes as lines. */
export type WireFields = Readonly<Record<string, string>>;

const reserved: ReadonlySet<string> = new Set(["key", "action"]);

/** The fields of an `add`. Throws a TypeError for a number that is not a whole one. */
export function wireFieldsOf(order: NewOrder, requestId: string): WireFields {
  const { type: _type, requestId: _requestId, fields: others, ...named } = widened(order);
  const wire: Record<string, string> = {};
  for (const [name, value] of Object.entries(named)) put(wire, wireNameOf(name), value);
  for (const [name, value] of Object.entries(isFields(others) ? others : {})) {
    if (!reserved.has(name)) put(wire, name, value);
  }
  return { ...wire, request_id: requestId };
}

// The members of the union have no field in common beyond the terms.
function widened(order: NewOrder): Readonly<Record<string, unknown>> {
  return order;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function put(wire: Record<string, string>, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  wire[name] = wireText(name, value);
}

/** One value as text; throws a TypeError for what a panel could only misread. */
export function wireText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return value.join("\n");
  }
  throw new TypeError(`${name} is neither a text, a whole number nor a list of texts`);
}

/** `answerNumber` is `answer_number` on the wire. */
function wireNameOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
