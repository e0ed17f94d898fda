import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { importServices } from "#catalog/sync/import-services.ts";
import type { ImportReport } from "#catalog/sync/import-services.ts";
import { listTermsWith } from "#catalog/sync/set-list-terms.ts";
import { readServiceList } from "#catalog/sync/read-service-list.ts";
import type { RowRemark } from "#catalog/sync/read-service-list.ts";
import { decodeBody } from "#outgoing/decode-body.ts";
import { decodeText, isTextual } from "#outgoing/decode-text.ts";
import { findProviderByName } from "#providers/providers.sql.ts";
import { findServiceType } from "#orders/service-types/index.ts";
import { ok } from "#values/result.ts";
import type { Result } from "#values/result.ts";
import { answer, refuse } from "#cli/kit/command.ts";
import type { CliCommand, SaidRefusal } from "#cli/kit/command.ts";
import { flag, required } from "#cli/kit/option.ts";
import { givenListTerms, listTermsOptions } from "#cli/kit/list-terms-options.ts";
import { table } from "#cli/kit/output.ts";
import { filledText, percent } from "#cli/kit/readers.ts";
import { refusalText } from "#cli/kit/refusal-text.ts";
import { reasonLines, rowReasons } from "#cli/kit/row-reasons.ts";
import { currencyOf } from "#cli/kit/shared.ts";

const bytesMax = 256 * 1024 * 1024;
const shownMax = 20;

const file = required("--file <file>", "the provider's answer to action=services", filledText);
const provider = required("--provider <name>", "who delivers; made where missing", filledText);
const markup = required("--markup-percent <percent>", "added to the provider's rate", percent, [
  "--markup <percent>",
]);
const dryRun = flag("--dry-run", "only say what would happen");

export const serviceImport: CliCommand = {
  name: "service import",
  summary: "Puts a provider's service list on sale, with a mark-up.",
  details:
    "All or nothing, in one transaction. Services that the same provider brought before are brought\n" +
    "up to date. Rows that cannot be sold safely are left out, each with its reason. Rates are taken\n" +
    "to be in the panel's currency and rounded up to 5 decimals after the mark-up.",
  options: [file, provider, markup, ...listTermsOptions, dryRun],
  positions: [file],
  run: async (panel, given) => {
    const source = await readSource(path.resolve(given(file)));
    if (!source.ok) return source;
    const open = await panel.open();
    const listTerms = givenListTerms(given);
    const known = await findProviderByName(open.ctx.db, given(provider).trim());
    const terms = await listTermsWith(open.ctx.db, known?.id, listTerms);
    if (!terms.ok) return refuse(terms.refusal);
    const findTypeName = (name: string) => findServiceType(name)?.wireName;
    const list = readServiceList(source.value, findTypeName, { terms: terms.value });
    if (!list.ok) return refuse(list.refusal);
    const isDryRun = given(dryRun);
    const imported = await importServices(open.ctx, open.actor, {
      list: list.value,
      providerName: given(provider),
      markupPercent: given(markup),
      isDryRun,
      listTerms,
    });
    const name = given(provider).trim();
    if (!imported.ok) {
      const { refusal } = imported;
      if (refusal.code !== "nothing_importable") return refuse(refusal);
      // The reasons, row by row, are the answer. The exit code says that it is a refusal.
      const report = { ...refusal.report, wasProviderMade: false };
      const error = refusalText(refusal);
      panel.remark(error);
      const json = { error, code: refusal.code, ...reportJson(report, name, isDryRun) };
      return answer(json, remarkLines(report, name).join("\n").trim(), 1);
    }
    const report = imported.value;
    const words = reportText(report, name, isDryRun, await currencyOf(open));
    return answer(reportJson(report, name, isDryRun), words);
  },
};

async function readSource(file: string): Promise<Result<string, SaidRefusal>> {
  try {
    if ((await stat(file)).size > bytesMax) {
      return refuse({ code: "file_unreadable", file, problem: "it is too large" });
    }
    const bytes = await decodeBody(await readFile(file), undefined, bytesMax);
    return isTextual(bytes)
      ? ok(decodeText(bytes, undefined))
      : refuse({ code: "file_unreadable", file, problem: "it holds no text" });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return refuse({ code: "file_unreadable", file, problem });
  }
}

/** How often each reason was given, most frequent first. */
function countReasons(remarks: readonly RowRemark[]): [reason: string, rows: number][] {
  const counts = new Map<string, number>();
  for (const { field, reason } of remarks) {
    const words = `${field} ${reason}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

function reportJson(
  report: ImportReport,
  provider: string,
  isDryRun: boolean,
): Readonly<Record<string, unknown>> {
  return {
    imported: report.imported,
    updated: report.updated,
    changed: report.changed,
    refused: report.refused.length,
    dry_run: isDryRun,
    provider,
    provider_made: report.wasProviderMade,
    reasons: Object.fromEntries(countReasons(report.refused)),
    refused_rows: report.refused,
    notes: report.notes,
    ways: rowReasons(report.refused),
  };
}

function reportText(
  report: ImportReport,
  provider: string,
  isDryRun: boolean,
  currency: string,
): string {
  const { imported, updated, changed, refused, wasProviderMade } = report;
  const lines = [
    ...(isDryRun ? ["A dry run: nothing was changed."] : []),
    `${imported} imported, ${updated} updated (${changed} of them changed), ` +
      `${refused.length} refused. Rates were taken as ${currency}.`,
  ];
  if (wasProviderMade) {
    lines.push(
      `The provider ${provider} ${isDryRun ? "would be" : "was"} made with the connector manual: ` +
        "its orders wait for an operator.",
    );
  }
  return [...lines, ...remarkLines(report, provider)].join("\n");
}

/** The assumptions and refusals, counted, and the first refused rows. */
function remarkLines({ refused, notes }: ImportReport, provider: string): string[] {
  const lines: string[] = [];
  if (notes.length > 0) {
    lines.push("", "Taken for granted:", ...countReasons(notes).map(countLine));
  }
  if (refused.length > 0) {
    const rows = refused
      .slice(0, shownMax)
      .map((remark) => [remark.row, remark.service, remark.field, remark.reason]);
    lines.push(...reasonLines(refused, provider), "");
    lines.push(table(["row>", "service", "field", "reason"], rows, ""));
    const more = refused.length - rows.length;
    if (more > 0) lines.push(`… and ${more} more: all of them with --json.`);
  }
  return lines;
}

function countLine([reason, rows]: [reason: string, rows: number]): string {
  return `  ${rows} × ${reason}`;
}
