import { rotateSecret } from "#secrets/rotate-secret.ts";
import type { Rotated } from "#secrets/rotate-secret.ts";
import { refused } from "#values/result.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { flag } from "#cli/kit/option.ts";
import { table } from "#cli/kit/output.ts";
import { rotateRefusalText } from "./rotate-refusal-text.ts";

const leaveUnreadable = flag(
  "--leave-unreadable",
  "go on where texts were sealed with a key that was lost, and leave those",
);

export const secretRotate: CliCommand = {
  name: "secret rotate",
  summary: "Makes a new encryption key and seals everything anew, while the panel is stopped.",
  details:
    "One transaction; what breaks it off leaves the key that was. That key is kept beside the new\n" +
    "one, because backups from before open with no other.",
  options: [leaveUnreadable],
  run: async (panel, given) => {
    const { ctx, config, actor } = await panel.open();
    const { secretFile } = config;
    const rotated = await rotateSecret(ctx, actor, {
      secretFile,
      isLeavingUnreadable: given(leaveUnreadable),
    });
    if (!rotated.ok) {
      const { refusal } = rotated;
      return refused({ code: refusal.code, text: rotateRefusalText(refusal) });
    }
    const { before, after, columns, retiredFile, isInPlace } = rotated.value;
    const json = {
      fingerprint: after,
      fingerprint_before: before,
      file: isInPlace ? secretFile : `${secretFile}.next`,
      retired_file: isInPlace ? retiredFile : secretFile,
      sealed: columns.map(({ readable, unreadable, ...column }) => ({
        ...column,
        sealed: readable,
        left: unreadable,
      })),
    };
    return answer(json, rotatedText(rotated.value, secretFile));
  },
};

function rotatedText(rotated: Rotated, secretFile: string): string {
  const { before, after, columns, retiredFile, isInPlace } = rotated;
  const rows = columns
    .filter(({ readable, unreadable }) => readable + unreadable > 0)
    .map((one) => [`${one.table}.${one.column}`, one.readable, one.unreadable]);
  const place = isInPlace
    ? `The key ${after} lies in ${secretFile}. The one before, ${before}, lies in ${retiredFile}.`
    : `The key ${after} lies in ${secretFile}.next, for it could not be moved to ${secretFile}. The ` +
      "panel finds it there; move it before you rotate again, and keep the one that is there now.";
  return [
    table(["what", "sealed>", "left>"], rows, "Nothing was sealed yet."),
    place,
    "Now: copy the new file to every machine that runs this panel and to where you keep it, and " +
      "take a backup.",
    `Backups from before open with the key ${before} alone: keep it as long as you keep them.`,
  ].join("\n\n");
}
