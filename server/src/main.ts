import { runCommandLine } from "#cli/cli.ts";
import { complain, ignoreClosedPipes, print } from "#cli/kit/streams.ts";

ignoreClosedPipes();
process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  print,
  complain,
  // Loaded when they are needed: commands come and go and should not wait for the whole panel.
  openLog: async (level) => (await import("./log.ts")).openLog(level),
  startPanel: async (options) => (await import("./start-panel.ts")).startPanel(options),
});
