import { serviceTypes } from "#orders/service-types/index.ts";
import type { ServiceType } from "#orders/service-types/service-type.ts";
import type {
  ActionReference,
  FieldReference,
  FormReference,
} from "#http/reseller/reference/action-reference.ts";
import { actionReferences } from "#http/reseller/reference/index.ts";
import { object } from "#http/reseller/reference/schema.ts";
import type { Schema } from "#http/reseller/reference/schema.ts";
import { serviceFields } from "./service-fields.ts";

/** A call of API v2 as the document has it: `add` becomes one call for each type of service. */
export type DocumentedCall = Pick<FormReference, "name" | "request" | "answers" | "command"> & {
  readonly action: string;
  readonly summary: string;
  readonly fields: readonly FieldReference[];
  readonly refusals: FormReference["refusals"];
};

/** `mentions_user_followers` is `AddMentionsUserFollowers`. */
export function addSchemaName(slug: string): string {
  const words = slug.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Add${words.join("")}`;
}

/** Every call, in the order of the reference. */
export const documentedCalls: readonly DocumentedCall[] = actionReferences.flatMap((reference) =>
  reference.forms.flatMap((form) => callsOf(reference, form)),
);

function callsOf({ action, group }: ActionReference, form: FormReference): DocumentedCall[] {
  const { name, request, answers, command, fields, refusals, refusalsInPlace = [] } = form;
  const summary =
    group === "addition" ? `An addition of this panel. ${form.summary}` : form.summary;
  const call = { name, action, summary, request, answers, command, fields };
  const all = { ...call, refusals: [...new Set([...refusals, ...refusalsInPlace])] };
  if (form.hasServiceFields !== true) return [all];
  return Object.entries(serviceTypes).map(([slug, type]) => ({
    ...all,
    name: `${name}: ${type.wireName}`,
    summary: `Places an order for a service of type ${type.wireName}. ${pricingText(type)}`,
    request: addSchemaName(slug),
    fields: withServiceFields(fields, type),
  }));
}

/**
 * Places the service's own fields after `service`, and those that every order may have at the end.
 */
function withServiceFields(
  fields: readonly FieldReference[],
  type: ServiceType,
): readonly FieldReference[] {
  const needed = fields.filter(({ missing }) => missing !== undefined);
  const others = fields.filter(({ missing }) => missing === undefined);
  return [...needed, ...serviceFields(type), ...others];
}

function pricingText({ pricing }: ServiceType): string {
  switch (pricing) {
    case "per_thousand":
      return "The rate is the price of 1000.";
    case "per_order":
      return "The rate is the price of one whole order.";
    case "later":
      return "Nothing is charged for it: each order that it creates is charged by itself.";
  }
}

/** What may be sent, by schema name. */
export function requestSchemas(): Schema {
  return Object.fromEntries(
    documentedCalls.map(({ request, action, summary, fields }) => [
      request,
      {
        description: summary,
        type: "object",
        properties: {
          key: { type: "string", description: "Your API key." },
          action: { const: action },
          ...Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
        },
        required: [
          "key",
          "action",
          ...fields.filter(({ missing }) => missing !== undefined).map(({ name }) => name),
        ],
      },
    ]),
  );
}

function fieldSchema(field: FieldReference): Schema {
  const { meaning, example, isAddition } = field;
  const description = isAddition === true ? `An addition of this panel. ${meaning}` : meaning;
  return { ...shapeOf(field), description, examples: [example] };
}

function shapeOf({ kind, min, max }: FieldReference): Schema {
  switch (kind) {
    case "id":
    case "count":
      return {
        type: ["string", "integer"],
        pattern: "^[0-9]+$",
        minimum: min ?? 0,
        ...(max !== undefined && { maximum: max }),
      };
    case "ids":
      return {
        anyOf: [
          { type: "string" },
          { type: "integer" },
          { type: "array", items: { type: ["string", "integer"] } },
        ],
      };
    case "text":
      return {
        type: ["string", "integer"],
        ...(min !== undefined && { minLength: min }),
        ...(max !== undefined && { maxLength: max }),
      };
    case "lines":
      return { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
    case "date":
      return { type: "string", pattern: "^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$" };
    case "decimal":
      return { type: "string", pattern: "^[0-9]{1,16}(\\.[0-9]{1,8})?$" };
    case "moment":
      return { type: ["string", "integer"] };
  }
}

/** What comes back, by schema name; `1dg` marks shapes of that dialect where they differ. */
export function answerSchemas(): Schema {
  const schemas = actionReferences.flatMap((reference) => Object.entries(reference.schemas));
  return { ...Object.fromEntries(schemas), Error: object({ error: { type: "string" } }) };
}
