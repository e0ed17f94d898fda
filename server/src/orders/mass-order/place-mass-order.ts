import { hash, randomUUID } from "node:crypto";
import { inTransaction } from "#database/transaction.ts";
import { NotPlaced } from "#orders/not-placed.ts";
import {
  findReplay,
  outcomeRefusal,
  placeOrder,
  prepareOrder,
  readRequest,
  repricingsMax,
} from "#orders/placing/place-order.ts";
import type { Buyer, OrderContext, PreparedOrder } from "#orders/placing/place-order.ts";
import { placeOrderBatch } from "#orders/placing/place-orders.sql.ts";
import type { OrderOutcome } from "#orders/placing/place-orders.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { isIdentifier } from "#values/text.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { inputOf, judgeLines } from "./judge-lines.ts";
import type { JudgedLine, LineRefusal } from "./judge-lines.ts";
import type { MassLine } from "./read-lines.ts";

const idLengthMax = 100;
/** Lines in progress at the same time: enough to fill the batches that `add` uses. */
const linesAtOnce = 1024;

/** `all`: every line or none, in one transaction. `valid`: each line by itself. */
export type MassMode = "all" | "valid";

/** The result of one line. */
export type PlacedLine = JudgedLine & {
  readonly placed: Result<{ readonly orderId: OrderId; readonly isReplay: boolean }, LineRefusal>;
};

/**
 * The name of a mass order whose sender gave none. The same list of the same customer is the same
 * mass order, so repeating a command orders nothing twice.
 */
export function massIdOf(buyer: Buyer, text: string): string {
  return hash("sha256", `${buyer.accountId}\n${text}`, "hex").slice(0, 32);
}

/** True where a text can name a mass order. */
export function isMassId(text: string): boolean {
  return text.trim() !== "" && text.length <= idLengthMax && isIdentifier(text);
}

/**
 * Places the lines under request ids made of the mass order's name and the line number. What was
 * placed under them before is returned again and not charged. With `all`, one refused line means
 * that none is placed: its verdict says why, and the others stay without an order (`not_placed`).
 */
export async function placeMassOrder(
  context: OrderContext,
  buyer: Buyer,
  order: { readonly lines: readonly MassLine[]; readonly id: string; readonly mode: MassMode },
): Promise<Result<readonly PlacedLine[], readonly JudgedLine[]>> {
  const judged = await judgeLines(context, buyer.accountId, order.lines);
  const requestIdOf = (line: number) => `mass:${order.id}:${line}`;
  if (order.mode === "valid")
    return ok(await placeValid(context, buyer, order, judged, requestIdOf));
  return placeAll(context, buyer, order, judged, requestIdOf);
}

type Sent = { readonly lines: readonly MassLine[] };

async function placeValid(
  context: OrderContext,
  buyer: Buyer,
  { lines }: Sent,
  judged: readonly JudgedLine[],
  requestIdOf: (line: number) => string,
): Promise<PlacedLine[]> {
  const placed: PlacedLine[] = [];
  for (let start = 0; start < lines.length; start += linesAtOnce) {
    const chunk = judged.slice(start, start + linesAtOnce);
    placed.push(
      ...(await Promise.all(
        chunk.map(async (each, index): Promise<PlacedLine> => {
          const line = lines[start + index];
          if (line?.kind !== "order" || isUnorderable(each)) return notOrdered(each);
          const input = inputOf(line, requestIdOf(each.line));
          return { ...each, placed: await placeOrder(context, buyer, input, "mass") };
        }),
      )),
    );
  }
  return placed;
}

/** A line refused like this can have no earlier order. Other refusals may only hold today. */
function isUnorderable({ verdict }: JudgedLine): boolean {
  const codes = ["line_unreadable", "type_unsuited", "package_quantity"];
  return !verdict.ok && codes.includes(verdict.refusal.code);
}

function notOrdered(line: JudgedLine): PlacedLine {
  if (line.verdict.ok) throw new Error("an orderable line was not ordered");
  return { ...line, placed: line.verdict };
}

type Ready = { readonly judged: JudgedLine } & (
  | { readonly prepared: PreparedOrder }
  | { readonly orderId: OrderId }
);

