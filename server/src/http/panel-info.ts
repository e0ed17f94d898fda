import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { listLinesMax } from "#orders/service-types/service-type.ts";
import { serviceTypes } from "#orders/service-types/index.ts";
import type { Settings } from "#settings/settings.ts";
import { idsMax } from "#http/reseller/request/bounds.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";
import { bodyBytesMax } from "#http/reseller/request/read-body.ts";
import { actionReferences } from "./reseller/reference/index.ts";
import { errorTexts } from "#http/reseller/refusals/refusal-samples.ts";

/** Where API v2 is, behind the panel's own address. */
const apiUrlPath = "/api/v2";

/** What anyone may know of this panel, derived from the registries that the API itself uses. */
export function panelInfo(
  settings: Settings,
  version: string,
  languages: readonly string[],
): PanelInfo {
  return {
    name: settings.panel_name,
    currency: settings.currency,
    version,
    api_url_path: apiUrlPath,
    languages: [...languages],
    service_types: Object.entries(serviceTypes).map(([slug, type]) => ({
      slug,
      wire_name: type.wireName,
      pricing: type.pricing,
      inputs: type.inputs.map((input) => ({
        name: wireNameOf(input.name),
        kind: input.kind,
        required: input.isRequired,
      })),
    })),
    api_forms: actionReferences.flatMap(({ action, group, forms }) =>
      forms.map(({ id, fields, example }) => ({
        id,
        action,
        group,
        fields: fields.map(({ name, missing, isAddition = false }) => ({
          name,
          required: missing !== undefined,
          addition: isAddition,
        })),
        example: example(settings.currency),
      })),
    ),
    error_texts: errorTexts(),
    limits: {
      ids_max: idsMax,
      body_bytes_max: bodyBytesMax,
      lines_max: listLinesMax,
      requests_per_second: settings.key_rate_limit,
      failed_keys_per_minute: settings.failed_key_limit,
    },
  };
}
