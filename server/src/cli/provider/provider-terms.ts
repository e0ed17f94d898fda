import { isNoChange, listTermsText } from "#catalog/list-terms.ts";
import type { ListTerms } from "#catalog/list-terms.ts";
import { setListTerms } from "#catalog/sync/set-list-terms.ts";
import { findSyncTerms } from "#catalog/sync-terms.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { givenListTerms, listTermsOptions } from "#cli/kit/list-terms-options.ts";
import { required } from "#cli/kit/option.ts";
import { filledText } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

const provider = required("--provider <name>", "whose list", filledText);

export const providerTerms: CliCommand = {
  name: "provider terms",
  summary: "Tells or sets how a provider's list is read: types by other words, missing bounds.",
  details:
    "Imports and syncs keep to it, from the next one on; panel provider import and service import\n" +
    "take the same options. A word may be written in any letter case, with blanks, hyphens or\n" +
    "underscores; one that ends in * stands for all that begin so, an empty one ('=default') for\n" +
    "rows without a type.",
  options: [provider, ...listTermsOptions],
  positions: [provider],
  run: async (panel, given) => {
    const change = givenListTerms(given);
    const open = await panel.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    const { id, name } = found.value;
    const say = (terms: ListTerms) =>
      answer({ provider: name, ...termsJson(terms) }, `${name}: ${listTermsText(terms)}.`);
    if (isNoChange(change)) return say((await findSyncTerms(open.ctx.db, id)).listTerms);
    const set = await setListTerms(open.ctx, open.actor, id, change);
    return set.ok ? say(set.value) : refuse(set.refusal);
  },
};

function termsJson({ types, min, max }: ListTerms): Readonly<Record<string, unknown>> {
  return { types, min: min ?? null, max: max ?? null };
}
