import { BodyUndecodable } from "./decode-body.ts";
import { AnswerTooLarge, TimeIsUp } from "./exchange.ts";
import { AddressRefused } from "./public-address.ts";

const byCode: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name could not be resolved",
  ECONNREFUSED: "the connection was refused",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection took too long",
  UND_ERR_CONNECT_TIMEOUT: "the connection took too long",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed before the whole answer came",
  HPE_INVALID_CONSTANT: "the answer is no HTTP",
  EPROTO: "the server does not speak TLS on this port",
  ERR_SSL_WRONG_VERSION_NUMBER: "the server does not speak TLS on this port",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the server does not speak TLS on this port",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself, which nobody can verify",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate cannot be verified: a part of the chain is missing",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not trusted",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  ERR_BUFFER_TOO_LARGE: "the answer is larger than is read",
  Z_BUF_ERROR: "the packed answer is cut off",
  Z_DATA_ERROR: "the packed answer is damaged",
};

/** What went wrong between us and `url`, for staff; nothing of the request's content. */
export function wordsForFailure(error: unknown, url: URL): string {
  return `${url.host}: ${wordsFor(error)}`;
}

function wordsFor(error: unknown): string {
  for (const cause of withCauses(error)) {
    if (cause instanceof TimeIsUp) return "the time was up";
    if (cause instanceof AnswerTooLarge) return "the answer is larger than is read";
    if (cause instanceof AddressRefused) return cause.message;
    if (cause instanceof BodyUndecodable) return `the answer cannot be unpacked, ${cause.message}`;
    const code = codeOf(cause);
    const words = code === undefined ? undefined : byCode[code];
    if (words !== undefined) return words;
  }
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === undefined ? message : `${message} (${code})`;
}

/** The error, what caused it, and the errors of the single addresses that were tried. */
function withCauses(error: unknown): unknown[] {
  const found: unknown[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift();
    found.push(next);
    const apart: unknown = next instanceof AggregateError ? next.errors : [];
    if (Array.isArray(apart)) for (const one of apart) waiting.push(one);
    if (next instanceof Error && next.cause !== undefined) waiting.push(next.cause);
  }
  return found;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
