import { batchesOf, itemsOf, joined } from "./batches.ts";
import type { Each, ItemNames } from "./batches.ts";
import type { ActOptions, PanelCaller, Question } from "./call-panel.ts";
import {
  NotSentError,
  OutcomeUnknownError,
  PanelError,
  RefusedError,
  UnreadableError,
} from "./errors.ts";
import { isRecord } from "./json.ts";
import { isAborted } from "./pause.ts";
import { Unexpected } from "./read-answers.ts";
import { readRefusal, refusalText } from "./refusals.ts";
import type { Id } from "./types.ts";

/** A call that takes one id or several. */
export type ManyQuestion<Value> = {
  readonly action: string;
  readonly effect: Question<Value>["effect"];
  /** The wire's names for one id and for several. */
  readonly one: string;
  readonly many: string;
  readonly names: ItemNames;
  /** Throws `Unexpected`. */
  read(item: unknown): Value;
};

const leftOut = "the panel left this id out of its answer";

/**
 * Asks for several ids in batches and joins the answers. A question that fails, fails as a whole:
 * it can be asked again. Of something to be done, what was answered before the failure is kept:
 * the failure stands in the place of its ids, and behind it the others were not sent.
 */
export async function askSeveral<Value>(
  call: PanelCaller,
  question: ManyQuestion<Value>,
  ids: readonly Id[],
  batchSize: number,
  options: ActOptions,
): Promise<readonly Each<Value>[]> {
  const { action, effect } = question;
  const results = new Map<string, Each<Value>>();
  let failure: PanelError | undefined;
  const batches = batchesOf(ids, batchSize);
  for (const [number, batch] of batches.entries()) {
    if (failure !== undefined) {
      const message = `${action}: not sent, because an earlier batch failed`;
      const error = new NotSentError(message, { action, attempts: 0, cause: failure });
      for (const id of batch) results.set(String(id), { id, ok: false, error });
      continue;
    }
    try {
      const { requestId: whole } = options;
      const requestId = batches.length > 1 && whole ? `${whole}.${number + 1}` : whole;
      const answered = await askBatch(call, question, batch, batchSize, { ...options, requestId });
      for (const [id, result] of answered) results.set(id, result);
    } catch (error) {
      failure = stoppedBy(error, action, options.signal);
      if (failure === undefined || effect === "none" || results.size === 0) throw error;
      for (const id of batch) results.set(String(id), { id, ok: false, error: failure });
    }
  }
  return joined(ids, results, () => unanswered(question, leftOut));
}

// A call that its caller ended before it was sent throws the caller's own reason.
function stoppedBy(
  error: unknown,
  action: string,
  signal: AbortSignal | undefined,
): PanelError | undefined {
  if (error instanceof PanelError) return error;
  if (!isAborted(signal)) return undefined;
  const message = `${action}: not sent, because the call was ended`;
  return new NotSentError(message, { action, attempts: 0, cause: error });
}

async function askBatch<Value>(
  call: PanelCaller,
  question: ManyQuestion<Value>,
  batch: readonly Id[],
  batchSize: number,
  { requestId, ...options }: ActOptions,
): Promise<ReadonlyMap<string, Each<Value>>> {
  const { action, effect, names } = question;
  const name = batchSize === 1 ? question.one : question.many;
  const read = (answer: unknown) => {
    const items = itemsOf(answer, batch, names);
    if (items.size === 0 && !isEmpty(answer)) throw new Unexpected("the answer names no id");
    return new Map(
      batch.map((id): [string, Each<Value>] => {
        const key = String(id);
        if (items.has(key)) return [key, resultOf(question, id, items.get(key))];
        return [key, { id, ok: false, error: unanswered(question, leftOut) }];
      }),
    );
  };
  try {
    const fields = { [name]: batch.join(",") };
    if (requestId === undefined) return await call({ action, effect, fields, read }, options);
    const named = { ...fields, request_id: requestId };
    return await call({ action, effect, fields: named, requestId, read }, options);
  } catch (error) {
    // Where one id was asked for, its refusal may come as that of the whole request.
    const [only, ...others] = batch;
    const isOfOne = error instanceof RefusedError && /missing|state/.test(error.kind);
    if (!isOfOne || only === undefined || others.length > 0) throw error;
    return new Map([[String(only), { id: only, ok: false, error }]]);
  }
}

// PHP writes an object that has nothing in it as a list.
function isEmpty(answer: unknown): boolean {
  return Array.isArray(answer) && answer.length === 0;
}

function resultOf<Value>(question: ManyQuestion<Value>, id: Id, item: unknown): Each<Value> {
  const refused = (text: string): Each<Value> => {
    const circumstances = { action: question.action, attempts: 1 };
    const refusal = readRefusal(text);
    // The panel could not be reached when it was this one's turn.
    if (refusal.code === "unavailable") {
      return { id, ok: false, error: new NotSentError(text, circumstances) };
    }
    return { id, ok: false, error: new RefusedError(refusal, circumstances) };
  };
  const sentence = refusalText(item);
  // A text may be a value too: then only a known sentence is a refusal.
  const isRefusal = isRecord(item) || readRefusal(sentence ?? "").code !== undefined;
  if (sentence !== undefined && isRefusal) return refused(sentence);
  try {
    return { id, ok: true, value: question.read(item) };
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    if (sentence !== undefined) return refused(sentence);
    return { id, ok: false, error: unanswered(question, error.message) };
  }
}

/** Stands in the place of an id about which the answer says nothing readable. */
function unanswered<Value>({ action, effect }: ManyQuestion<Value>, why: string): PanelError {
  const circumstances = { action, attempts: 1 };
  const message = `${action}: ${why}`;
  return effect === "none"
    ? new UnreadableError(message, circumstances)
    : new OutcomeUnknownError(message, undefined, circumstances);
}
