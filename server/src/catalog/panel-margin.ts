import type { Settings } from "#settings/settings.ts";
import { amountFromDecimal } from "#values/money.ts";
import type { PanelMargin } from "./price.ts";

/** The margin that the settings require. */
export function panelMargin(
  settings: Pick<Settings, "margin_floor_percent" | "below_margin">,
): PanelMargin {
  return {
    percent: amountFromDecimal(settings.margin_floor_percent),
    belowMargin: settings.below_margin,
  };
}
