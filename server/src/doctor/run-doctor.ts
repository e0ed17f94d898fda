import type { Context } from "#database/context.ts";
import type { DatabasePlace } from "#database/database.ts";
import { bad } from "./check.ts";
import type { Finding } from "./check.ts";
import {
  checkBackup,
  checkClock,
  checkConnections,
  checkDueTimes,
  checkDurability,
  checkGuards,
  checkLedger,
  checkSchema,
  checkServer,
  checkWorker,
  checkWrites,
} from "./database-checks.ts";
import { readServerState } from "./doctor.sql.ts";
import { checkDesk, checkProviders } from "./provider-checks.ts";
import { checkDataFolder, checkDisk, checkNode } from "./machine-checks.ts";
import { checkProducts } from "./product-checks.ts";
import { checkSealed, checkSecret, checkStock } from "./secret-checks.ts";

/** Where the panel keeps its data: a part of the configuration. */
export type PatientPlace = {
  readonly place: DatabasePlace;
  readonly dataFolder: string;
  readonly secretFile: string;
};

export type DoctorReport = {
  /** False where something is bad. Warnings do not count. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
};

/**
 * Checks everything that a healthy panel needs, and changes nothing. `open` gives the context of an
 * opened database; where it throws, that is a finding like any other.
 */
export async function runDoctor(
  patient: PatientPlace,
  open: () => Promise<Context>,
): Promise<DoctorReport> {
  const checks: Finding[] = [checkNode(process.versions.node)];
  // Opening creates a missing data folder, so look first.
  checks.push(await checkDataFolder(patient.dataFolder));
  checks.push(await look("disk", () => checkDisk(patient.dataFolder)));
  checks.push(...(await checkDatabase(patient, open)));
  return { ok: checks.every((check) => check.state !== "bad"), checks };
}

async function checkDatabase(
  patient: PatientPlace,
  open: () => Promise<Context>,
): Promise<Finding[]> {
  let ctx: Context;
  try {
    ctx = await open();
  } catch (error) {
    const where = patient.place.kind === "embedded" ? "the data folder's logs" : "the server";
    const advice = `Look at ${where}, and at PANEL_DATABASE_URL and PANEL_DATA.`;
    return [bad("database", `It cannot be used: ${wordsOf(error).replace(/\.$/, "")}`, advice)];
  }
  try {
    const state = await readServerState(ctx.db);
    return [
      checkServer(patient.place, state),
      checkDurability(state),
      await look("writes", () => checkWrites(ctx)),
      checkGuards(state),
      await look("schema", () => checkSchema(ctx)),
      await look("ledger", () => checkLedger(ctx)),
      await look("encryption key", () => checkSecret(ctx, patient.secretFile)),
      await look("encrypted fields", () => checkSealed(ctx, patient.secretFile)),
      await look("stock", () => checkStock(ctx, patient.secretFile)),
      await look("worker", () => checkWorker(ctx)),
      await look("providers", () => checkProviders(ctx)),
      await look("desk", () => checkDesk(ctx)),
      await look("products", () => checkProducts(ctx)),
      checkConnections(state),
      await look("clock", () => checkClock(ctx, state)),
      await look("due times", () => checkDueTimes(ctx)),
      await look("backup", () => checkBackup(ctx)),
    ];
  } catch (error) {
    return [bad("database", `It does not answer: ${wordsOf(error)}`, "Look at its log.")];
  }
}

/** Runs one check; its failure does not keep the others from running. */
async function look(name: string, check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return bad(name, `It could not be checked: ${wordsOf(error)}`, "Look at the log.");
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`;
}
