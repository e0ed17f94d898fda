import type { BackupRefusal } from "#archive/backup.ts";
import type { Misfit, RestoreRefusal } from "#archive/restore.ts";

/** Why a backup was not written or not restored, and what to do. */
export function archiveRefusalText(refusal: BackupRefusal | RestoreRefusal): string {
  switch (refusal.code) {
    case "file_exists":
      return `The file ${refusal.file} exists. Choose another name, or --force.`;
    case "file_unwritable":
      return `${refusal.file} cannot be written: ${refusal.problem}.`;
    case "file_unreadable":
      return `${refusal.file} cannot be read: ${refusal.problem}.`;
    case "archive_damaged":
      return `${refusal.damage} Nothing was changed.`;
    case "archive_older":
      return (
        "The backup was taken before the first release of the panel, in a form that no release reads " +
        `(${refusal.format}, schema ${refusal.schema}). Restore it with the program that took it, or ` +
        "begin with an empty panel."
      );
    case "archive_newer":
      return (
        `The backup comes from a newer panel (schema ${refusal.schema}, this one has ` +
        `${refusal.schemaHere}). Install that version and restore there.`
      );
    case "archive_unfit":
      return misfitText(refusal.misfit);
    case "panel_not_empty":
      return (
        `This panel has ${refusal.holds} already. Restore into a new data folder or database: ` +
        "nothing is ever overwritten."
      );
    case "panel_running":
      return (
        `The panel runs on this database (process ${refusal.pid} on ${refusal.host}). Stop it and ` +
        "restore again; after a crash wait half a minute."
      );
    case "secret_missing":
    case "secret_other":
      return secretText(refusal);
    case "ledger_drift":
      return `The backup's ledger is not right: ${driftText(refusal.drift)} Nothing was changed.`;
  }
}

function misfitText(misfit: Misfit): string {
  switch (misfit.kind) {
    case "table_unknown":
      return `This panel has no table ${misfit.table}, which the backup holds.`;
    case "column_unknown":
      return `The table ${misfit.table} has no column ${misfit.column} any more.`;
    case "column_lacking":
      return (
        `The backup lacks the column ${misfit.column} of ${misfit.table}, which this version ` +
        "needs."
      );
    case "data_refused":
      return `The database does not take the backup's data: ${misfit.reason}`;
  }
}

function secretText(
  refusal: Extract<RestoreRefusal, { code: "secret_missing" | "secret_other" }>,
): string {
  const { needed, secretFile, retiredFile } = refusal;
  const holds =
    refusal.code === "secret_missing" ? "is no key file" : `holds the key ${refusal.present}`;
  const way =
    retiredFile === undefined
      ? "Put the key file of that panel there, or name it with --secret. "
      : `That key was rotated away and lies in ${retiredFile}: name it with --secret. `;
  return (
    `The backup's encrypted fields need the key ${needed}, and ${secretFile} ${holds}. ${way}` +
    "With --without-secret everything but the encrypted fields is restored: what is sealed, the " +
    "stock of products among it, is lost."
  );
}

function driftText(drift: Extract<RestoreRefusal, { code: "ledger_drift" }>["drift"]): string {
  return "unbalanced" in drift
    ? `the sides of ${drift.unbalanced} do not sum to zero.`
    : `${drift.what}, account ${drift.account}. ${drift.detail}.`;
}
