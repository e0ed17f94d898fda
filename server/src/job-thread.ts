/** The thread of a heavy job: does it once and ends (see `run-in-thread.ts`). */
import { workerData } from "node:worker_threads";
import type { Context } from "#database/context.ts";
import { openPools } from "#database/database.ts";
import { commandPools } from "#database/pool-sizes.ts";
import { flushCallLog } from "#providers/call-log.ts";
import { secretsWhenNeeded } from "#secrets/open-secrets.ts";
import { systemClock } from "#values/clock.ts";
import { jobs } from "#workers/index.ts";
import { openLog } from "./log.ts";
import type { JobThreadData } from "./run-in-thread.ts";

const connectionsMax = 2;

const given: unknown = workerData;
if (!isJobThreadData(given)) throw new Error("this file is the thread of a job");
await run(given);

function isJobThreadData(data: unknown): data is JobThreadData {
  return typeof data === "object" && data !== null && "job" in data && "settings" in data;
}

async function run({ job: name, settings, secretFile, logLevel }: JobThreadData): Promise<void> {
  const job = jobs.find((each) => each.name === name);
  if (job === undefined) throw new Error(`no job is named ${name}`);
  const pools = openPools(settings, commandPools(connectionsMax));
  const ctx: Context = {
    db: pools.pool,
    hot: pools.hotPool,
    clock: systemClock,
    log: openLog(logLevel),
    secrets: secretsWhenNeeded(pools.pool, secretFile),
  };
  try {
    await job.run(ctx, new AbortController().signal);
    await flushCallLog(ctx);
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
  }
}
