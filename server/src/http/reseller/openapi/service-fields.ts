import type { InputField, ServiceType } from "#orders/service-types/service-type.ts";
import { wireNameOf } from "#http/reseller/request/wire-name.ts";
import type { FieldKind, FieldReference } from "#http/reseller/reference/action-reference.ts";

const kinds: Readonly<Record<InputField["kind"], FieldKind>> = {
  text: "text",
  number: "count",
  lines: "lines",
  date: "date",
};

/** What an order of this type needs besides what every order has, as the type itself says. */
export function serviceFields(type: ServiceType): readonly FieldReference[] {
  return type.inputs.map(({ name, kind, isRequired, missing = "field_required", ...rest }) => ({
    name: wireNameOf(name),
    kind: kinds[kind],
    ...(isRequired && { missing }),
    ...rest,
  }));
}
