import type { CliCommand } from "#cli/kit/command.ts";
import { addRule, ruleOptions } from "./rule-output.ts";
import { required } from "#cli/kit/option.ts";
import { wordList } from "#cli/kit/readers.ts";

const hosts = required("--hosts <list>", "such as instagram.com,threads.net", wordList);
const { decision, all } = ruleOptions("refuse");

export const holdAllow: CliCommand = {
  name: "hold allow",
  summary: "Takes links of some hosts only, for a service with --service.",
  details: "Hosts below them are allowed too. A bare name has no host: it is not allowed.",
  options: [hosts, ...all],
  positions: [hosts],
  run: (panel, given) =>
    addRule(panel, given, given(decision), { kind: "allow_host", hosts: given(hosts) }),
};
