import { markUpJson, markUpText } from "#catalog/mark-up.ts";
import { setMarkUp } from "#catalog/sync/set-mark-up.ts";
import { findSyncTerms } from "#catalog/sync-terms.sql.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { givenMarkUp, markUpOptions } from "#cli/kit/mark-up-options.ts";
import { required } from "#cli/kit/option.ts";
import { filledText } from "#cli/kit/readers.ts";
import { providerOf } from "#cli/kit/shared.ts";

const provider = required("--provider <name>", "whose services", filledText);

export const providerMarkup: CliCommand = {
  name: "provider markup",
  summary: "Tells a provider's mark-up, or sets another one and prices its services anew.",
  details: "Services with a mark-up of their own, or with a rate of your own, stay as they are.",
  options: [provider, ...markUpOptions],
  positions: [provider],
  run: async (panel, given) => {
    const wanted = givenMarkUp(given);
    const open = await panel.open();
    const found = await providerOf(open, given(provider));
    if (!found.ok) return found;
    const { id, name } = found.value;
    if (wanted === undefined) {
      const { markUp } = await findSyncTerms(open.ctx.db, id);
      return answer(
        { provider: name, markup: markUp === undefined ? null : markUpJson(markUp) },
        markUp === undefined
          ? `${name} has no mark-up yet: the first import brings it.`
          : `${name}: ${markUpText(markUp)}.`,
      );
    }
    const set = await setMarkUp(open.ctx, open.actor, id, wanted);
    if (!set.ok) return refuse(set.refusal);
    return answer(
      { provider: name, markup: markUpJson(wanted), repriced: set.value.changed },
      `${name}: ${markUpText(wanted)}. ${set.value.changed} prices changed.`,
    );
  },
};
