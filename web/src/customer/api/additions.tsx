import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { CodeBlock } from "#kit/code-block.tsx";
import { ordersExample, pretty } from "./actions.ts";
import { ParameterTable, callParameters } from "./parameter-table.tsx";
import { Section, Subsection } from "./section.tsx";

const listParameters = ["since", "request_id", "limit"] as const;

/** What this panel can do beyond the documents that all panels share. */
export function Additions({ info }: { readonly info: PanelInfo }) {
  const { t } = useTranslation();
  const listTitle = t("api.addition.orders.title");
  const parameters = [
    ...callParameters("orders"),
    ...listParameters.map((name) => ({
      name,
      isRequired: false,
      messages: [`api.param.${name}`],
    })),
  ];
  return (
    <Section id="additions" title={t("api.section.additions")} intro="api.additions.intro">
      {(["request", "charge"] as const).map((name) => (
        <Subsection
          key={name}
          id={`additions-${name}`}
          title={t(`api.addition.${name}.title`)}
          intro={`api.addition.${name}.text`}
        />
      ))}
      <Subsection id="additions-orders" title={listTitle} intro="api.addition.orders.text">
        <ParameterTable of={listTitle} parameters={parameters} idsMax={info.limits.ids_max} />
        <CodeBlock
          title={t("api.example")}
          of={listTitle}
          code={pretty(ordersExample(info.currency))}
        />
      </Subsection>
      {(["etag", "code", "dialect"] as const).map((name) => (
        <Subsection
          key={name}
          id={`additions-${name}`}
          title={t(`api.addition.${name}.title`)}
          intro={`api.addition.${name}.text`}
        />
      ))}
    </Section>
  );
}
