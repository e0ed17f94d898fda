import type {
  Finding,
  Probe,
  ProbeAdvice,
  ProviderCall,
  ProviderConnector,
} from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { ask } from "./ask.ts";
import { recogniseDialect } from "./recognise-dialect.ts";
import { isList, isObject, readJson } from "#providers/api-v2/answers/read-json.ts";
import type { JsonObject } from "#providers/api-v2/answers/read-json.ts";
import { readList, saleNames } from "#providers/api-v2/answers/read-list.ts";
import { meansUnknownOrder } from "#providers/api-v2/answers/read-concern.ts";
import { apiV2Settings } from "#providers/api-v2/answers/settings.ts";
import { isPanelwright } from "./is-panelwright.ts";

type Asking = {
  readonly balance: NonNullable<ProviderConnector["account"]>["balance"];
  readonly listServices: NonNullable<ProviderConnector["catalog"]>["listServices"];
  readonly orderStates: ProviderConnector["orderStates"];
};

// No panel has that many orders; one that has will answer with a state, which does no harm either.
const impossibleOrder = "999999999999999";

/** Asks a panel what anybody with its key may ask, and reports what was found out. */
export async function probeApiV2(call: ProviderCall, asking: Asking): Promise<Probe> {
  const findings: Finding[] = [];
  const url = new URL(call.baseUrl);
  if (url.protocol === "http:") {
    findings.push({ is: call.isPrivate ? "note" : "bad", what: "address_not_encrypted" });
  }
  const said = await asking.balance(call);
  if (!said.ok) {
    findings.push(failure("balance", said.refusal, call));
    // Where nobody answers or our key is refused, nothing else can be learned.
    const isHopeless = said.refusal.kind !== "refused" || said.refusal.concern === "provider";
    if (isHopeless) return { dialect: undefined, findings, balance: undefined };
  } else {
    findings.push({ is: "good", what: "balance", ...said.value });
  }
  const rows = await probeServices(call, asking, findings);
  const unknownText = await probeStatus(call, asking, findings);
  const isOurs = await isPanelwright(call);
  await probeRequestIds(call, isOurs, findings);
  const dialect = isOurs ? "Panelwright" : recogniseDialect(rows, unknownText);
  return { dialect, findings, balance: said.ok ? said.value : undefined };
}

async function probeServices(
  call: ProviderCall,
  asking: Asking,
  findings: Finding[],
): Promise<readonly JsonObject[]> {
  const listed = await asking.listServices(call);
  if (!listed.ok) {
    findings.push(failure("services", listed.refusal, call));
    return [];
  }
  const rows = readList(readJson(listed.value), saleNames)?.filter(isObject) ?? [];
  const count = rows.length;
  findings.push({ is: count > 0 ? "good" : "bad", what: "services", count });
  return rows;
}

async function probeStatus(
  call: ProviderCall,
  asking: Asking,
  findings: Finding[],
): Promise<string | undefined> {
  const states = await asking.orderStates([impossibleOrder], call);
  if (!states.ok) {
    const { refusal } = states;
    if (refusal.kind !== "refused" || refusal.concern === "provider") {
      findings.push(failure("status", refusal, call));
      return undefined;
    }
    const { reason } = refusal;
    findings.push({ is: "note", what: "unknown_order", reason, how: "refused" });
    return reason;
  }
  const state = states.value.get(impossibleOrder);
  const reason = state?.kind === "missing" ? state.reason : undefined;
  const isUsual = reason !== undefined && meansUnknownOrder(reason);
  findings.push({
    is: isUsual ? "good" : "note",
    what: "unknown_order",
    reason,
    how: isUsual ? "usual" : "unusual",
  });
  return reason;
}

async function probeRequestIds(
  call: ProviderCall,
  isOurs: boolean,
  findings: Finding[],
): Promise<void> {
  const isSet = apiV2Settings(call.settings).honours_request_id;
  const parameters = { limit: "1", request_id: "panelwright-probe" };
  const asked = await ask(call, { action: "orders", parameters });
  const isLookedUp = asked.kind === "answered" && isList(asked.json) && asked.json.length === 0;
  const isHonoured = isOurs && isLookedUp;
  const is = isSet ? (isHonoured ? "good" : "bad") : "note";
  findings.push({ is, what: "request_ids", isHonoured, isSet });
}

function failure(
  to: "balance" | "services" | "status",
  failed: ProviderFailure,
  call: ProviderCall,
): Finding {
  const { reason } = failed;
  const { timeoutMs } = call;
  return { is: "bad", what: "no_answer", to, reason, advice: adviceFor(failed), timeoutMs };
}

function adviceFor(failed: ProviderFailure): ProbeAdvice | undefined {
  if (failed.kind === "refused" && failed.concern === "provider") return "key";
  if (failed.kind === "not_sent") return "network";
  if (/web page|HTTP 404/.test(failed.reason)) return "address";
  return /time was up/.test(failed.reason) ? "time" : undefined;
}
