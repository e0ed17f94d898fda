import { field, list } from "./tidy/unknown.ts";

export type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

type FileResult = { readonly hasFailed: boolean; readonly statuses: readonly unknown[] };

/**
 * What vitest's JSON report counts. Never without a failure where `exitCode` says there was one:
 * a report that is missing or cut short, a file that could not be loaded, a hook or an unhandled
 * error that failed outside of any test, and a run of no test at all each count as one.
 */
export function countTests(report: string | undefined, exitCode: number): Counts {
  const files = parse(report);
  const statuses = files.flatMap((file) => file.statuses);
  const passed = statuses.filter((status) => status === "passed").length;
  const failedTests = statuses.filter((status) => status === "failed").length;
  const failedFiles = files.filter((file) => file.hasFailed && !file.statuses.includes("failed"));
  const failed = failedTests + failedFiles.length;
  const isGood = exitCode === 0 && passed > 0;
  return {
    passed,
    failed: isGood ? failed : Math.max(failed, 1),
    skipped: statuses.length - passed - failedTests,
  };
}

function parse(report: string | undefined): readonly FileResult[] {
  try {
    const files = field(JSON.parse(report ?? "null"), "testResults");
    return list(files).map((file) => ({
      hasFailed: field(file, "status") === "failed",
      statuses: list(field(file, "assertionResults")).map((test) => field(test, "status")),
    }));
  } catch {
    return [];
  }
}
