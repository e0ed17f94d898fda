import { listProviderCalls } from "#providers/provider-calls.sql.ts";
import { listProviders } from "#providers/providers.sql.ts";
import type { OrderId } from "#values/ids.ts";
import { answer } from "#cli/kit/command.ts";
import type { CliCommand } from "#cli/kit/command.ts";
import { optional } from "#cli/kit/option.ts";
import { filledText, id } from "#cli/kit/readers.ts";
import { limitOption, providerOf } from "#cli/kit/shared.ts";
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
    const calls = await listProviderCalls(open.ctx.db, {
      providerId: found?.value.id,
      orderId: given(order),
      limit: given(limit),
    });
    const names = new Map(
      (await listProviders(open.ctx.db)).map((each) => [each.id, each.name] as const),
    );
    const json = calls.map((call) => ({
      call: call.id,
      provider: call.providerId,
      order: call.orderId ?? null,
      action: call.action,
      started: call.startedAt,
      duration_ms: call.durationMs,
      http_status: call.httpStatus ?? null,
      outcome: call.outcome,
      request: call.request,
      answer: call.answer ?? null,
    }));
    const texts = calls.map((call) =>
      [
        `${call.startedAt.toISOString()}  ${names.get(call.providerId) ?? call.providerId}  ` +
          `${call.action}  ${call.outcome}  ${call.durationMs} ms` +
          (call.httpStatus === undefined ? "" : `  HTTP ${call.httpStatus}`) +
          (call.orderId === undefined ? "" : `  order ${call.orderId}`),
        `  > ${inOneLine(call.request)}`,
        `  < ${inOneLine(call.answer ?? "")}`,
      ].join("\n"),
    );
    return answer(json, texts.length === 0 ? "No calls." : texts.join("\n"));
  },
};
