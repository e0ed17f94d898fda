import type { Finding, Probe, ProviderCall, ProviderConnector } from "#providers/connector.ts";
import type { ProviderFailure } from "#providers/outcome.ts";
import { formatAmount } from "#values/money.ts";
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

// No panel has come so far; a panel that has will answer a state, which does no harm either.
const impossibleOrder = "999999999999999";

/** Asks a panel what anybody with its key may ask, and says in words what it made of the answers. */
export async function probeApiV2(call: ProviderCall, asking: Asking): Promise<Probe> {
  const findings: Finding[] = [];
  const url = new URL(call.baseUrl);
  if (url.protocol === "http:") {
    const text =
      "The address is http: everybody on the way can read the key. Use https if you can.";
    findings.push({ subject: "address", is: call.isPrivate ? "note" : "bad", text });
  }
  const said = await asking.balance(call);
  if (!said.ok) {
    findings.push(...failure("balance", said.refusal, call));
    // Nothing else can be learned where nobody answers or our key is not taken.
    const isHopeless = said.refusal.kind !== "refused" || said.refusal.concern === "provider";
    if (isHopeless) return { dialect: undefined, findings, balance: undefined };
  } else {
    const { balance, currency } = said.value;
    const text = `The key is accepted; the balance is ${formatAmount(balance, 2)} ${currency ?? "(no currency said)"}.`;
    findings.push({ subject: "balance", is: "good", text });
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
    findings.push(...failure("services", listed.refusal, call));
    return [];
  }
  const rows = readList(readJson(listed.value), saleNames)?.filter(isObject) ?? [];
  const text =
    rows.length > 0
      ? `It lists ${rows.length} services.`
      : "Its service list is empty or no list: there is nothing to import.";
  findings.push({ subject: "services", is: rows.length > 0 ? "good" : "bad", text });
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
      findings.push(...failure("status", refusal, call));
      return undefined;
    }
    const text = `It answers to an order that does not exist: ${refusal.reason}`;
    findings.push({ subject: "status", is: "note", text });
    return refusal.reason;
  }
  const state = states.value.get(impossibleOrder);
  const reason = state?.kind === "missing" ? state.reason : undefined;
  const isUsual = reason !== undefined && meansUnknownOrder(reason);
  const text = isUsual
    ? `States can be asked for; an unknown order is "${reason}".`
    : "It answers something unusual to an order that does not exist.";
  findings.push({ subject: "status", is: isUsual ? "good" : "note", text });
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
  if (isOurs && isLookedUp) {
    const text = isSet
      ? "It honours request ids, and honours_request_id says so."
      : "It honours request ids: say --set honours_request_id=true, so that lost answers are cleared up by themselves.";
    findings.push({ subject: "request ids", is: isSet ? "good" : "note", text });
  } else if (isSet) {
    const text =
      "honours_request_id is set, but nothing shows that this provider places an order once under " +
      "its request id: an order could be bought twice. Say --set honours_request_id=false.";
    findings.push({ subject: "request ids", is: "bad", text });
  } else {
    const text =
      "Not known to honour request ids: an order whose answer is lost waits on the desk.";
    findings.push({ subject: "request ids", is: "note", text });
  }
}

function failure(subject: string, failed: ProviderFailure, call: ProviderCall): Finding[] {
  return [{ subject, is: "bad", text: `${failed.reason}. ${adviceFor(failed, call)}`.trim() }];
}

function adviceFor(failed: ProviderFailure, call: ProviderCall): string {
  if (failed.kind === "refused" && failed.concern === "provider") {
    return "Check the key and the address; some panels also want this machine's address on a list.";
  }
  if (failed.kind === "not_sent") return "Nothing was sent. Check the address and the network.";
  if (/web page|HTTP 404/.test(failed.reason)) {
    return "The address is probably not that of the API, which often ends in /api/v2.";
  }
  if (/time was up/.test(failed.reason)) {
    return `It took longer than ${call.timeoutMs / 1000} seconds: try a longer --timeout.`;
  }
  return "";
}
