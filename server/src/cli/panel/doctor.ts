import { runDoctor } from "#doctor/run-doctor.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";

export const doctor: CliCommand = {
  name: "doctor",
  summary: "Checks everything that a healthy panel needs, and says what to do.",
  details: "Changes nothing. Exit code 1 where something is bad; warnings do not count.",
  options: [],
  run: async (panel) => {
    const report = await runDoctor(panel.config(), async () => (await panel.open()).ctx);
    const lines = report.checks.map(({ name, state, text, advice }) => {
      const line = `${state.padEnd(5)} ${name}: ${text}.`;
      return advice === undefined ? line : `${line} ${advice}`;
    });
    return answer(report, lines.join("\n"), report.ok ? 0 : 1);
  },
};