async function placeAll(
  context: OrderContext,
  buyer: Buyer,
  { lines }: Sent,
  judged: readonly JudgedLine[],
  requestIdOf: (line: number) => string,
): Promise<Result<readonly PlacedLine[], readonly JudgedLine[]>> {
  if (judged.some(isUnorderable)) return refused(judged);
  for (let repricing = 0; ; repricing++) {
    const prepared = await prepareAll(context, buyer, lines, judged, requestIdOf);
    if (!prepared.ok) return prepared;
    const fresh = prepared.value.filter((each) => "prepared" in each);
    let placed: readonly OrderOutcome[] = [];
    let decided: Awaited<ReturnType<typeof placeWhole>>;
    try {
      decided = await placeWhole(context, fresh);
      if (decided.ok) placed = decided.value;
    } finally {
      await settleAll(fresh, placed);
    }
    const outcomes = decided.ok ? decided.value : decided.refusal;
    if (decided.ok) return ok(placedLines(prepared.value, fresh, outcomes));
    if (!outcomes.some(({ code }) => code === "stale")) {
      const stood = new Map(fresh.map(({ judged: { line } }, index) => [line, outcomes[index]]));
      return refused(judged.map((each) => withOutcome(each, stood.get(each.line))));
    }
    if (repricing >= repricingsMax) throw new NotPlaced("the price changes too fast");
    context.catalog.forgetPrices(buyer.accountId);
    await context.catalog.refresh();
  }
}

/**
 * Every line ready for the batch, or placed before. Otherwise all verdicts, and nothing stays
 * reserved.
 */
async function prepareAll(
  context: OrderContext,
  buyer: Buyer,
  lines: readonly MassLine[],
  judged: readonly JudgedLine[],
  requestIdOf: (line: number) => string,
): Promise<Result<Ready[], readonly JudgedLine[]>> {
  const ready: Ready[] = [];
  let isReady = false;
  try {
    const verdicts = await prepareEach(context, buyer, lines, judged, requestIdOf, ready);
    isReady = ready.length === judged.length;
    return isReady ? ok(ready) : refused(verdicts);
  } finally {
    const fresh = ready.filter((each) => "prepared" in each);
    if (!isReady) await settleAll(fresh, []);
  }
}

/** The verdicts. Ready lines are added to `ready` one by one, so that they can be given back. */
async function prepareEach(
  context: OrderContext,
  buyer: Buyer,
  lines: readonly MassLine[],
  judged: readonly JudgedLine[],
  requestIdOf: (line: number) => string,
  ready: Ready[],
): Promise<JudgedLine[]> {
  const verdicts: JudgedLine[] = [];
  for (const [index, each] of judged.entries()) {
    const line = lines[index];
    if (line?.kind !== "order") throw new Error("an unreadable line came to be ordered");
    const input = inputOf(line, requestIdOf(each.line));
    const read = await readRequest(context, input);
    const from = { source: "mass", isInList: true } as const;
    const prepared = read.ok ? await prepareOrder(context, buyer, input, read.value, from) : read;
    const replay =
      read.ok && !prepared.ok ? await findReplay(context, buyer, read.value) : undefined;
    if (prepared.ok) ready.push({ judged: each, prepared: prepared.value });
    else if (replay?.ok === true) ready.push({ judged: each, orderId: replay.value.orderId });
    verdicts.push(prepared.ok || replay?.ok === true ? each : { ...each, verdict: prepared });
  }
  return verdicts;
}

type Fresh = Extract<Ready, { readonly prepared: PreparedOrder }>;

/** One statement in one transaction, which leaves no trace where a line is not accepted. */
function placeWhole(
  { ctx }: OrderContext,
  fresh: readonly Fresh[],
): Promise<Result<OrderOutcome[], OrderOutcome[]>> {
  if (fresh.length === 0) return Promise.resolve(ok([]));
  return inTransaction({ ...ctx, db: ctx.hot }, async (tx) => {
    const requests = fresh.map(({ prepared }) => prepared.request);
    const outcomes = await placeOrderBatch(tx, randomUUID(), requests);
    const isWhole = outcomes.every(({ orderId }) => orderId !== undefined);
    return isWhole ? ok(outcomes) : refused(outcomes);
  });
}

async function settleAll(
  fresh: readonly Fresh[],
  outcomes: readonly OrderOutcome[],
): Promise<void> {
  for (const [index, { prepared }] of fresh.entries()) {
    await prepared.settle?.(outcomes[index]?.orderId);
  }
}

function placedLines(
  ready: readonly Ready[],
  fresh: readonly Fresh[],
  outcomes: readonly OrderOutcome[],
): PlacedLine[] {
  const decided = new Map(fresh.map((each, index) => [each.judged.line, outcomes[index]]));
  return ready.map((each) => {
    const outcome = decided.get(each.judged.line);
    const orderId = "orderId" in each ? each.orderId : outcome?.orderId;
    if (orderId === undefined) throw new Error("an accepted line has no order");
    const isReplay = outcome?.code !== "accepted";
    return { ...each.judged, placed: ok({ orderId, isReplay }) };
  });
}

function withOutcome(line: JudgedLine, outcome: OrderOutcome | undefined): JudgedLine {
  switch (outcome?.code) {
    case "conflict":
    case "insufficient":
    case "key":
    case "inactive":
      return { ...line, verdict: refused(outcomeRefusal(outcome.code)) };
    case "accepted":
    case "replayed":
    case "stale":
    case undefined:
      return line;
  }
}
