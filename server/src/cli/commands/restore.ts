import path from "node:path";
import { restore as readBackup } from "#archive/restore.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/command.ts";
import type { CliCommand } from "#cli/command.ts";
import { flag, optional, required } from "#cli/option.ts";
import { table } from "#cli/output.ts";
import { filledText } from "#cli/readers.ts";

const file = required("--file <file>", "a file that backup wrote", filledText);
const secret = optional("--secret <file>", "the key file, if not the panel's own", filledText);
const withoutSecret = flag("--without-secret", "go without the key: encrypted fields are lost");

export const restore: CliCommand = {
  name: "restore",
  summary: "Fills a new, empty panel with what a backup holds.",
  details:
    "Checks the file first, then loads all of it in one transaction and proves the ledger. A panel\n" +
    "that has anything, or that runs, is refused.",
  options: [file, secret, withoutSecret],
  positions: [file],
  run: async (desk, given) => {
    const { database, config, actor } = await desk.open();
    const named = given(secret);
    const restored = await readBackup(database, actor, {
      file: path.resolve(given(file)),
      secretFile: named === undefined ? config.secretFile : path.resolve(named),
      isWithoutSecret: given(withoutSecret),
    });
    if (!restored.ok) {
      return refused({ code: restored.refusal.code, text: restored.refusal.message });
    }
    const { header, tables, isWithoutSecret } = restored.value;
    const rows = tables.filter((one) => one.rows > 0).map((one) => [one.name, one.rows]);
    const lines = [
      `The panel is as it was at ${header.createdAt}. The ledger is proven.`,
      table(["table", "rows>"], rows, "The backup was of an empty panel."),
      "Orders that were due then are due now: do not start this panel while the old one runs.",
    ];
    if (isWithoutSecret) {
      lines.push("Encrypted fields cannot be read without their key: enter them again.");
    } else if (named !== undefined && path.resolve(named) !== config.secretFile) {
      lines.push(`Start the panel with PANEL_SECRET_FILE=${path.resolve(named)}.`);
    }
    const json = {
      restored: true,
      created: header.createdAt,
      schema: header.schema,
      currency: header.currency,
      without_secret: isWithoutSecret,
      tables: Object.fromEntries(tables.map((one) => [one.name, one.rows])),
    };
    return answer(json, lines.join("\n\n"));
  },
};
