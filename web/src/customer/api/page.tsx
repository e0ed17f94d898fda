import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { CodeBlock } from "#kit/code-block.tsx";
import { CopyButton } from "#kit/copy-button.tsx";
import { InlineCode, Ltr } from "#kit/ltr.tsx";
import { TermTable } from "#kit/term-table.tsx";
import { ActionSection } from "./action-section.tsx";
import { AddOrder } from "./add-order.tsx";
import { Additions } from "./additions.tsx";
import { Errors } from "./errors.tsx";
import { Limits } from "./limits.tsx";
import { phpExample } from "./php-example.ts";
import { Section } from "./section.tsx";
import styles from "./page.module.css";

type ApiPageProps = { readonly info: PanelInfo; readonly apiUrl: string };

/** API v2 in the order in which resellers know it, then what this panel adds. */
export function ApiPage({ info, apiUrl }: ApiPageProps) {
  const { t } = useTranslation();
  const forms = info.api_forms.filter(({ group }) => group !== "addition");
  const ids = [...forms.map(({ id }) => id), "php"];
  return (
    <div className={styles["page"]}>
      <title>{t("api.page", { name: info.name })}</title>
      <h1>{t("api.title")}</h1>
      <nav className={styles["contents"]} aria-labelledby="contents">
        <h2 id="contents">{t("api.contents")}</h2>
        <ul>
          {[...ids, "additions", "limits", "errors"].map((id) => (
            <li key={id}>
              <a href={`#${id}`}>{t(`api.section.${id}`)}</a>
            </li>
          ))}
        </ul>
      </nav>
      <div className={styles["content"]}>
        <Access apiUrl={apiUrl} />
        {forms.map((form) =>
          form.action === "add" ? (
            <AddOrder key={form.id} of={form} info={info} />
          ) : (
            <ActionSection key={form.id} of={form} idsMax={info.limits.ids_max} />
          ),
        )}
        <Section id="php" title={t("api.section.php")} intro="api.php.intro">
          <CodeBlock title={t("api.php.file")} code={phpExample(apiUrl)} />
        </Section>
        <hr className={styles["divide"]} />
        <Additions info={info} />
        <Limits limits={info.limits} />
        <Errors texts={info.error_texts} />
      </div>
    </div>
  );
}

function Access({ apiUrl }: { readonly apiUrl: string }) {
  const { t } = useTranslation();
  const url = (
    <span className={styles["url"]}>
      <InlineCode>{apiUrl}</InlineCode>
      <CopyButton text={apiUrl} what={t("api.access.url")} />
    </span>
  );
  const rows = [
    { id: "method", term: t("api.access.method"), meaning: <Ltr>{method}</Ltr> },
    { id: "url", term: t("api.access.url"), meaning: url },
    { id: "key", term: t("api.access.key"), meaning: t("api.access.key.text") },
    { id: "format", term: t("api.access.format"), meaning: <Ltr>{format}</Ltr> },
  ];
  return <TermTable caption={t("api.access")} rows={rows} />;
}

const method = "POST";
const format = "JSON";
