import type { Tx } from "#database/transaction.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { lockAnswers, storeAnswers } from "./answered-requests.sql.ts";
import { requestIdUsed } from "./request-id.ts";
import type { RepeatableRequest, RequestIdUsed } from "./request-id.ts";

/**
 * Does `work` for the subjects for which this request has not done it before, and returns the
 * results of all: `read` reads what was done earlier. Without a request all are new. `work` may
 * leave subjects without a verdict.
 */
export async function answerOnce<Subject extends number, Value, Refusal>(
  tx: Tx,
  request: RepeatableRequest | undefined,
  subjects: readonly Subject[],
  read: (stored: unknown) => Value | undefined,
  work: (left: readonly Subject[]) => Promise<ReadonlyMap<Subject, Result<Value, Refusal>>>,
): Promise<Result<ReadonlyMap<Subject, Result<Value, Refusal>>, RequestIdUsed>> {
  if (request === undefined) return ok(await work(subjects));
  const stored = await lockAnswers(tx, request);
  if (stored === undefined) return refused(requestIdUsed);
  const verdicts = new Map<Subject, Result<Value, Refusal>>();
  for (const subject of subjects) {
    const value = read(stored[String(subject)]);
    if (value !== undefined) verdicts.set(subject, ok(value));
  }
  const left = subjects.filter((subject) => !verdicts.has(subject));
  const done: Record<string, Value> = {};
  for (const [subject, verdict] of left.length === 0 ? [] : await work(left)) {
    verdicts.set(subject, verdict);
    if (verdict.ok) done[String(subject)] = verdict.value;
  }
  await storeAnswers(tx, request, done);
  return ok(verdicts);
}

/** The same for one subject. A refusal ends the transaction without leaving a trace. */
export async function answerOneOnce<Subject extends number, Value, Refusal>(
  tx: Tx,
  request: RepeatableRequest | undefined,
  subject: Subject,
  read: (stored: unknown) => Value | undefined,
  work: () => Promise<Result<Value, Refusal>>,
): Promise<Result<Value, Refusal | RequestIdUsed>> {
  const answered = await answerOnce(tx, request, [subject], read, async () => {
    return new Map([[subject, await work()]]);
  });
  if (!answered.ok) return answered;
  const verdict = answered.value.get(subject);
  if (verdict === undefined) throw new Error("a request was not answered");
  return verdict;
}
