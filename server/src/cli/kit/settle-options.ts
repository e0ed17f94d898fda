import { flag, optional } from "./option.ts";
import { filledText, text } from "./readers.ts";

// How staff say what became of an order or product order of unknown outcome.

export const accepted = optional(
  "--accepted <provider order>",
  "the provider has it, under this number of its own",
  filledText,
);
export const isReused = flag(
  "--reused",
  "with --accepted: the provider gave this number before, to an order that has ended",
);
export const wasRefused = flag(
  "--refused",
  "the provider does not have it and will not carry it out",
);
export const settleNote = optional("--note <text>", "how that is known", text);

/** The answer about an accepted order. `status` is how it stands here. */
export function acceptedText(
  { id, providerOrder }: { readonly id: number; readonly providerOrder: string | undefined },
  status: { readonly isFinal: boolean; readonly shown: string },
): string {
  const known = `Order ${id} is the provider's order ${providerOrder}`;
  return status.isFinal
    ? `${known}. Here it is ${status.shown} already: stop it there by hand.`
    : `${known} and is followed there from now on.`;
}
