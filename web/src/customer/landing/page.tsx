import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { formatCount } from "#i18n/format.ts";
import { CodeBlock } from "#kit/code-block.tsx";
import { CopyButton } from "#kit/copy-button.tsx";
import { Ltr } from "#kit/ltr.tsx";
import { RichText } from "#kit/rich-text.tsx";
import styles from "./page.module.css";

type LandingPageProps = { readonly info: PanelInfo; readonly apiUrl: string };

const promises = ["programs", "once", "exact", "types"] as const;
const steps = ["key", "services", "order"] as const;

/** What this panel is, where its API is, and how to begin. */
export function LandingPage({ info, apiUrl }: LandingPageProps) {
  const { t } = useTranslation();
  const values = { currency: info.currency, count: formatCount(info.service_types.length) };
  return (
    <div className={styles["page"]}>
      <title>{info.name}</title>
      <section className={styles["hero"]}>
        <div className={styles["intro"]}>
          <h1>
            <bdi>{info.name}</bdi>
          </h1>
          <p className={styles["lead"]}>{t("landing.lead")}</p>
          <div className={styles["ways"]}>
            <Button component="a" href="/api" size="md">
              {t("landing.way.api")}
            </Button>
            <Button component="a" href="/openapi.json" size="md" variant="default">
              {t("landing.way.openapi")}
            </Button>
          </div>
        </div>
        <div className={styles["address"]}>
          <h2>{t("landing.address.title")}</h2>
          <p className={styles["url"]}>
            <span>
              <Ltr>{apiUrl}</Ltr>
            </span>
            <CopyButton text={apiUrl} what={t("landing.address.title")} />
          </p>
          <CodeBlock title={t("landing.address.try")} code={balanceCall(apiUrl)} />
        </div>
      </section>
      <section className={styles["section"]} aria-labelledby="promises">
        <h2 id="promises">{t("landing.promises")}</h2>
        <ul className={styles["promises"]}>
          {promises.map((name) => (
            <li key={name}>
              <h3>
                <RichText message={`landing.promise.${name}.title`} values={values} />
              </h3>
              <p>
                <RichText message={`landing.promise.${name}.text`} values={values} />
              </p>
            </li>
          ))}
        </ul>
      </section>
      <section className={styles["section"]} aria-labelledby="begin">
        <h2 id="begin">{t("landing.begin")}</h2>
        <ol className={styles["steps"]}>
          {steps.map((name) => (
            <li key={name}>
              <RichText message={`landing.step.${name}`} />
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function balanceCall(apiUrl: string): string {
  return `curl ${apiUrl} \\\n  -d key=YOUR_API_KEY \\\n  -d action=balance`;
}
