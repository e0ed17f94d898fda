import { expect, test } from "vitest";
import { addProvider } from "#providers/upkeep/add-provider.ts";
import { scheduleSync } from "#catalog/sync/schedule-sync.ts";
import { findProvider } from "#providers/providers.sql.ts";
import { tester } from "#test/actors.ts";
import { testDataFolder } from "#test/database.ts";
import { must, testPanel } from "#test/panel.ts";
import { scriptedProvider } from "#test/scripted-provider.ts";
import { jobs } from "#workers/index.ts";
import type { Job } from "#workers/job.ts";
import { runWorker } from "#workers/run-worker.ts";
import { openJobThreads } from "./run-in-thread.ts";

const panel = testPanel({ roles: ["api"] });
const provider = scriptedProvider();

function heavyJob(name: string): Job {
  const job = jobs.find((each) => each.name === name);
  if (job?.isHeavy !== true) throw new Error(`${name} is no heavy job`);
  return job;
}

const threads = () =>
  openJobThreads({
    settings: panel.database.settings,
    secretFile: `${testDataFolder(panel.database.url)}/secret.key`,
    logLevel: "error",
  });

async function scheduleList(): Promise<void> {
  const terms = { baseUrl: provider.url, key: "a-key-of-the-provider", isPrivate: true };
  const added = await addProvider(panel.ctx, tester, {
    name: `provider ${provider.url}`,
    connector: "api-v2",
    ...terms,
  });
  const found = await findProvider(panel.ctx.db, must(added));
  if (found === undefined) throw new Error("no provider");
  must(await scheduleSync(panel.ctx, tester, found, 60));
}

const runs = async () => (await panel.ctx.db.query("select status from sync_runs")).rows;

test("lists are read in a thread of their own, only where a reading is due", async () => {
  const elsewhere: string[] = [];
  const first = runWorker(panel.ctx, async (job) => void elsewhere.push(job.name));
  await first.close();
  expect(elsewhere).toEqual([]);

  await scheduleList();
  const second = runWorker(panel.ctx, async (job) => void elsewhere.push(job.name));
  await expect.poll(() => elsewhere).toEqual(["sync-providers"]);
  await second.close();

  // Nobody has read it here.
  expect(await runs()).toEqual([]);
  expect(provider.asked.map(({ action }) => action)).not.toContain("services");
});

test("the thread reads the list, keeps the run, notes its calls, and ends", async () => {
  provider.answers(() => ({
    json: [
      { service: 1, name: "A", type: "Default", category: "C", rate: "1", min: "1", max: "10" },
    ],
  }));

  await threads()(heavyJob("sync-providers"), new AbortController().signal);

  expect(await runs()).toHaveLength(1);
  const calls = await panel.ctx.db.query("select action from provider_calls");
  expect(calls.rows).toContainEqual({ action: "services" });
});

test("a thread that is told to stop ends in the middle of its call", async () => {
  await panel.ctx.db.query("update sync_terms set due_at = panel_now()");
  const stopping = new AbortController();
  const isAsked = new Promise<void>((resolve) => {
    provider.answers(() => {
      resolve();
      return new Promise(() => {});
    });
  });

  const ended = threads()(heavyJob("sync-providers"), stopping.signal);
  await isAsked;
  stopping.abort();

  await expect(ended).resolves.toBeUndefined();
});

test("a thread that fails says so to whoever began it", async () => {
  const unknown: Job = { name: "nobody's", everySeconds: 1, run: async () => {} };

  await expect(threads()(unknown, new AbortController().signal)).rejects.toThrow("nobody's");
});
