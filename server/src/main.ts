import { runCommandLine } from "#cli/cli.ts";
import { openLog } from "./log.ts";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  openLog,
  // Loaded when it is needed: commands come and go and should not wait for the whole panel.
  startPanel: async (options) => (await import("./start-panel.ts")).startPanel(options),
});
