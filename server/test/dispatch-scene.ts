import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { tester } from "#test/actors.ts";
import { changeSource } from "#catalog/change-source.ts";
import { repriceProvider } from "#catalog/sync/reprice-provider.ts";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { changeProvider } from "#providers/upkeep/change-provider.ts";
import type { ProviderTerms } from "#providers/upkeep/provider-terms.ts";
import { findProviderState } from "#providers/provider-states.sql.ts";
import { findProvider } from "#providers/providers.sql.ts";
import type { Provider } from "#providers/providers.sql.ts";
import { findTask } from "#tasks/tasks.sql.ts";
import type { OrderId, ProviderId, ServiceId } from "#values/ids.ts";
import { amount, must } from "./panel.ts";
import type { TestCustomer, TestPanel } from "./panel.ts";
import { listAttempts } from "#orders/dispatch/attempts.sql.ts";
import { listDeskEntriesOfOrder } from "#orders/desk.sql.ts";
import { findOrder } from "#orders/orders.sql.ts";
import { sendOrders } from "#orders/dispatch/send-orders.ts";

type Fields = Readonly<Record<string, string>>;

/** A provider's answer: JSON, a text as it is, or only a closed connection. */
type Said =
  | { readonly json: unknown; readonly status?: number }
  | { readonly text: string; readonly status?: number }
  | "hang_up";

/** A provider over real HTTP that answers what the test tells it to. */
export type Upstream = {
  readonly url: string;
  /** Every request that it received. */
  readonly asked: Fields[];
  /** Sets how it answers from now on. */
  answers(answer: (fields: Fields) => Said | Promise<Said>): void;
  readonly name: string;
  id(): ProviderId;
  /** The links that it was asked to add. */
  added(): string[];
  /** Takes every order under the next number, and reports this balance. */
  takesAll(balance?: string): void;
  /** Answers every `add` with this, and reports this balance. */
  saysToAdd(answer: Said, balance?: string): void;
};

/**
 * Two scripted providers, set up anew in the panel for each test, and what tests do with orders.
 */
export function dispatchScene(panel: TestPanel) {
  const [first, second] = [upstreamOf("First"), upstreamOf("Second")];
  let customer: TestCustomer | undefined;
  let service: ServiceId | undefined;
  let scenes = 0;

  function upstreamOf(name: string) {
    const server = openServer();
    const known: { id?: ProviderId } = {};
    const numbers = { next: name === "First" ? 1000 : 5000 };
    const upstream: Upstream = {
      asked: server.asked,
      answers: server.answers,
      get url() {
        return server.url;
      },
      name,
      id: () => {
        if (known.id === undefined) throw new Error("no provider yet");
        return known.id;
      },
      added: () =>
        server.asked.flatMap(({ action, link = "" }) => (action === "add" ? [link] : [])),
      takesAll: (balance = "1000") => {
        server.answers(({ action }) => {
          if (action === "balance") return { json: { balance, currency: "USD" } };
          return action === "add" ? { json: { order: numbers.next++ } } : { json: {} };
        });
      },
      saysToAdd: (answer, balance = "1000") => {
        server.answers(({ action }) =>
          action === "balance" ? { json: { balance, currency: "USD" } } : answer,
        );
      },
    };
    return { upstream, known };
  }

  const providerOf = async ({ id }: Upstream): Promise<Provider> => {
    const found = await findProvider(panel.ctx.db, id());
    if (found === undefined) throw new Error("no provider");
    return found;
  };
  const addUpstream = async (
    { upstream, known }: ReturnType<typeof upstreamOf>,
    terms: ProviderTerms = {},
  ): Promise<void> => {
    known.id = must(
      await addProvider(panel.ctx, tester, {
        connector: "api-v2",
        baseUrl: upstream.url,
        key: "k".repeat(32),
        isPrivate: true,
        requestsPerSecond: 10_000,
        timeoutMs: 5000,
        ...terms,
        name: `${upstream.name} ${scenes}`,
      }),
    );
    upstream.asked.length = 0;
    upstream.takesAll();
  };

  beforeEach(async () => {
    scenes++;
    await panel.ctx.db.query("delete from tasks");
    await addUpstream(first);
    await addUpstream(second);
    customer = await panel.addCustomer({ balance: "1000000", terms: { rateLimit: 0 } });
    service = await panel.addService({
      rate: amount("2"),
      min: 1,
      max: 1_000_000,
      providerId: first.upstream.id(),
      providerService: "11",
      providerRate: amount("1"),
    });
  });

  const scene = {
    first: first.upstream,
    second: second.upstream,
    get customer() {
      if (customer === undefined) throw new Error("no customer yet");
      return customer;
    },
    get service() {
      if (service === undefined) throw new Error("no service yet");
      return service;
    },
    /** 1000 pieces: charge 2, expected charge 1. */
    place: async (link: string): Promise<OrderId> => {
      const { key } = scene.customer;
      const fields = { key, action: "add", service: scene.service, link, quantity: 1000 };
      const placed = (await panel.api(fields)) as { order?: OrderId };
      if (placed.order === undefined) throw new Error(JSON.stringify(placed));
      return placed.order;
    },
    change: async (upstream: Upstream, terms: ProviderTerms) => {
      must(await changeProvider(panel.ctx, tester, upstream.id(), terms, repriceProvider));
    },
    /** Makes the second provider a further source, at this rate. */
    addSecond: async (rate?: string) => {
      const key = {
        serviceId: scene.service,
        providerId: second.upstream.id(),
        providerService: "22",
      };
      const terms = rate === undefined ? {} : { providerRate: amount(rate) };
      must(await changeSource(panel.ctx, tester, key, { kind: "add", terms }));
    },
    provider: providerOf,
    send: async (upstream: Upstream, signal?: AbortSignal) =>
      sendOrders(panel.ctx, await providerOf(upstream), signal),
    /** Lets time pass: everything that waits becomes due. */
    makeDue: async () => {
      await panel.ctx.db.query("update tasks set due_at = panel_now()");
      const text = "update provider_states set probe_at = panel_now() where probe_at is not null";
      await panel.ctx.db.query(text);
    },
    hold: async (upstream: Upstream) =>
      (await findProviderState(panel.ctx.db, upstream.id())).hold?.kind,
    order: async (id: OrderId) => {
      const order = await findOrder(panel.ctx.db, id);
      if (order === undefined) throw new Error("no order");
      return order;
    },
    attempts: async (id: OrderId) =>
      listAttempts(panel.ctx.db, (await scene.order(id)).accountId, id),
    task: async (id: OrderId) => findTask(panel.ctx.db, (await scene.order(id)).accountId, id),
    /** The order's desk entries now. */
    desk: async (id: OrderId) => {
      const { accountId } = await scene.order(id);
      const entries = await listDeskEntriesOfOrder(panel.ctx.db, accountId, id);
      return entries.filter((entry) => entry.closed_at === null);
    },
  };
  return scene;
}

function openServer(): Pick<Upstream, "url" | "asked" | "answers"> {
  let answer: (fields: Fields) => Said | Promise<Said> = () => "hang_up";
  const asked: Fields[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const fields = Object.fromEntries(new URLSearchParams(await text(request)));
      asked.push(fields);
      const said = await answer(fields);
      if (said === "hang_up") {
        request.socket.destroy();
        return;
      }
      response.statusCode = said.status ?? 200;
      response.end("text" in said ? said.text : JSON.stringify(said.json));
    })();
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`;
    },
    asked,
    answers: (next) => {
      answer = next;
    },
  };
}
