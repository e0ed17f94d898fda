import type { OrderId } from "#values/ids.ts";
import { viewProviderCalls } from "#views/providers/provider-calls.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { filledText, id } from "#cli/kit/readers.ts";
import { limitOption, providerOf } from "#cli/kit/shared.ts";
import { without } from "#cli/kit/without.ts";
import { inOneLine } from "#values/text.ts";

const provider = optional("--provider <name>", "only calls to this one", filledText);
const order = optional("--order <id>", "only calls about this order alone", id<OrderId>);
const limit = limitOption(20);

export const providerLog: CliCommand = {
  name: "provider log",
  summary: "Shows calls to providers with their answers, newest first; keys are masked.",
  details:
    "States are asked for many at a time: those calls are not listed under --order. Calls are kept\n" +
    "as long as the setting provider_log_days says.",
  options: [provider, order, limit],
  run: async (panel, given) => {
    const open = await panel.open();
    const name = given(provider);
    const found = name === undefined ? undefined : await providerOf(open, name);
    if (found !== undefined && !found.ok) return found;
    const calls = await viewProviderCalls(open.ctx, open.actor, {
      providerId: found?.value.id,
      orderId: given(order),
      limit: given(limit),
    });
    const texts = calls.map((call) =>
      [
        `${call.started.toISOString()}  ${call.provider_name ?? call.provider}  ` +
          `${call.action}  ${call.outcome}  ${call.duration_ms} ms` +
          (call.http_status === null ? "" : `  HTTP ${call.http_status}`) +
          (call.order === null ? "" : `  order ${call.order}`),
        `  > ${inOneLine(call.request)}`,
        `  < ${inOneLine(call.answer ?? "")}`,
      ].join("\n"),
    );
    return answer(
      calls.map((call) => without(call, "provider_name")),
      texts.length === 0 ? "No calls." : texts.join("\n"),
    );
  },
};
