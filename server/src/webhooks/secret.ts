import { randomBytes } from "node:crypto";
import type { Secrets } from "#values/secrets.ts";
import type { WebhookId } from "#values/ids.ts";
import type { Webhook } from "./webhooks.sql.ts";

const secretBytes = 32;

/** A new secret, as receivers are given it. */
export function newSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

export function sealSecret(secrets: Secrets, id: WebhookId, secret: string): string {
  return secrets.seal(purposeOf(id), secret);
}

/** The secrets that sign now, the newest first: for a day after a change there are two. */
export function openWebhookSecrets(secrets: Secrets, webhook: Webhook): readonly string[] {
  const { id, sealedSecret, sealedPrevious } = webhook;
  const sealed = sealedPrevious === undefined ? [sealedSecret] : [sealedSecret, sealedPrevious];
  return sealed.map((each) => {
    const secret = secrets.open(purposeOf(id), each);
    if (secret === undefined) throw new Error(`the secret of webhook ${id} does not open`);
    return secret;
  });
}

function purposeOf(id: WebhookId): string {
  return `webhook:${id}`;
}
