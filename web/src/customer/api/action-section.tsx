import { useTranslation } from "react-i18next";
import { CodeBlock } from "#kit/code-block.tsx";
import { pretty } from "./actions.ts";
import type { ActionSection as Action } from "./actions.ts";
import { ParameterTable, callParameters } from "./parameter-table.tsx";
import { Section } from "./section.tsx";

/** One call: what to send and what comes back. */
export function ActionSection({ of, idsMax }: { readonly of: Action; readonly idsMax: number }) {
  const { t } = useTranslation();
  const title = t(`api.section.${of.id}`);
  const parameters = [
    ...callParameters(of.action),
    ...[...of.parameters, ...(of.optional ?? [])].map((name) => ({
      name,
      isRequired: of.parameters.includes(name),
      messages: [`api.param.${name}.${of.id}`, `api.param.${name}`],
    })),
  ];
  return (
    <Section id={of.id} title={title}>
      <ParameterTable of={title} parameters={parameters} idsMax={idsMax} />
      <CodeBlock title={t("api.example")} of={title} code={pretty(of.example)} />
    </Section>
  );
}
