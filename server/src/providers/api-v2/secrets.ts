import type { ProviderCall } from "#providers/connector.ts";
import { maskKey } from "./mask-key.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";

const soundsSecret = /pass|secret|token|key|auth|sign|session|cookie/i;

/**
 * The secrets in a provider's set-up that no log may show: its key, and parameters named like one.
 */
export function secretsOf(call: Pick<ProviderCall, "key" | "settings">): string[] {
  const extra = Object.entries(apiV2Settings(call.settings).extra_parameters);
  return [call.key, ...extra.flatMap(([name, value]) => (soundsSecret.test(name) ? [value] : []))];
}

/** Returns the text without any of the secrets. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((kept, secret) => maskKey(kept, secret), text);
}
