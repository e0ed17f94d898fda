import { Trans, useTranslation } from "react-i18next";
import { InlineCode, Ltr } from "./ltr.tsx";

type RichTextProps = {
  /** One key, or several of which the first that has a text is taken. */
  readonly message: string | readonly string[];
  readonly values?: Readonly<Record<string, string>>;
};

const components = { code: <InlineCode />, ltr: <Ltr /> };

/** A text with `<code>` and `<ltr>` in it. */
export function RichText({ message, values = {} }: RichTextProps) {
  const { t } = useTranslation();
  const i18nKey = typeof message === "string" ? message : [...message];
  return <Trans t={t} i18nKey={i18nKey} values={values} components={components} />;
}
