import { ConfigRefusal } from "#config.ts";
import { EmbeddedRefusal } from "#database/embedded/embedded.ts";
import { MigrationRefusal } from "#database/migrate.ts";
import { OutcomeUnknown, sqlState } from "#database/transaction.ts";
import { SecretsUnavailable } from "#secrets/open-secrets.ts";
import { Forbidden } from "#values/authorize.ts";
import { permissionText } from "#values/permissions.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Failure } from "./exit-codes.ts";
import { UsageError } from "./option.ts";

/** The database did not open, for whatever reason. `cause` holds it. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Sorts what was thrown: a user's slip, the world, or a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError || error instanceof ConfigRefusal) {
    return { exitCode: exitCodes.usage, code: "usage", text: error.message };
  }
  if (error instanceof SecretsUnavailable) {
    return { exitCode: exitCodes.refused, code: "secret_unavailable", text: error.message };
  }
  if (error instanceof Forbidden) {
    const { permission } = error;
    const text = `This needs the permission ${permission}: ${permissionText(permission)}`;
    return { exitCode: exitCodes.refused, code: "forbidden", text };
  }
  if (error instanceof EmbeddedRefusal) {
    return { exitCode: exitCodes.refused, code: "database_refused", text: error.message };
  }
  const schema = [error, ...causesOf(error)].find((each) => each instanceof MigrationRefusal);
  if (schema !== undefined) {
    return { exitCode: exitCodes.refused, code: "schema_refused", text: wordsOf(schema) };
  }
  if (error instanceof OutcomeUnknown) {
    const text =
      "The database went away in the very moment of the commit: nobody can say whether it was done. " +
      "Look before you do it again.";
    return { exitCode: exitCodes.unreachable, code: "outcome_unknown", text };
  }
  if (error instanceof Unreachable || isConnectionLoss(error)) {
    const text = [wordsOf(error), ...causesOf(error).map(wordsOf)].join(": ");
    return { exitCode: exitCodes.unreachable, code: "database_unreachable", text };
  }
  if (error instanceof Error && "syscall" in error && error.syscall === "listen") {
    const text = `The panel could not start: ${wordsOf(error)}`;
    return { exitCode: exitCodes.refused, code: "cannot_listen", text };
  }
  const text = `This is a bug in the panel: ${wordsOf(error)}`;
  // The trace is for the bug report.
  const trace = error instanceof Error && error.stack !== undefined ? `\n${error.stack}` : "";
  return { exitCode: exitCodes.bug, code: "bug", text: text + trace };
}

const connectionCodes: readonly string[] = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "EPIPE",
];

/** True where the database went away, or said that it is about to. */
function isConnectionLoss(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(57P0[1-5]|08...|53300|28...|3D000)$/.test(state);
  if (connectionCodes.includes(systemCode(error) ?? "")) return true;
  return error instanceof Error && /^Connection terminated|^timeout expired/.test(error.message);
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause !== undefined && causes.length < 5) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function wordsOf(error: unknown): string {
  // A name with several addresses fails with one error for each and no message of its own.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(wordsOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}
