import { runCommandLine } from "#cli/cli.ts";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  // Loaded when they are needed: commands come and go and should not wait for the whole panel.
  openLog: async (level) => (await import("./log.ts")).openLog(level),
  startPanel: async (options) => (await import("./start-panel.ts")).startPanel(options),
});
