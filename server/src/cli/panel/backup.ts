import path from "node:path";
import { backup as writeBackup } from "#archive/backup.ts";
import type { Backup } from "#archive/backup.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, required } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { archiveRefusalText } from "./archive-refusal-text.ts";

const file = required("--file <file>", "where to write it", filledText);
const force = flag("--force", "replace the file if there is one");

export const backup: CliCommand = {
  name: "backup",
  summary: "Writes everything that the panel knows into one file, while it runs.",
  details:
    "The file is there whole or not at all. It does not hold the encryption key: keep that file\n" +
    "too, in another place.",
  options: [file, force],
  positions: [file],
  run: async (panel, given) => {
    const { database, config, actor } = await panel.open();
    const written = await writeBackup(database, actor, {
      file: path.resolve(given(file)),
      secretFile: config.secretFile,
      isReplacing: given(force),
    });
    if (!written.ok) {
      const { refusal } = written;
      return refused({ code: refusal.code, text: archiveRefusalText(refusal) });
    }
    const { value } = written;
    if (!value.isAudited) panel.remark("The backup is good, but the audit could not be written.");
    return answer(backupJson(value), backupText(value));
  },
};

function backupJson(written: Backup): unknown {
  const { file, bytes, header, tables, secretFile } = written;
  return {
    file,
    bytes,
    created: header.createdAt,
    schema: header.schema,
    currency: header.currency,
    secret_fingerprint: header.secretFingerprint,
    secret_file: secretFile,
    tables: Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
  };
}

function backupText(written: Backup): string {
  const { file, bytes, header, tables, secretFile } = written;
  const rows = tables.filter((one) => one.rows > 0).map((one) => [one.name, one.rows]);
  const key =
    header.secretFingerprint === null
      ? "This panel has no encryption key yet: none is needed to restore."
      : `Keep ${secretFile} as well, apart from it: the encryption key ` +
        `${header.secretFingerprint} is not inside.`;
  return [
    `${file} holds the panel as it was at ${header.createdAt} (${bytes} bytes).`,
    table(["table", "rows>"], rows, "The panel is empty."),
    key,
  ].join("\n\n");
}
