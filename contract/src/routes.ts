import { panelInfoSchema } from "./panel-info.ts";

/** Every route of the panel's own JSON API: who may call it, what goes in and what comes out. */
export const contractRoutes = {
  panelInfo: {
    method: "GET",
    path: "/api/panel/info",
    who: "everyone",
    input: undefined,
    output: panelInfoSchema,
  },
} as const;
