import type { CliCommand } from "#cli/command.ts";
import { addRule, ruleOptions } from "#cli/hold-words.ts";
import { required } from "#cli/option.ts";
import { count } from "#cli/readers.ts";

const minutes = required("--minutes <number>", "for so long at most", count);
const { decision, all } = ruleOptions("refuse");

export const holdSameLink: CliCommand = {
  name: "hold same-link",
  summary: "Takes one order of a customer for a link at a time.",
  details: "Until the first order is over, and for the given minutes at most.",
  options: [minutes, ...all],
  run: (desk, given) =>
    addRule(desk, given, given(decision), { kind: "same_link", minutes: given(minutes) }),
};
