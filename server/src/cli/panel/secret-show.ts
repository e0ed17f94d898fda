import { showSecret } from "#secrets/show-secret.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";

export const secretShow: CliCommand = {
  name: "secret show",
  summary: "Says which encryption key the database needs, since when, and whether it is here.",
  details: "Keys are told apart by their fingerprints. The key itself is never shown.",
  options: [],
  run: async (panel) => {
    const { ctx, config } = await panel.open();
    const { secretFile } = config;
    const { fingerprint, since, fileFingerprint, retired } = await showSecret(ctx.db, secretFile);
    const isHere = fingerprint === undefined || fingerprint === fileFingerprint;
    const json = {
      fingerprint: fingerprint ?? null,
      since: since ?? null,
      file: secretFile,
      file_fingerprint: fileFingerprint ?? null,
      retired,
      usable: isHere,
    };
    const need =
      fingerprint === undefined
        ? "No key is in use yet: the first start makes one."
        : `Everything is sealed with the key ${fingerprint}, since ${since?.toISOString() ?? "?"}.`;
    const holds =
      fileFingerprint === undefined
        ? `${secretFile} is no key file.`
        : `${secretFile} holds the key ${fileFingerprint}.`;
    const lines = [need, holds];
    if (!isHere) lines.push("Put the right file back, or name it in PANEL_SECRET_FILE.");
    for (const old of retired) {
      lines.push(`${secretFile}.${old}.old opens backups from the time of the key ${old}.`);
    }
    return answer(json, lines.join("\n"), isHere ? 0 : 1);
  },
};
