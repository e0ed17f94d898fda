import path from "node:path";
import { z } from "zod";
import type { DatabasePlace } from "#database/database.ts";
import { parseNetwork } from "#values/network.ts";
import type { Network } from "#values/network.ts";

/** The roles that a process of the panel can take. */
export const processRoles = ["api", "web", "worker"] as const;
export type ProcessRole = (typeof processRoles)[number];

/** Words for the person who started the program: what is wrong with the environment. */
export class ConfigRefusal extends Error {
  override name = "ConfigRefusal";
}

const port = z
  .string()
  .regex(/^[0-9]{1,5}$/, "a port from 0 to 65535, in digits")
  .transform(Number)
  .pipe(z.number().max(65_535));
const networks = z.string().transform((text, context) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => {
      const network = parseNetwork(item);
      if (network === undefined) {
        context.addIssue({ code: "custom", message: `${item} is no address or network` });
        return z.NEVER;
      }
      return network;
    }),
);

/** Every variable that the panel reads, with its meaning; CONTRIBUTING and the docs list the same. */
const environmentSchema = z.object({
  PANEL_PORT: port.default(8080).describe("port of the web and API server; 0 takes a free one"),
  PANEL_HOST: z.string().min(1).default("127.0.0.1").describe("address to listen on"),
  PANEL_DATA: z
    .string()
    .min(1)
    .default(path.resolve(import.meta.dirname, "../../data"))
    .describe("folder of everything that is kept; default data in the panel's own folder"),
  PANEL_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "expected postgres://…")
    .optional()
    .describe("PostgreSQL 15 or later in place of the embedded one"),
  PANEL_SECRET_FILE: z
    .string()
    .min(1)
    .optional()
    .describe("file of the encryption key; default <PANEL_DATA>/secret.key"),
  PANEL_TRUSTED_PROXIES: networks
    .default([])
    .describe("addresses whose X-Forwarded-For is believed, separated by commas"),
  PANEL_LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("least severe log line that is written"),
});

export type Config = {
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly secretFile: string;
  readonly place: DatabasePlace;
  readonly trustedProxies: readonly Network[];
  readonly logLevel: string;
};

/** Reads the environment once. An unknown `PANEL_` name is refused: it may be a misspelt limit. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const known = new Set(Object.keys(environmentSchema.shape));
  const given = Object.entries(environment).filter(
    ([name, value]) => name.startsWith("PANEL_") && value !== "",
  );
  const unknown = given.map(([name]) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new ConfigRefusal(
      `Unknown setting ${unknown.join(", ")}. Known are: ${[...known].join(", ")}.`,
    );
  }
  const parsed = environmentSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigRefusal(issues.join("\n"));
  }
  const values = parsed.data;
  const dataFolder = path.resolve(values.PANEL_DATA);
  return {
    port: values.PANEL_PORT,
    host: values.PANEL_HOST,
    dataFolder,
    secretFile: path.resolve(values.PANEL_SECRET_FILE ?? path.join(dataFolder, "secret.key")),
    place:
      values.PANEL_DATABASE_URL === undefined
        ? { kind: "embedded", dataFolder }
        : { kind: "server", url: values.PANEL_DATABASE_URL },
    trustedProxies: values.PANEL_TRUSTED_PROXIES,
    logLevel: values.PANEL_LOG_LEVEL,
  };
}
