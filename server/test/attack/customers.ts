/**
 * A process of honest customers. It sends form bodies over a few kept-alive connections and tells
 * its parent how they were served. With `perSecond` it keeps that pace whatever the panel does: a
 * request that finds no free connection waits, and its time counts from when it was due. Without,
 * it sends as fast as answers come.
 */
import { setTimeout as pause } from "node:timers/promises";
import { formRequest, openWire } from "./wire.ts";
import type { Wire } from "./wire.ts";

export type CustomersTask = {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly perSecond?: number;
  /** A slower answer does not count as served. */
  readonly withinMs: number;
  /** The bodies; `#` in them is replaced by a number that differs each time. */
  readonly bodies: readonly string[];
};

export type Served = {
  readonly due: number;
  /** Answered correctly and in time. */
  readonly served: number;
  readonly late: number;
  /** Answered with an error. */
  readonly refused: number;
  /** Connections that broke. */
  readonly broken: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The first error answer. */
  readonly error: string | undefined;
};

const overtimeMs = 5000;

process.once("message", (task: CustomersTask) => {
  void serve(task).then((served) => process.send?.(served, () => process.exit(0)));
});

async function serve(task: CustomersTask): Promise<Served> {
  const times: number[] = [];
  let late = 0;
  let refused = 0;
  let broken = 0;
  let due = 0;
  let error: string | undefined;
  const startedAt = performance.now();
  const endsAt = startedAt + task.seconds * 1000;
  const stopsAt = endsAt + overtimeMs;
  const gap = task.perSecond === undefined ? 0 : 1000 / task.perSecond;
  const first = Math.floor(Math.random() * 1e9);

  const one = async (wire: Wire, dueAt: number) => {
    const body = task.bodies[due++ % task.bodies.length] ?? "";
    const heard = await wire.ask(formRequest(body.replace("#", String(first + due))));
    const tookMs = performance.now() - dueAt;
    if (heard.kind === "closed") broken++;
    else if (heard.status !== 200 || heard.body.includes('"error"')) {
      refused++;
      error ??= `${heard.status} ${heard.body.slice(0, 200)}`;
    } else if (tookMs > task.withinMs) {
      late++;
      times.push(tookMs);
    } else times.push(tookMs);
  };
  const connection = async () => {
    let wire = await openWire(task.url);
    for (;;) {
      const now = performance.now();
      const dueAt = gap === 0 ? now : startedAt + due * gap;
      if (dueAt >= endsAt || now >= stopsAt) return wire.close();
      if (dueAt > now) {
        await pause(Math.min(5, dueAt - now));
        continue;
      }
      await one(wire, dueAt);
      if (!wire.isOpen) wire = await openWire(task.url);
    }
  };
  await Promise.allSettled(Array.from({ length: task.connections }, connection));

  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))];
  const served = times.length - late;
  const unasked = gap === 0 ? 0 : Math.max(0, Math.floor((task.seconds * 1000) / gap) - due);
  return {
    due: due + unasked,
    served,
    late: late + unasked,
    refused,
    broken,
    perSecond: served / task.seconds,
    p50Ms: at(0.5) ?? Infinity,
    p99Ms: at(0.99) ?? Infinity,
    maxMs: times.at(-1) ?? Infinity,
    error,
  };
}
