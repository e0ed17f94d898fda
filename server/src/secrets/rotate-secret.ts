import { audit } from "#audit/audit.sql.ts";
import type { Context } from "#database/context.ts";
import { listProcesses } from "#database/processes.sql.ts";
import { inTransaction, sqlState } from "#database/transaction.ts";
import type { Tx } from "#database/transaction.ts";
import { upsertSetting } from "#settings/settings.sql.ts";
import type { Actor } from "#values/actor.ts";
import { authorize } from "#values/authorize.ts";
import { ok, refused } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import type { Secrets } from "#values/secrets.ts";
import {
  createKeyFile,
  nextKeyFile,
  promoteNextKey,
  readKeyFile,
  removeKeyFile,
  retiredKeyFile,
} from "./key-file.ts";
import {
  findFileFingerprint,
  findSecretFingerprint,
  openSecrets,
  secretFingerprintKey,
} from "./open-secrets.ts";
import type { SecretsRefusal } from "./open-secrets.ts";
import { resealAll } from "./reseal.ts";
import type { SealedCount } from "./reseal.ts";
import { secretsOf } from "./seal.ts";
import { countConnections, lockSealed, lockSecret } from "./sealed.sql.ts";

const silentSecondsMax = 30;
const leaveWaitMs = 3000;
const lookEveryMs = 100;

export type Rotated = {
  readonly before: string;
  readonly after: string;
  /** What was sealed anew, and what could not be. */
  readonly columns: readonly SealedCount[];
  /** Where the previous key now lies: only backups from before the rotation need it. */
  readonly retiredFile: string;
  /** False where the new key works but could not be put in the place of the key file. */
  readonly isInPlace: boolean;
};

/** Nothing was changed. */
export type RotateRefusal =
  | SecretsRefusal
  | {
      readonly code: "panel_running";
      readonly pid: number;
      readonly host: string;
      readonly roles: readonly string[];
    }
  /** By this many connections that are not ours. */
  | { readonly code: "panel_connected"; readonly connections: number }
  /** `isOvertaken`: another rotation came first; otherwise somebody holds the settings. */
  | { readonly code: "database_busy"; readonly isOvertaken: boolean }
  | { readonly code: "secret_not_in_place"; readonly nextFile: string; readonly secretFile: string }
  | { readonly code: "secret_file_unwritable"; readonly file: string; readonly problem: string }
  | { readonly code: "secret_unreadable"; readonly columns: readonly SealedCount[] };

/**
 * Makes a new encryption key and seals everything in the database with it, in one transaction,
 * while no panel runs. The new key is on the disk before the transaction commits, and takes the
 * place of the key file after it. A crash at any moment leaves a panel that starts, with the old
 * key or the new one. With `isLeavingUnreadable`, texts that do not open with the present key are
 * left as they are.
 */
export async function rotateSecret(
  ctx: Context,
  actor: Actor,
  options: { readonly secretFile: string; readonly isLeavingUnreadable?: boolean },
): Promise<Result<Rotated, RotateRefusal>> {
  authorize(actor, "secrets.rotate");
  const { secretFile } = options;
  const opened = await openSecrets(ctx.db, secretFile);
  if (!opened.ok) return opened;
  const old = opened.value;
  // The next key's file beside the key file is about to be replaced, so it must not be in use.
  if ((await findFileFingerprint(secretFile)) !== old.fingerprint) {
    const nextFile = nextKeyFile(secretFile);
    return refused({ code: "secret_not_in_place", nextFile, secretFile });
  }
  await waitForOthersToLeave(ctx);

  const resealed = await resealDatabase(ctx, actor, old, options);
  if (!resealed.ok) return resealed;
  const { after, columns } = resealed.value;
  const isInPlace = await promoteNextKey(secretFile, old.fingerprint).then(
    () => true,
    () => false,
  );
  const retiredFile = retiredKeyFile(secretFile, old.fingerprint);
  return ok({ before: old.fingerprint, after, columns, retiredFile, isInPlace });
}

