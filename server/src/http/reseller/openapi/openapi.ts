import type { Settings } from "#settings/settings.ts";
import { commandScopes } from "#http/reseller/request/command-scopes.ts";
import { answerSchemas, documentedCalls, requestSchemas } from "./openapi-schemas.ts";
import { refusalsOfAny } from "#http/reseller/refusals/refusals-of-any.ts";
import { ref } from "#http/reseller/reference/schema.ts";
import type { Schema } from "#http/reseller/reference/schema.ts";
import { errorTexts, refusalCodes } from "#http/reseller/refusals/refusal-samples.ts";

/**
 * API v2 as an OpenAPI 3.1 document, derived from the registries that the API itself uses. All
 * calls are one POST to one address, so `x-actions` says which answer belongs to which request.
 */
export function openApiDocument(
  settings: Pick<Settings, "panel_name" | "key_rate_limit">,
  version: string,
): Schema {
  return {
    openapi: "3.1.1",
    info: {
      title: `${settings.panel_name}: API v2`,
      version,
      description: descriptionFor(settings.key_rate_limit),
    },
    servers: [{ url: "/" }],
    paths: { "/api/v2": { post: operation() } },
    components: {
      schemas: { ...requestSchemas(), ...answerSchemas() },
      headers,
    },
    "x-actions": documentedCalls.map((call) => ({
      name: call.name,
      action: call.action,
      summary: call.summary,
      scope: commandScopes[call.command],
      request: ref(call.request),
      answers: call.answers.map(ref),
      errors: call.refusals,
    })),
    "x-errors-of-all": refusalsOfAny,
    "x-error-texts": errorTexts(),
  };
}

function descriptionFor(requestsPerSecond: number): string {
  const limit =
    requestsPerSecond === 0
      ? "Keys have no limit of requests unless the operator gave them one."
      : `A key may make ${requestsPerSecond} requests a second, unless the operator gave it another limit.`;
  return [
    "One address for all calls: `action` says which. Fields are sent as a form, as multipart, as " +
      "JSON, or in the query string; `/api/v2/` with a slash and GET are answered alike, but a key " +
      "in an address ends up in logs.",
    "A refusal has the status 200 and nothing but `error`; its stable code is in the header " +
      "`X-Error-Code`. `x-error-texts` lists all codes with their sentences, with sample figures. " +
      "In the answers of calls with several ids an error stands in the place of each one's result.",
    "`x-actions` lists every call with the permission that it needs (`scope`) and the codes that it may " +
      "be refused with (`errors`); `x-errors-of-all` are those that any call may be refused with.",
    "Two dialects: `v2`, and `v2-1dg` for keys or panels that are set to it. Schemas that end in " +
      "`1dg` are the shapes of the second: no `currency` in a state, no `cancel` in the service " +
      "list, amounts without trailing zeros, and the sentence `Incorrect refill ID` for " +
      "`refill_unknown`.",
    `${limit} Beyond it the answer is 429 with \`Retry-After\`: nothing was done.`,
  ].join("\n\n");
}

function operation(): Schema {
  const requests = { anyOf: documentedCalls.map(({ request }) => ref(request)) };
  const answers = [...new Set(documentedCalls.flatMap((call) => call.answers)), "Error"];
  const errorContent = json(ref("Error"));
  return {
    operationId: "call",
    summary: "All calls of API v2",
    description: documentedCalls
      .map(({ name, action, summary }) => `- **${name}** (\`action=${action}\`): ${summary}`)
      .join("\n"),
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        required: false,
        description:
          "For all that changes something: the same as the field `request_id`, which wins over it.",
        schema: { type: "string", minLength: 1, maxLength: 128 },
      },
      {
        name: "If-None-Match",
        in: "header",
        required: false,
        description: "For `services`: the `ETag` of the list that the caller has.",
        schema: { type: "string" },
      },
    ],
    requestBody: {
      required: true,
      content: {
        "application/x-www-form-urlencoded": { schema: requests },
        "multipart/form-data": { schema: requests },
        "application/json": { schema: requests },
      },
    },
    responses: {
      200: {
        description: "The answer, or why there is none.",
        headers: {
          "X-Error-Code": headerRef("ErrorCode"),
          "X-Error-Field": headerRef("ErrorField"),
          ETag: headerRef("ListTag"),
        },
        content: json({ anyOf: answers.map(ref) }),
      },
      304: {
        description: "For `services`: the list is still the one that the caller has.",
        headers: { ETag: headerRef("ListTag") },
      },
      429: {
        description: "Too many requests. Nothing was done.",
        headers: {
          "Retry-After": headerRef("RetryAfter"),
          "X-Error-Code": headerRef("ErrorCode"),
        },
        content: errorContent,
      },
      503: {
        description: "The panel is busy or being restarted. Nothing was done.",
        headers: {
          "Retry-After": headerRef("RetryAfter"),
          "X-Error-Code": headerRef("ErrorCode"),
        },
        content: errorContent,
      },
    },
  };
}

const headers: Schema = {
  ErrorCode: {
    description: "On a refusal: its code, which never changes.",
    schema: { type: "string", enum: refusalCodes },
  },
  ErrorField: {
    description: "On a refusal: the field that has to change, where there is one.",
    schema: { type: "string" },
  },
  ListTag: {
    description: "For `services`: changes whenever the list of this caller does.",
    schema: { type: "string" },
  },
  RetryAfter: {
    description: "Seconds to wait before the next try.",
    schema: { type: "integer", minimum: 1 },
  },
};

function headerRef(name: string): Schema {
  return { $ref: `#/components/headers/${name}` };
}

function json(schema: Schema): Schema {
  return { "application/json": { schema } };
}
