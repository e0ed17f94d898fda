/** JSON Schema of 2020-12, as OpenAPI 3.1 uses it. */
export type Schema = { readonly [keyword: string]: unknown };

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with exactly these members; those in `sometimes` may be left out. */
export function object(always: Schema, sometimes: Schema = {}): Schema {
  const required = Object.keys(always);
  const properties = { ...always, ...sometimes };
  return { type: "object", properties, required, additionalProperties: false };
}

export function list(items: Schema): Schema {
  return { type: "array", items };
}

/** An object keyed by the ids as they were sent, with an error in place of each unknown one. */
export function byId(...names: readonly string[]): Schema {
  return { type: "object", additionalProperties: { anyOf: [...names, "Error"].map(ref) } };
}

export const money: Schema = { type: "string", pattern: "^-?[0-9]+\\.[0-9]{2,8}$" };
/** As `v2-1dg` writes it: without trailing zeros. */
export const money1dg: Schema = { type: "string", pattern: "^-?[0-9]+(\\.[0-9]*[1-9])?$" };
export const currency: Schema = { type: "string", pattern: "^[A-Z]{3}$" };
export const id: Schema = { type: "integer", minimum: 1 };
export const digits: Schema = { type: "string", pattern: "^[0-9]+$" };
export const moment: Schema = {
  type: "string",
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$",
};
export const sentId: Schema = {
  type: ["integer", "string"],
  description: "The id as it was sent.",
};
