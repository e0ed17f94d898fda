import { linkMatches } from "#orders/hold-rules/rule.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { addRule, ruleOptions } from "./rule-output.ts";
import { optional, required } from "#cli/kit/option.ts";
import { filledText, oneOf } from "#cli/kit/readers.ts";

const pattern = required("--pattern <text>", "a host, host/path* or word", filledText);
const match = optional(
  "--match <how>",
  "host, suffix (host and all below it, if left out), path or word",
  oneOf(linkMatches),
);
const { decision, all } = ruleOptions("refuse");

export const holdDeny: CliCommand = {
  name: "hold deny",
  summary: "Refuses or holds orders for links of a host, a path or with a word.",
  details:
    "Links are compared without scheme, www., m., tracking parameters and letter case of the host;\n" +
    "youtu.be is youtube.com, twitter.com is x.com. In a path, * stands for anything.",
  options: [pattern, match, ...all],
  positions: [pattern],
  run: (panel, given) =>
    addRule(panel, given, given(decision), {
      kind: "deny_link",
      match: given(match) ?? "suffix",
      pattern: given(pattern),
    }),
};
