import path from "node:path";
import { restore as readBackup } from "#archive/restore.ts";
import { skipMax } from "#archive/skip-numbers.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag, optional, required } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { countWithin, filledText } from "#cli/kit/readers.ts";
import { archiveRefusalText } from "./archive-refusal-text.ts";

const file = required("--file <file>", "a file that backup wrote", filledText);
const secret = optional("--secret <file>", "the key file, if not the panel's own", filledText);
const withoutSecret = flag("--without-secret", "go without the key: encrypted fields are lost");
const skip = optional(
  "--skip <number>",
  "how far numbers go on (left out: as far as may have been given since); 0 if nothing was",
  countWithin(0, skipMax),
);

export const restore: CliCommand = {
  name: "restore",
  summary: "Fills a new, empty panel with what a backup holds.",
  details:
    "Checks the file first, then loads all of it in one transaction and proves the ledger. A panel\n" +
    "that has anything, or that runs, is refused. Numbers (of orders and all else) go on far behind\n" +
    "those of the backup, so that none which was given after it is given twice.",
  options: [file, secret, withoutSecret, skip],
  positions: [file],
  run: async (panel, given) => {
    const { database, config, actor } = await panel.open();
    const named = given(secret);
    const skipped = given(skip);
    const restored = await readBackup(database, actor, {
      file: path.resolve(given(file)),
      secretFile: named === undefined ? config.secretFile : path.resolve(named),
      isWithoutSecret: given(withoutSecret),
      ...(skipped === undefined ? {} : { skip: skipped }),
    });
    if (!restored.ok) {
      const { refusal } = restored;
      return refused({ code: refusal.code, text: archiveRefusalText(refusal) });
    }
    const { header, tables, isWithoutSecret, numbers } = restored.value;
    const rows = tables.filter((one) => one.rows > 0).map((one) => [one.name, one.rows]);
    const lines = [
      `The panel is as it was at ${header.createdAt}. The ledger is proven.`,
      table(["table", "rows>"], rows, "The backup was of an empty panel."),
      numbers.by === 0
        ? `Numbers go on where they were: the next order is ${numbers.nextOrder}. What was given after ` +
          "the backup is given again."
        : `Every number goes on ${numbers.by} further, so that none which was given after the backup ` +
          `is given again: the next order is ${numbers.nextOrder} or later. If more than that were ` +
          "given since, restore again with --skip.",
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
      skipped: numbers.by,
      next_order: Number(numbers.nextOrder),
      tables: Object.fromEntries(tables.map((one) => [one.name, one.rows])),
    };
    return answer(json, lines.join("\n\n"));
  },
};
