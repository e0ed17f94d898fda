import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { Choice } from "#kit/choice.tsx";
import { CodeBlock } from "#kit/code-block.tsx";
import { RichText } from "#kit/rich-text.tsx";
import { pretty } from "./actions.ts";
import { ParameterTable, callParameters } from "./parameter-table.tsx";
import { Section } from "./section.tsx";
import styles from "./page.module.css";

/** Placing an order: what to send depends on the type of the service. */
export function AddOrder({ info }: { readonly info: PanelInfo }) {
  const { t } = useTranslation();
  const [slug, setSlug] = useState(info.service_types[0]?.slug ?? "");
  const type = info.service_types.find((candidate) => candidate.slug === slug);
  const title = t("api.section.add");
  const parameters = [
    ...callParameters("add"),
    { name: "service", isRequired: true, messages: ["api.param.service"] },
    ...(type?.inputs ?? []).map((input) => ({
      name: input.name,
      isRequired: input.required,
      messages: [`api.param.${input.name}.${slug}`, `api.param.${input.name}`],
    })),
  ];
  return (
    <Section id="add" title={title} intro="api.add.intro">
      <div className={styles["choice"]}>
        <Choice
          label={t("api.add.type")}
          value={slug}
          options={info.service_types.map((each) => ({
            value: each.slug,
            label: each.wire_name,
          }))}
          onChoose={setSlug}
        />
      </div>
      {type !== undefined && (
        <p aria-live="polite">
          <RichText message={`api.pricing.${type.pricing}`} values={{ type: type.wire_name }} />
        </p>
      )}
      <ParameterTable of={title} parameters={parameters} idsMax={info.limits.ids_max} />
      <CodeBlock title={t("api.example")} of={title} code={pretty({ order: 23_501 })} />
    </Section>
  );
}
