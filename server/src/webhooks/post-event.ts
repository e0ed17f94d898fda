import { Webhook as Signer } from "standardwebhooks";
import { sendRequest } from "#outgoing/send-request.ts";
import { cut, storable } from "#values/text.ts";
import type { ShownEvent } from "./show-event.ts";

/** Where an event goes, and how. */
export type Receiver = {
  readonly url: string;
  /** Each of them signs. */
  readonly secrets: readonly string[];
  /** True: the address may lie in a private network. */
  readonly isPrivate: boolean;
  readonly timeoutMs: number;
  /** True: the events are of a test account. */
  readonly isTest: boolean;
};

/** The outcome of one delivery. */
export type Delivery = {
  readonly isTaken: boolean;
  /** True: the receiver wants no more events, for good. */
  readonly isGone: boolean;
  readonly httpStatus: number | undefined;
  /** The beginning of the answer, or why there was none. */
  readonly answer: string;
  readonly retryAfterSeconds: number | undefined;
};

const answerBytesMax = 64 * 1024;
const answerLengthMax = 500;

/**
 * Sends one event in the form of Standard Webhooks, once. An event counts as accepted when a status
 * of 200 to 299 arrives in time. Never throws, whatever the receiver does.
 */
export async function postEvent(
  receiver: Receiver,
  event: ShownEvent & { readonly id: string },
  nowMs: number,
): Promise<Delivery> {
  const { url, secrets, isPrivate, timeoutMs, isTest } = receiver;
  const { event: type, at, data } = event;
  const body = JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data,
    ...(isTest ? { test: true } : {}),
  });
  const sentAt = new Date(nowMs);
  const reply = await sendRequest({
    method: "POST",
    url,
    headers: {
      "content-type": "application/json",
      "user-agent": "Panelwright-Webhooks",
      "webhook-id": event.id,
      "webhook-timestamp": String(Math.floor(nowMs / 1000)),
      "webhook-signature": secrets
        .map((secret) => new Signer(secret).sign(event.id, sentAt, body))
        .join(" "),
    },
    body,
    timeoutMs,
    isPrivate,
    bytesMax: answerBytesMax,
  });
  const failed = { isTaken: false, isGone: false, retryAfterSeconds: undefined } as const;
  switch (reply.kind) {
    case "answered":
      return {
        isTaken: reply.status >= 200 && reply.status <= 299,
        isGone: reply.status === 410,
        httpStatus: reply.status,
        answer: kept(reply.text),
        retryAfterSeconds: reply.retryAfterSeconds,
      };
    case "redirected":
      return {
        ...failed,
        httpStatus: reply.status,
        answer: kept(`redirected to ${reply.location}: say that address instead`),
      };
    case "not_sent":
    case "unknown":
      return { ...failed, httpStatus: undefined, answer: kept(reply.reason) };
  }
}

function kept(text: string): string {
  return cut(storable(text, " "), answerLengthMax);
}
