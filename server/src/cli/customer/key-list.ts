import { viewKeys } from "#views/customers/key-list.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { shownTime, table } from "#cli/kit/output.ts";
import { filledText } from "#cli/kit/readers.ts";
import { customerOf, limitOption } from "#cli/kit/shared.ts";

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
    const keys = await viewKeys(open.ctx, open.actor, {
      customerId: found?.value.accountId,
      limit: given(limit),
    });
    const rows = keys.map((key) => [
      key.id,
      key.hint,
      key.email,
      key.name,
      key.test ? "test" : "live",
      key.scopes.join(","),
      key.dialect ?? undefined,
      key.ip?.join(",") || undefined,
      key.rate_limit ?? undefined,
      shownTime(key.expires),
      shownTime(key.last_used),
      key.revoked === null ? "" : "revoked",
    ]);
    const headers = ["id>", "key", "email", "name", "kind", "scopes", "dialect", "ip", "limit>"];
    return answer(keys, table([...headers, "expires", "last used", ""], rows, "No keys."));
  },
};
