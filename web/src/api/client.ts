import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { contractRoutes } from "@panelwright/contract/routes.ts";

/** What anyone may know of this panel. Rejects where it does not answer, or not in this shape. */
export async function fetchPanelInfo(signal: AbortSignal): Promise<PanelInfo> {
  const { path, output } = contractRoutes.panelInfo;
  const response = await fetch(path, { signal });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return output.parse(await response.json());
}
