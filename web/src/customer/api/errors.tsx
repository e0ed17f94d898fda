import { useTranslation } from "react-i18next";
import type { ErrorText } from "@panelwright/contract/panel-info.ts";
import { InlineCode, Ltr } from "#kit/ltr.tsx";
import { RichText } from "#kit/rich-text.tsx";
import { TermTable } from "#kit/term-table.tsx";
import { Section } from "./section.tsx";
import styles from "./page.module.css";

/** Every sentence that an order may be refused with, its code, and what to do. */
export function Errors({ texts }: { readonly texts: readonly ErrorText[] }) {
  const { t } = useTranslation();
  return (
    <Section id="errors" title={t("api.section.errors")} intro="api.errors.intro">
      <TermTable
        caption={t("api.section.errors")}
        heads={[t("api.errors.text"), t("api.errors.meaning")]}
        rows={texts.map(({ code, text }) => ({
          id: code,
          term: (
            <span className={styles["error"]}>
              <span lang="en">
                <Ltr>{text}</Ltr>
              </span>
              <InlineCode>{code}</InlineCode>
            </span>
          ),
          meaning: <RichText message={`api.error.${code}`} />,
        }))}
      />
    </Section>
  );
}
