import type { CliCommand } from "#cli/kit/command.ts";
import { addRule, ruleOptions } from "./rule-output.ts";
import { required } from "#cli/kit/option.ts";
import { count } from "#cli/kit/readers.ts";

const minutes = required("--minutes <number>", "for so long at most", count);
const { decision, all } = ruleOptions("refuse");

export const holdSameLink: CliCommand = {
  name: "hold same-link",
  summary: "Takes one order of a customer for a link at a time.",
  details: "Until the first order is over, and for the given minutes at most.",
  options: [minutes, ...all],
  run: (panel, given) =>
    addRule(panel, given, given(decision), { kind: "same_link", minutes: given(minutes) }),
};
