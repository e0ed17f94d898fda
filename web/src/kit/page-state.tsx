import { Button, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./page-state.module.css";

/** While a page waits for what it shows. */
export function PageLoading() {
  const { t } = useTranslation();
  return (
    <div className={styles["state"]} role="status">
      <title>{t("state.loading")}</title>
      <Loader aria-hidden />
      <p>{t("state.loading")}</p>
    </div>
  );
}

/** In place of a page whose content did not come. */
export function PageFailed({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={styles["state"]} role="alert">
      <title>{t("state.failed.title")}</title>
      <h1>{t("state.failed.title")}</h1>
      <p>{t("state.failed.text")}</p>
      <Button onClick={onRetry}>{t("state.failed.retry")}</Button>
    </div>
  );
}

/** For an address that leads nowhere. */
export function PageMissing() {
  const { t } = useTranslation();
  return (
    <div className={styles["state"]}>
      <title>{t("state.missing.title")}</title>
      <h1>{t("state.missing.title")}</h1>
      <p>{t("state.missing.text")}</p>
      <a href="/">{t("state.missing.home")}</a>
    </div>
  );
}
