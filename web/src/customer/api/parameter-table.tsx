import { useTranslation } from "react-i18next";
import { formatCount } from "#i18n/format.ts";
import { InlineCode } from "#kit/ltr.tsx";
import { RichText } from "#kit/rich-text.tsx";
import { TermTable } from "#kit/term-table.tsx";

export type Parameter = {
  readonly name: string;
  readonly isRequired: boolean;
  /** The only value it has in this call. */
  readonly value?: string;
  /** Keys of texts that say what it is; the first that exists is shown. */
  readonly messages: readonly string[];
};

type ParameterTableProps = {
  readonly of: string;
  readonly parameters: readonly Parameter[];
  readonly idsMax: number;
};

/** What every call begins with. */
export function callParameters(action: string): readonly Parameter[] {
  return [
    { name: "key", isRequired: true, messages: ["api.param.key"] },
    { name: "action", isRequired: true, value: action, messages: [] },
  ];
}

/** What a form, or a type of service, adds to that. */
export function formParameters(
  formId: string,
  fields: readonly { readonly name: string; readonly required: boolean }[],
): readonly Parameter[] {
  return fields.map(({ name, required }) => ({
    name,
    isRequired: required,
    messages: [`api.param.${name}.${formId}`, `api.param.${name}`],
  }));
}

/** Parameters and what they mean. */
export function ParameterTable({ of, parameters, idsMax }: ParameterTableProps) {
  const { t } = useTranslation();
  const values = { max: formatCount(idsMax) };
  return (
    <TermTable
      caption={t("api.parameters.of", { of })}
      heads={[t("api.parameters"), t("api.description")]}
      rows={parameters.map(({ name, isRequired, value, messages }) => ({
        id: name,
        term: isRequired ? (
          <InlineCode>{name}</InlineCode>
        ) : (
          <RichText message="api.parameter.optional" values={{ name }} />
        ),
        meaning:
          value === undefined ? (
            <RichText message={messages} values={values} />
          ) : (
            <InlineCode>{value}</InlineCode>
          ),
      }))}
    />
  );
}
