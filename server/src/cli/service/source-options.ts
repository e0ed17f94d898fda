import { money } from "#views/spelling.ts";
import type { SourceKey, SourceTerms } from "#catalog/sources.sql.ts";
import type { ServiceId } from "#values/ids.ts";
import type { Result } from "#values/result.ts";
import { ok } from "#values/result.ts";
import type { Given, OpenPanel, SaidRefusal } from "#cli/kit/command.ts";
import { optional, required } from "#cli/kit/option.ts";
import { amount, filledText, id, oneOf, placeNumber } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

// What the commands for sources share.

export const sourceService = required("--service <number>", "the service", id<ServiceId>);
export const sourceProvider = required("--provider <name>", "who else delivers it", filledText);
export const sourceProviderService = required(
  "--provider-service <id>",
  "what the service is called there",
  filledText,
);
export const sourceRate = optional(
  "--rate <amount>",
  "what 1000 cost there (one order of a Package), in the provider's currency",
  amount,
);
export const sourcePosition = optional(
  "--position <number>",
  "0 is asked first, after the service's own provider",
  placeNumber,
);
export const sourceStatus = optional(
  "--status <word>",
  "enabled or disabled",
  oneOf(["enabled", "disabled"] as const),
);

/** The source that is meant, or the refusal. */
export async function sourceKey(
  open: OpenPanel,
  given: Given,
): Promise<Result<SourceKey, SaidRefusal>> {
  const provider = await providerOf(open, given(sourceProvider));
  if (!provider.ok) return provider;
  return ok({
    serviceId: given(sourceService),
    providerId: provider.value.id,
    providerService: given(sourceProviderService).trim(),
  });
}

/** The terms of the source that were given. The rest stays as it is. */
export function sourceTerms(given: Given): Partial<SourceTerms> {
  const [rate, position, status] = [given(sourceRate), given(sourcePosition), given(sourceStatus)];
  return {
    ...(rate === undefined ? {} : { providerRate: rate }),
    ...(position === undefined ? {} : { position }),
    ...(status === undefined ? {} : { isEnabled: status === "enabled" }),
  };
}

/** A further source for programs. */
export function sourceJson(key: SourceKey, terms: SourceTerms): Record<string, unknown> {
  return {
    service: key.serviceId,
    provider: key.providerId,
    provider_service: key.providerService,
    rate: terms.providerRate === undefined ? null : money(terms.providerRate),
    position: terms.position,
    status: terms.isEnabled ? "enabled" : "disabled",
  };
}
