import type { CliCommand } from "#cli/command.ts";
import { addRule, ruleOptions } from "#cli/hold-words.ts";
import { required } from "#cli/option.ts";
import { wordList } from "#cli/readers.ts";

const hosts = required("--hosts <list>", "such as instagram.com,threads.net", wordList);
const { decision, all } = ruleOptions("refuse");

export const holdAllow: CliCommand = {
  name: "hold allow",
  summary: "Takes links of some hosts only, for a service with --service.",
  details: "Hosts below them are allowed too. A bare name has no host: it is not allowed.",
  options: [hosts, ...all],
  positions: [hosts],
  run: (desk, given) =>
    addRule(desk, given, given(decision), { kind: "allow_host", hosts: given(hosts) }),
};
