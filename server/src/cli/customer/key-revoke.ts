import { revokeKey } from "#customers/revoke-key.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { checkKeyGiven, keyId, keyIdOf, keyText } from "./key-id.ts";

export const keyRevoke: CliCommand = {
  name: "key revoke",
  summary: "Ends an API key at once and for good.",
  options: [keyText, keyId],
  run: async (panel, given) => {
    checkKeyGiven(given);
    const open = await panel.open();
    const found = await keyIdOf(open, given);
    if (!found.ok) return found;
    const revoked = await revokeKey(open.ctx, open.actor, found.value);
    if (!revoked.ok) return refuse(revoked.refusal);
    return answer(
      { id: found.value, revoked: true },
      `Key ${found.value} ${revoked.value.wasRevoked ? "was revoked before" : "is revoked"}.`,
    );
  },
};
