import { useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Choice } from "./choice.tsx";

const schemes = ["auto", "light", "dark"] as const;

/** Light, dark, or as the system has it. */
export function SchemeChoice() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Choice
      label={t("shell.scheme")}
      isLabelHidden
      value={colorScheme}
      options={schemes.map((value) => ({ value, label: t(`shell.scheme.${value}`) }))}
      onChoose={setColorScheme}
    />
  );
}
