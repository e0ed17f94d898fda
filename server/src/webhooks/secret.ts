import { randomBytes } from "node:crypto";
import type { Secrets } from "#values/secrets.ts";
import type { WebhookId } from "#values/ids.ts";
import type { Webhook } from "./webhooks.sql.ts";

const secretBytes = 32;

/** Makes a new secret, in the form that receivers are given. */
export function newSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString("base64")}`;
}

export function sealSecret(secrets: Secrets, id: WebhookId, secret: string): string {
  return secrets.seal(purposeOf(id), secret);
}

/**
 * Returns the secrets that sign now, the newest first: for a day after a change there are two. A
 * previous secret that was sealed with a lost key is left out, since the new one was made because
 * of that.
 */
export function openWebhookSecrets(secrets: Secrets, webhook: Webhook): readonly string[] {
  const { id, sealedSecret, sealedPrevious } = webhook;
  const secret = secrets.open(purposeOf(id), sealedSecret);
  if (secret === undefined) throw new Error(`the secret of webhook ${id} does not open`);
  const before = sealedPrevious && secrets.open(purposeOf(id), sealedPrevious);
  return before === undefined ? [secret] : [secret, before];
}

function purposeOf(id: WebhookId): string {
  return `webhook:${id}`;
}
