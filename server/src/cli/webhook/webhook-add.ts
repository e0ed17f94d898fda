import { addWebhook } from "#webhooks/change-webhook.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { customerEmail, customerOf } from "#cli/kit/shared.ts";
import { webhookEvents, webhookUrl } from "./webhook-options.ts";

export const webhookAdd: CliCommand = {
  name: "webhook add",
  summary: "Sends a customer's events to an address, from now on.",
  details:
    "The secret is shown this once: the receiver checks with it that the panel has sent an event.\n" +
    "Addresses in a private network are refused unless the setting webhooks_private is yes.",
  options: [customerEmail, webhookUrl, webhookEvents],
  positions: [customerEmail, webhookUrl],
  run: async (panel, given) => {
    const open = await panel.open();
    const found = await customerOf(open, given(customerEmail));
    if (!found.ok) return found;
    const terms = { url: given(webhookUrl), kinds: given(webhookEvents) };
    const added = await addWebhook(open.ctx, open.actor, found.value.accountId, terms);
    if (!added.ok) return refuse(added.refusal);
    const { id, secret } = added.value;
    if (terms.url.trim().startsWith("http:")) {
      panel.remark("The address is http: events travel readable. Say https where it is possible.");
    }
    return answer(
      { webhook: id, secret },
      `Webhook ${id} gets the events of ${found.value.email} from now on. ` +
        `Its secret, shown this once:\n${secret}`,
    );
  },
};
