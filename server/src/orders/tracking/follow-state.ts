import type { ProviderOrderState } from "#providers/connector.ts";
import { judgeCharge } from "#providers/judge-charge.ts";
import { formatAmount, zero } from "#values/money.ts";
import type { Amount } from "#values/money.ts";
import { isFinal, orderTransitions, wireStatus } from "#values/order-status.ts";
import type { OrderStatus } from "#values/order-status.ts";
import { cleaned } from "#values/text.ts";
import type { DeskReason } from "#orders/desk.sql.ts";
import type { FollowedOrder } from "./followed.sql.ts";
import { remainsAfter } from "#orders/remains-after.ts";

type State = Extract<ProviderOrderState, { kind: "state" }>;

/** The consequences of what a provider says of one order. */
export type Following = {
  /** The order's status afterwards. Unchanged where nothing moves. */
  readonly status: OrderStatus;
  readonly startCount: number | undefined;
  readonly remains: number;
  readonly note: string | undefined;
  /** What it costs at the provider, in the panel's currency. */
  readonly bookedCost: Amount;
  /** Answers in a row that made no sense. */
  readonly misses: number;
  /** What staff have to see. */
  readonly opens: { readonly reason: DeskReason; readonly note: string } | undefined;
  /** What the answer has cleared up. */
  readonly closes: readonly DeskReason[];
};

const reasonsOfPolling: readonly DeskReason[] = [
  "completed_short",
  "went_back",
  "forgotten",
  "partial_unclear",
  "status_unknown",
  "unreadable",
];

/** After this many answers in a row that make no sense, staff see them. */
const missesMax = 3;
const noteMark = "Provider: ";

/**
 * Decides what a provider's state means for an order. Nothing is guessed: an unknown status, one
 * that goes backwards, or one whose remains do not fit leaves the order where it is. What cannot be
 * read is no number: it is recorded. `exchangeRate` is the price of one unit of the provider's
 * `currency` in the panel's.
 */
export function followState(
  order: FollowedOrder,
  said: ProviderOrderState,
  known: {
    readonly misses: number;
    readonly exchangeRate: Amount;
    readonly currency: string;
  },
): Following {
  const same: Following = {
    status: order.status,
    startCount: order.startCount,
    remains: order.remains,
    note: order.note,
    bookedCost: order.bookedCost,
    misses: known.misses + 1,
    opens: undefined,
    closes: [],
  };
  if (said.kind === "missing") {
    if (same.misses < missesMax) return same;
    const note = `The provider does not know it: ${cleaned(said.reason)}`;
    return { ...same, opens: { reason: "forgotten", note } };
  }

  if (said.kind === "unread") {
    if (same.misses < missesMax) return same;
    const words = `an answer that cannot be read: ${cleaned(said.said)}`;
    return {
      ...same,
      note: withWords(order.note, [words]),
      opens: { reason: "unreadable", note: `The provider gives ${words}` },
    };
  }

  const cost = readCharge(order, said, known);
  const unread = unreadWords(said.unread);
  const startCount = said.startCount ?? order.startCount;
  if (said.status === undefined) {
    const words = `unknown status ${quoted(said.word)}`;
    return {
      ...same,
      startCount,
      remains: said.remains ?? order.remains,
      note: withWords(order.note, [words, ...unread, ...cost.words]),
      bookedCost: cost.booked,
      opens:
        same.misses < missesMax
          ? undefined
          : { reason: "status_unknown", note: `The provider says: ${words}` },
      closes: open(order, ["forgotten", "unreadable"]),
    };
  }

  const problem = problemOf(order, said.status, said);
  const isCharged = said.status === "canceled" && cost.booked > zero;
  const words = isCharged ? [`canceled, and still charges ${money(cost.booked)}`] : [];
  const sane: Following = {
    ...same,
    note: withWords(order.note, [...words, ...unread, ...cost.words]),
    bookedCost: cost.booked,
    misses: 0,
    opens: problem,
    closes: open(
      order,
      reasonsOfPolling.filter((reason) => reason !== problem?.reason),
    ),
  };
  if (problem?.reason === "went_back") return sane;
  if (problem !== undefined) return { ...sane, startCount, remains: said.remains ?? order.remains };
  return {
    ...sane,
    status: said.status,
    startCount,
    remains: remainsAfter(order, said.status, said.remains),
    ...(isFinal(said.status) &&
      cost.words.length > 0 && {
        opens: { reason: "cost_unclear", note: `The provider's ${cost.words.join("; ")}` },
      }),
  };
}

