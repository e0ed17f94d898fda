import { describe, expect, test } from "vitest";
import { countTests } from "./vitest-report.ts";

const report = (...files: { status: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

describe("the counts of a vitest run", () => {
  test("are those of its tests, and what did not run is skipped", () => {
    const counts = countTests(
      report(
        { status: "passed", tests: ["passed", "passed", "skipped"] },
        { status: "failed", tests: ["passed", "failed", "todo", "pending"] },
      ),
      1,
    );

    expect(counts).toEqual({ passed: 3, failed: 1, skipped: 3 });
  });

  test("have one failure for a file that could not be loaded", () => {
    const counts = countTests(
      report({ status: "failed", tests: [] }, { status: "passed", tests: ["passed"] }),
      1,
    );

    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test("have one failure where all tests passed but the run did not", () => {
    const counts = countTests(report({ status: "passed", tests: ["passed"] }), 1);

    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test.each([
    ["no report", undefined],
    ["a report cut short", '{"testResults": [{"sta'],
    ["a report of another form", "[]"],
    ["a run of no test", report()],
    ["a run that skipped every test", report({ status: "passed", tests: ["skipped"] })],
  ])("have a failure for %s", (_name, text) => {
    expect(countTests(text, 0).failed).toBe(1);
  });
});
