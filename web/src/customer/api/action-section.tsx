import { useTranslation } from "react-i18next";
import type { ApiForm } from "@panelwright/contract/panel-info.ts";
import { CodeBlock } from "#kit/code-block.tsx";
import { ParameterTable, callParameters, formParameters } from "./parameter-table.tsx";
import { pretty } from "./pretty.ts";
import { Section } from "./section.tsx";

type ActionSectionProps = { readonly of: ApiForm; readonly idsMax: number };

/** One form of an action, as other panels have it too. */
export function ActionSection({ of, idsMax }: ActionSectionProps) {
  const { t } = useTranslation();
  const title = t(`api.section.${of.id}`);
  return (
    <Section id={of.id} title={title}>
      <FormDetails of={of} fields={shownFields(of)} title={title} idsMax={idsMax} />
    </Section>
  );
}

/** What the documents of other panels do not have stands among the additions. */
export function shownFields({ group, fields }: ApiForm): ApiForm["fields"] {
  return group === "shared" ? fields.filter(({ addition }) => !addition) : fields;
}

type FormDetailsProps = ActionSectionProps & {
  readonly fields: ApiForm["fields"];
  readonly title: string;
};

/** What to send and what comes back. */
export function FormDetails({ of, fields, title, idsMax }: FormDetailsProps) {
  const { t } = useTranslation();
  const parameters = [...callParameters(of.action), ...formParameters(of.id, fields)];
  return (
    <>
      <ParameterTable of={title} parameters={parameters} idsMax={idsMax} />
      <CodeBlock title={t("api.example")} of={title} code={pretty(of.example)} />
    </>
  );
}
