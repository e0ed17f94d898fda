import { listApiKeys } from "#customers/api-keys.sql.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { customerOf, keyJson, limitOption } from "#cli/kit/shared.ts";

const email = optional("--email <address>", "only this customer's", filledText);
const limit = limitOption(1000);

export const keyList: CliCommand = {
  name: "key list",
  summary: "Lists API keys by their last characters, revoked ones included.",
  options: [email, limit],
  positions: [email],
  run: async (panel, given) => {
    const open = await panel.open();
    const address = given(email);
    const found = address === undefined ? undefined : await customerOf(open, address);
    if (found !== undefined && !found.ok) return found;
    const keys = await listApiKeys(open.ctx.db, given(limit), found?.value.accountId);
    const rows = keys.map((key) => [
      key.id,
      key.hint,
      key.email,
      key.name,
      key.is_test ? "test" : "live",
      key.scopes.join(","),
      key.dialect ?? undefined,
      key.ip_allow.join(",") || undefined,
      key.rate_limit ?? undefined,
      shownTime(key.expires_at),
      shownTime(key.last_used_at),
      key.revoked_at === null ? "" : "revoked",
    ]);
    const headers = ["id>", "key", "email", "name", "kind", "scopes", "dialect", "ip", "limit>"];
    return answer(
      keys.map(keyJson),
      table([...headers, "expires", "last used", ""], rows, "No keys."),
    );
  },
};
