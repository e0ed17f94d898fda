import type { ProviderCall } from "#providers/connector.ts";
import { maskKey } from "./mask-key.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";

const soundsSecret = /pass|secret|token|key|auth|sign|session|cookie/i;

/** What of a provider's set-up nobody may read in a log: its key, and parameters that sound like one. */
export function secretsOf(call: Pick<ProviderCall, "key" | "settings">): string[] {
  const extra = Object.entries(apiV2Settings(call.settings).extra_parameters);
  return [call.key, ...extra.flatMap(([name, value]) => (soundsSecret.test(name) ? [value] : []))];
}

/** A text without any of them. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((kept, secret) => maskKey(kept, secret), text);
}