/**
 * The part of a rotation up to its commit. Afterwards the database needs the key that lies beside
 * the file as the next one.
 */
export async function resealDatabase(
  ctx: Context,
  actor: Actor,
  old: Secrets,
  options: { readonly secretFile: string; readonly isLeavingUnreadable?: boolean },
): Promise<Result<{ readonly after: string; readonly columns: SealedCount[] }, RotateRefusal>> {
  authorize(actor, "secrets.rotate");
  const { secretFile, isLeavingUnreadable = false } = options;
  const nextFile = nextKeyFile(secretFile);
  try {
    return await inTransaction(ctx, async (tx) => {
      await lockSecret(tx);
      const hindrance = await findHindrance(ctx, tx, old);
      if (hindrance !== undefined) return refused(hindrance);
      // The file is made under the lock, so no other rotation can be using its name.
      const next = await makeNextKey(secretFile);
      await lockSealed(tx);
      const columns = await resealAll(tx, old, next);
      const lost = columns.filter(({ unreadable }) => unreadable > 0);
      if (!isLeavingUnreadable && lost.length > 0) {
        await removeKeyFile(nextFile);
        return refused({ code: "secret_unreadable", columns: lost });
      }
      await upsertSetting(tx, secretFingerprintKey, next.fingerprint);
      await audit(tx, {
        actor,
        action: "secret.rotate",
        subject: "panel",
        before: { fingerprint: old.fingerprint },
        after: { fingerprint: next.fingerprint, columns },
      });
      return ok({ after: next.fingerprint, columns });
    });
  } catch (error) {
    // Only the database knows whether an interrupted commit took place: both keys stay.
    if (sqlState(error) === "55P03") return refused({ code: "database_busy", isOvertaken: false });
    const problem = fileProblem(error);
    if (problem === undefined) throw error;
    return refused({ code: "secret_file_unwritable", file: nextFile, problem });
  }
}

/** A command that has just ended may still be in the server's list, so it gets a moment. */
async function waitForOthersToLeave(ctx: Context): Promise<void> {
  const until = ctx.clock.now() + leaveWaitMs;
  for (;;) {
    const tx = await ctx.db.connect();
    const others = await countOthers(ctx, tx).finally(() => tx.release());
    if (others <= 0 || ctx.clock.now() >= until) return;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

async function countOthers(ctx: Context, tx: Tx): Promise<number> {
  return (await countConnections(tx)) - ctx.db.totalCount - ctx.hot.totalCount;
}

/** Why the key cannot change now: somebody has it in memory, and would go on sealing with it. */
async function findHindrance(
  ctx: Context,
  tx: Tx,
  old: Secrets,
): Promise<RotateRefusal | undefined> {
  const live = (await listProcesses(tx)).find((one) => one.silent_seconds <= silentSecondsMax);
  if (live !== undefined) {
    return { code: "panel_running", pid: live.pid, host: live.host, roles: live.roles };
  }
  const others = await countOthers(ctx, tx);
  if (others > 0) return { code: "panel_connected", connections: others };
  const isOvertaken = (await findSecretFingerprint(tx)) !== old.fingerprint;
  return isOvertaken ? { code: "database_busy", isOvertaken } : undefined;
}

/** Makes the next key. What an interrupted rotation left and never committed is replaced. */
async function makeNextKey(secretFile: string): Promise<Secrets> {
  const file = nextKeyFile(secretFile);
  if ((await readKeyFile(file)).kind !== "missing") await removeKeyFile(file);
  if (!(await createKeyFile(file))) throw new Error(`${file} is made by somebody else`);
  const made = await readKeyFile(file);
  if (made.kind !== "key") throw new Error(`${file} does not read as it was written`);
  return secretsOf(made.key);
}

function fileProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error)) return undefined;
  return error.syscall === "connect" ? undefined : String(error.code);
}