/** True where only the next time to ask has to be written. */
export function isQuiet(order: FollowedOrder, following: Following): boolean {
  return (
    following.status === order.status &&
    following.startCount === order.startCount &&
    following.remains === order.remains &&
    following.note === order.note &&
    following.bookedCost === order.bookedCost &&
    following.closes.length === 0 &&
    (following.opens === undefined || order.desk.includes(following.opens.reason))
  );
}

/** Why the order cannot simply go where the provider says. */
function problemOf(
  order: FollowedOrder,
  status: OrderStatus,
  { remains, unread }: Pick<State, "remains" | "unread">,
): Following["opens"] {
  const stands = wireStatus[order.status];
  if (status !== order.status && !orderTransitions[order.status].includes(status)) {
    const note = `It stood at ${stands}; the provider says ${wireStatus[status]}`;
    return { reason: "went_back", note };
  }
  if (status === "completed" && remains !== undefined && remains > 0) {
    const note = `The provider says Completed with ${remains} of ${order.quantity} remaining`;
    return { reason: "completed_short", note };
  }
  if (status === "completed" && unread?.["remains"] !== undefined) {
    const note = `The provider says Completed, with ${unreadWords(unread).join("; ")}`;
    return { reason: "completed_short", note };
  }
  if (status !== "partial") return undefined;
  if (remains !== undefined && remains >= 1 && remains <= order.quantity) return undefined;
  const note = `The provider says Partial with ${remains ?? "unknown"} of ${order.quantity} remaining`;
  return { reason: "partial_unclear", note };
}

/** What is to be booked. A charge that cannot be right is not booked but described. */
function readCharge(
  order: FollowedOrder,
  said: State,
  known: { readonly exchangeRate: Amount; readonly currency: string },
): { readonly booked: Amount; readonly words: readonly string[] } {
  const expected = order.cost !== undefined && order.cost > zero ? order.cost : order.charge;
  const judged = judgeCharge(said, { ...known, expected });
  switch (judged.kind) {
    case "none":
      return { booked: order.bookedCost, words: [] };
    case "clear":
      return { booked: judged.cost, words: [] };
    case "unclear":
      return { booked: order.bookedCost, words: [judged.words] };
  }
}

/** What was said beside the charge but cannot be read. */
function unreadWords(unread: State["unread"]): string[] {
  return Object.entries(unread ?? {}).flatMap(([name, said]) =>
    name === "charge" ? [] : [`${name} ${quoted(said)} cannot be read`],
  );
}

function quoted(text: string): string {
  return JSON.stringify(cleaned(text));
}

function open(order: FollowedOrder, reasons: readonly DeskReason[]): readonly DeskReason[] {
  return order.desk.length === 0 ? [] : reasons.filter((reason) => order.desk.includes(reason));
}

/** The note with the provider's words in place of its previous ones. What people wrote stays. */
function withWords(note: string | undefined, words: readonly string[]): string | undefined {
  const at = note?.lastIndexOf(noteMark) ?? -1;
  const before = (at < 0 ? (note ?? "") : (note ?? "").slice(0, at)).trimEnd();
  const ours = words.length === 0 ? "" : noteMark + words.join("; ");
  if (at < 0 && ours === "") return note;
  return [before, ours].filter((part) => part !== "").join(" ") || undefined;
}

function money(amount: Amount): string {
  return formatAmount(amount, 2);
}
