import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiForm, PanelInfo } from "@panelwright/contract/panel-info.ts";
import { Choice } from "#kit/choice.tsx";
import { CodeBlock } from "#kit/code-block.tsx";
import { RichText } from "#kit/rich-text.tsx";
import { shownFields } from "./action-section.tsx";
import { ParameterTable, callParameters, formParameters } from "./parameter-table.tsx";
import { pretty } from "./pretty.ts";
import { Section } from "./section.tsx";
import styles from "./page.module.css";

/** Placing an order: what to send depends on the type of the service. */
export function AddOrder({ of, info }: { readonly of: ApiForm; readonly info: PanelInfo }) {
  const { t } = useTranslation();
  const [slug, setSlug] = useState(info.service_types[0]?.slug ?? "");
  const type = info.service_types.find((candidate) => candidate.slug === slug);
  const title = t(`api.section.${of.id}`);
  const parameters = [
    ...callParameters(of.action),
    ...formParameters(of.id, shownFields(of)),
    ...formParameters(slug, type?.inputs ?? []),
  ];
  return (
    <Section id={of.id} title={title} intro="api.add.intro">
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
      <CodeBlock title={t("api.example")} of={title} code={pretty(of.example)} />
    </Section>
  );
}
