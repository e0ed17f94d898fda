import { useTranslation } from "react-i18next";
import type { PanelInfo } from "@panelwright/contract/panel-info.ts";
import { formatCount, formatMegabytes } from "#i18n/format.ts";
import { Ltr } from "#kit/ltr.tsx";
import { TermTable } from "#kit/term-table.tsx";
import { Section } from "./section.tsx";

/** What one client may ask for at most. */
export function Limits({ limits }: { readonly limits: PanelInfo["limits"] }) {
  const { t } = useTranslation();
  const rate = limits.requests_per_second;
  const facts = [
    ["ids", formatCount(limits.ids_max)],
    ["lines", formatCount(limits.lines_max)],
    ["body", formatMegabytes(limits.body_bytes_max)],
    ["requests", rate === 0 ? t("api.limit.none") : formatCount(rate)],
    ["failed", formatCount(limits.failed_keys_per_minute)],
  ] as const;
  return (
    <Section id="limits" title={t("api.section.limits")} intro="api.limits.intro">
      <TermTable
        caption={t("api.section.limits")}
        heads={[t("api.limits.what"), t("api.limits.most")]}
        rows={facts.map(([name, value]) => ({
          id: name,
          term: t(`api.limit.${name}`),
          meaning: <Ltr>{value}</Ltr>,
        }))}
      />
    </Section>
  );
}
