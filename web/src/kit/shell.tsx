import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageChoice } from "./language-choice.tsx";
import { Ltr } from "./ltr.tsx";
import { SchemeChoice } from "./scheme-choice.tsx";
import styles from "./shell.module.css";

export type NavigationLink = {
  readonly href: string;
  readonly label: string;
  readonly isCurrent: boolean;
};

type ShellProps = {
  /** Of the panel; absent until it is known. */
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly links: readonly NavigationLink[];
  readonly children: ReactNode;
};

/** What stands around every page. */
export function Shell({ name, version, links, children }: ShellProps) {
  const { t } = useTranslation();
  return (
    <div className={styles["shell"]}>
      <a className={styles["skip"]} href="#content">
        {t("shell.skip")}
      </a>
      <header className={styles["header"]}>
        <div className={styles["bar"]}>
          <a className={styles["brand"]} href="/">
            <bdi>{name ?? t("shell.unnamed")}</bdi>
          </a>
          <nav aria-label={t("shell.navigation")} className={styles["nav"]}>
            {links.map(({ href, label, isCurrent }) => (
              <a key={href} href={href} {...(isCurrent ? { "aria-current": "page" } : {})}>
                {label}
              </a>
            ))}
          </nav>
          <div className={styles["choices"]}>
            <LanguageChoice />
            <SchemeChoice />
          </div>
        </div>
      </header>
      <main id="content" tabIndex={-1} className={styles["main"]}>
        {children}
      </main>
      <footer className={styles["footer"]}>
        <div className={styles["bar"]}>
          <span>
            {t("shell.software")}
            {version !== undefined && <Ltr>{version}</Ltr>}
          </span>
          <a href="/openapi.json">{t("shell.openapi")}</a>
        </div>
      </footer>
    </div>
  );
}
