import autocannon from "autocannon";

/** What one run of a load was. */
export type LoadResult = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no success: an HTTP status other than 2xx, a broken connection, an error. */
  readonly failures: number;
};

const connections = 64;

/**
 * Sends form bodies over 64 kept-alive connections for `seconds`, each connection walking its own
 * part of `bodies`. Counts answers with an `error` as failures where `refusesErrors`.
 */
export async function load(
  url: string,
  bodies: readonly string[],
  seconds: number,
  options: { readonly refusesErrors?: boolean; readonly headers?: Record<string, string> } = {},
): Promise<LoadResult> {
  let refused = 0;
  let next = 0;
  const share = Math.max(1, Math.floor(bodies.length / connections));
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...options.headers },
    setupClient: (client) => {
      const start = (next++ % connections) * share;
      client.setRequests(
        bodies.slice(start, start + share).map((body) => ({ body, method: "POST" })),
      );
      if (options.refusesErrors === true) {
        client.on("body", (body: Buffer) => {
          if (body.includes('"error"')) refused++;
        });
      }
    },
  });
  return {
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts + refused,
  };
}
