import type { Finding, Found, ProbeAdvice } from "#providers/connector.ts";
import { formatAmount } from "#values/money.ts";

/** A finding about a provider: its subject, and a sentence with what to do about it. */
export function findingText(finding: Finding): { readonly subject: string; readonly text: string } {
  switch (finding.what) {
    case "address_not_encrypted":
      return {
        subject: "address",
        text: "The address is http: everybody on the way can read the key. Use https if you can.",
      };
    case "balance": {
      const currency = finding.currency ?? "(no currency said)";
      const balance = `${formatAmount(finding.balance, 2)} ${currency}`;
      return { subject: "balance", text: `The key is accepted; the balance is ${balance}.` };
    }
    case "balance_low":
      return { subject: "balance", text: "It is below the low-balance mark." };
    case "other_currency": {
      const { said, expected } = finding;
      const text =
        `It counts in ${said}, but is set up in ${expected}: say --currency ${said} and ` +
        `--exchange-rate, or --currency ${expected} if its prices are in that all the same. ` +
        "Nothing is imported or synced before.";
      return { subject: "currency", text };
    }
    case "services":
      return {
        subject: "services",
        text:
          finding.count > 0
            ? `It lists ${finding.count} services.`
            : "Its service list is empty or no list: there is nothing to import.",
      };
    case "unknown_order":
      return { subject: "status", text: unknownOrderText(finding) };
    case "request_ids":
      return { subject: "request ids", text: requestIdsText(finding) };
    case "no_answer": {
      const { reason, advice, timeoutMs } = finding;
      const help = advice === undefined ? "" : ` ${adviceText(advice, timeoutMs)}`;
      return { subject: finding.to, text: `${reason}.${help}` };
    }
  }
}

function unknownOrderText({ how, reason }: Extract<Found, { what: "unknown_order" }>): string {
  switch (how) {
    case "usual":
      return `States can be asked for; an unknown order is "${reason}".`;
    case "unusual":
      return "It answers something unusual to an order that does not exist.";
    case "refused":
      return `It answers to an order that does not exist: ${reason}`;
  }
}

function requestIdsText({ isHonoured, isSet }: Extract<Found, { what: "request_ids" }>): string {
  if (isHonoured) {
    return isSet
      ? "It honours request ids, and honours_request_id says so."
      : "It honours request ids: say --set honours_request_id=true, so that lost answers are " +
          "cleared up by themselves.";
  }
  return isSet
    ? "honours_request_id is set, but nothing shows that this provider places an order once under " +
        "its request id: an order could be bought twice. Say --set honours_request_id=false."
    : "Not known to honour request ids: an order whose answer is lost waits on the desk.";
}

function adviceText(advice: ProbeAdvice, timeoutMs: number): string {
  switch (advice) {
    case "key":
      return "Check the key and the address; some panels also want this machine's address on a list.";
    case "network":
      return "Nothing was sent. Check the address and the network.";
    case "address":
      return "The address is probably not that of the API, which often ends in /api/v2.";
    case "time":
      return `It took longer than ${timeoutMs / 1000} seconds: try a longer --timeout.`;
  }
}
