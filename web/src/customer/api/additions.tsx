import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { InlineCode } from "#kit/ltr.tsx";
import { RichText } from "#kit/rich-text.tsx";
import { TermTable } from "#kit/term-table.tsx";
import { FormDetails } from "./action-section.tsx";
import styles from "./page.module.css";
import { Section, Subsection } from "./section.tsx";

/** What this panel can do beyond the documents that all panels share. */
export function Additions({ info }: { readonly info: PanelInfo }) {
  const { t } = useTranslation();
  const forms = info.api_forms.filter(({ group }) => group === "addition");
  return (
    <Section id="additions" title={t("api.section.additions")} intro="api.additions.intro">
      <Notes names={["request", "charge"]} />
      <AddedParameters info={info} />
      {forms.map((form) => {
        const title = t(`api.section.${form.id}`);
        const address = `additions-${form.id}`;
        const { fields } = form;
        return (
          <Subsection key={form.id} id={address} title={title} intro={`api.intro.${form.id}`}>
            <FormDetails of={form} fields={fields} title={title} idsMax={info.limits.ids_max} />
          </Subsection>
        );
      })}
      <Notes names={["etag", "code", "dialect"]} />
    </Section>
  );
}

function Notes({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation();
  return names.map((name) => (
    <Subsection
      key={name}
      id={`additions-${name}`}
      title={t(`api.addition.${name}.title`)}
      intro={`api.addition.${name}.text`}
    />
  ));
}

/** Parameters of this panel for actions that all panels have, and which of them take each. */
function AddedParameters({ info }: { readonly info: PanelInfo }) {
  const { t } = useTranslation();
  const actionsOf = new Map<string, Set<string>>();
  for (const { group, action, fields } of info.api_forms) {
    if (group !== "shared") continue;
    for (const { name } of fields.filter(({ addition }) => addition)) {
      actionsOf.set(name, (actionsOf.get(name) ?? new Set()).add(action));
    }
  }
  const title = t("api.addition.parameters.title");
  return (
    <Subsection id="additions-parameters" title={title} intro="api.addition.parameters.text">
      <TermTable
        caption={title}
        heads={[t("api.parameters"), t("api.description")]}
        rows={[...actionsOf].map(([name, actions]) => ({
          id: name,
          term: <InlineCode>{name}</InlineCode>,
          meaning: (
            <span className={styles["added"]}>
              <RichText message={`api.param.${name}`} />
              <span className={styles["actions"]}>
                {[...actions].map((action) => (
                  <InlineCode key={action}>{action}</InlineCode>
                ))}
              </span>
            </span>
          ),
        }))}
      />
    </Subsection>
  );
}
