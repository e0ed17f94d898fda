import { randomUUID } from "node:crypto";
import type { ProviderCall } from "#providers/connector.ts";
import type { OutgoingRequest } from "#outgoing/send-request.ts";
import { mask } from "./mask-key.ts";
import { maskSecrets, secretsOf } from "./secrets.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";
import type { ApiV2Settings } from "#providers/api-v2/answers/settings.ts";

const pathDefault = "/api/v2";

type Sent = Pick<OutgoingRequest, "method" | "url" | "headers" | "body">;

/**
 * Writes a question the way this provider wants it: names, place, encoding. `shown` is the same for
 * the log, without the key and without buyers' secrets.
 */
export function buildRequest(
  call: ProviderCall,
  question: {
    readonly action: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly secretParameters?: readonly string[];
  },
): { readonly sent: Sent; readonly shown: string } {
  const settings = apiV2Settings(call.settings, question.action);
  const url = endpoint(call.baseUrl, settings);
  const parameters = parametersOf(call, question, settings);
  const keyName = nameOf("key", settings);
  const hidden = (question.secretParameters ?? []).map((name) => nameOf(name, settings));
  const masks = [keyName, ...hidden.filter((name) => name in parameters)].map(
    (name): [string, string] => [name, mask],
  );
  const shown = JSON.stringify({ ...parameters, ...Object.fromEntries(masks) });
  return {
    sent: write(url, parameters, settings),
    shown: maskSecrets(`${settings.method} ${url.origin}${url.pathname} ${shown}`, secretsOf(call)),
  };
}

/** An address without a path means the usual one. */
function endpoint(baseUrl: string, { path }: ApiV2Settings): URL {
  const url = new URL(baseUrl);
  if (path !== undefined) url.pathname = path;
  else if (url.pathname === "/") url.pathname = pathDefault;
  return url;
}

function nameOf(common: string, { parameter_names: names }: ApiV2Settings): string {
  return names[common] ?? common;
}

function parametersOf(
  call: ProviderCall,
  question: {
    readonly action: string;
    readonly parameters?: Readonly<Record<string, string>>;
  },
  settings: ApiV2Settings,
): Record<string, string> {
  const all: Record<string, string> = {
    ...settings.extra_parameters,
    [nameOf("key", settings)]: call.key,
    [nameOf("action", settings)]: settings.action_names[question.action] ?? question.action,
  };
  for (const [name, value] of Object.entries(question.parameters ?? {})) {
    all[nameOf(name, settings)] = value;
  }
  return all;
}

const accept = "application/json";
const userAgent = "Panelwright";

function write(url: URL, parameters: Record<string, string>, settings: ApiV2Settings): Sent {
  const headers = { accept, "user-agent": userAgent };
  if (settings.method === "GET") {
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { method: "GET", url: url.href, headers, body: undefined };
  }
  const { type, body } = encode(parameters, settings.encoding);
  return { method: "POST", url: url.href, headers: { ...headers, "content-type": type }, body };
}

function encode(
  parameters: Record<string, string>,
  encoding: ApiV2Settings["encoding"],
): { readonly type: string; readonly body: string } {
  switch (encoding) {
    case "form":
      return {
        type: "application/x-www-form-urlencoded",
        body: new URLSearchParams(parameters).toString(),
      };
    case "json":
      return { type: "application/json", body: JSON.stringify(parameters) };
    case "multipart": {
      const boundary = `panelwright-${randomUUID()}`;
      const parts = Object.entries(parameters).map(
        ([name, value]) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
      );
      return {
        type: `multipart/form-data; boundary=${boundary}`,
        body: `${parts.join("")}--${boundary}--\r\n`,
      };
    }
  }
}

/** Escaped as browsers write a name in the header of a part. */
function quoted(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
