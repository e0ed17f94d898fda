import type { RotateRefusal } from "#secrets/rotate-secret.ts";

/** Why the encryption key was not rotated, and what to do. */
export function rotateRefusalText(refusal: RotateRefusal): string {
  switch (refusal.code) {
    case "secret_missing":
    case "secret_other":
    case "secret_damaged":
      return refusal.message;
    case "panel_running":
      return (
        `The panel runs on this database (process ${refusal.pid} on ${refusal.host}: ` +
        `${refusal.roles.join(", ")}). Stop every process of it and rotate again; after a crash ` +
        "wait half a minute."
      );
    case "panel_connected":
      return (
        `Something else of this panel is connected to its database (${refusal.connections} ` +
        "connections): a command that is still at work, or a process that has not ended. Wait for " +
        "it or end it, and rotate again."
      );
    case "database_busy":
      return refusal.isOvertaken
        ? "The key was changed in this very moment. See: panel secret show."
        : "Somebody else holds the panel's settings, a backup for example. Wait for its end and " +
            "rotate again. Nothing was changed.";
    case "secret_not_in_place":
      return (
        `The key of this database lies in ${refusal.nextFile}, since the last rotation could not ` +
        `put it into its place. Move it to ${refusal.secretFile} and rotate again.`
      );
    case "secret_file_unwritable":
      return `${refusal.file} cannot be written (${refusal.problem}). Nothing was changed.`;
    case "secret_unreadable": {
      const found = refusal.columns.map(
        ({ table, column, unreadable }) => `${unreadable} of ${table}.${column}`,
      );
      return (
        `The present key does not open everything: ${found.join(", ")}. They were sealed with a ` +
        "key that was lost. With --leave-unreadable they are left as they are, and all others are " +
        "sealed anew. Nothing was changed."
      );
    }
  }
}
