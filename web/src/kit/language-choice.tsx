import { useDirection } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { chooseLanguage, currentLanguage } from "#i18n/language.ts";
import { isLanguage, languages } from "#i18n/languages.ts";
import { Choice } from "./choice.tsx";

const options = Object.entries(languages).map(([value, { name }]) => ({ value, label: name }));

/** The language of the page, each by its own name. */
export function LanguageChoice() {
  const { t } = useTranslation();
  const { setDirection } = useDirection();
  const choose = (code: string) => {
    if (!isLanguage(code)) return;
    // Without its texts a language cannot be chosen: the page stays as it is.
    chooseLanguage(code).then(
      () => setDirection(languages[code].direction),
      () => {},
    );
  };
  return (
    <Choice
      label={t("shell.language")}
      isLabelHidden
      value={currentLanguage()}
      options={options}
      onChoose={choose}
    />
  );
}
