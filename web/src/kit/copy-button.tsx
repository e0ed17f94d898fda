import { Button, VisuallyHidden } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "./copy-text.ts";

type CopyButtonProps = {
  readonly text: string;
  /** What is copied, for those who do not see what stands beside the button. */
  readonly what: string;
};

const shownMs = 3000;

/** Copies a text, says so, and says so aloud. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<"none" | "done" | "failed">("none");

  useEffect(() => {
    if (outcome === "none") return undefined;
    const timer = setTimeout(() => setOutcome("none"), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = () => {
    void copyText(text).then((isCopied) => setOutcome(isCopied ? "done" : "failed"));
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={copy}>
        {outcome === "none" ? t("copy.action") : t(`copy.${outcome}`)}
        <VisuallyHidden>{t("copy.what", { what })}</VisuallyHidden>
      </Button>
      <VisuallyHidden role="status">
        {outcome === "none" ? null : t(`copy.${outcome}`)}
      </VisuallyHidden>
    </>
  );
}
