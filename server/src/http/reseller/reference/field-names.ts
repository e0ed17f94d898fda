import { serviceTypes } from "#orders/service-types/index.ts";
import { actionReferences } from "./index.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";

const inputs = Object.values(serviceTypes).flatMap((type) => type.inputs);
const fields = actionReferences.flatMap(({ forms }) => forms.flatMap((form) => form.fields));

/** The fields that some action reads besides `key` and `action`, by their names on the wire. */
export const fieldNames: ReadonlySet<string> = new Set([
  ...inputs.map(({ name }) => wireNameOf(name)),
  ...fields.map(({ name }) => name),
]);

/** Fields of an order that are lists with an entry on each line. */
export const listFields: ReadonlySet<string> = new Set(
  [...inputs, ...fields].filter(({ kind }) => kind === "lines").map(({ name }) => name),
);
