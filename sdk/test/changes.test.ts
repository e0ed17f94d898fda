import { expect, test } from "vitest";
import { RefusedError } from "panelwright-sdk";
import type { Change } from "panelwright-sdk";
import { scriptedPanel } from "./scripted-panel.ts";
import type { Asked, Reply } from "./scripted-panel.ts";

/** Numbers its events from 1 and gives at most `limit` of them. */
function log(events: readonly string[], limit: number) {
  return ({ fields }: Asked): Reply => {
    const since = Number(fields["since"] ?? 0);
    const changes = events.slice(since, since + limit).map((event, index) => ({
      cursor: String(since + index + 1),
      event,
      at: "2026-03-01T10:00:00.000Z",
      data: { order: since + index },
    }));
    const cursor = String(since + changes.length);
    return { json: { changes, cursor, has_more: since + limit < events.length } };
  };
}

test("changes since a cursor are a page with the cursor of the next", async () => {
  const panel = await scriptedPanel(log(["a", "b", "c"], 2));
  const client = panel.client();

  const first = await client.changes();
  const second = await client.changes({ since: first.cursor ?? "", limit: 2 });

  expect(first.changes.map(({ event }) => event)).toEqual(["a", "b"]);
  expect(first).toMatchObject({ cursor: "2", hasMore: true });
  expect(second.changes).toEqual([
    { cursor: "3", event: "c", at: "2026-03-01T10:00:00.000Z", data: { order: 2 } },
  ]);
  expect(second.hasMore).toBe(false);
  expect(panel.asked[1]?.fields).toMatchObject({ since: "2", limit: "2" });
});

test("followed changes come once each, also later ones and after an outage", async () => {
  const events = Array.from({ length: 7 }, (_, index) => `event${index}`);
  let calls = 0;
  const panel = await scriptedPanel((asked) => {
    calls++;
    if (calls === 2) return "cut";
    if (calls === 4) return { status: 503, json: {}, headers: { "X-Error-Code": "unavailable" } };
    if (calls === 6) events.push("late");
    return log(events, 3)(asked);
  });
  const seen: Change[] = [];

  const client = panel.client({ retries: 0 });
  for await (const change of client.followChanges({ since: "1", pollMs: 1 })) {
    seen.push(change);
    if (change.event === "late") break;
  }

  expect(seen.map(({ event }) => event)).toEqual(events.slice(1));
});

test("following ends quietly with its signal, also in the middle of a wait", async () => {
  const controller = new AbortController();
  const panel = await scriptedPanel(log(["a"], 10));
  const seen: string[] = [];

  const following = (async () => {
    const { signal } = controller;
    for await (const { event } of panel.client().followChanges({ pollMs: 3_600_000, signal })) {
      seen.push(event);
      setTimeout(() => controller.abort(), 10);
    }
  })();

  await following;
  expect(seen).toEqual(["a"]);
});

test("a panel that promises more and gives nothing is not asked in a circle", async () => {
  const controller = new AbortController();
  const panel = await scriptedPanel(() => {
    setTimeout(() => controller.abort(), 50);
    return { json: { changes: [], cursor: "5", has_more: true } };
  });

  const { signal } = controller;
  for await (const _ of panel.client().followChanges({ since: "5", pollMs: 3_600_000, signal }));

  expect(panel.asked).toHaveLength(1);
});

test("a panel without changes says so", async () => {
  const panel = await scriptedPanel(() => ({ json: { error: "Incorrect request" } }));

  const next = panel.client().followChanges().next();

  await expect(next).rejects.toBeInstanceOf(RefusedError);
  await expect(next).rejects.toMatchObject({ kind: "unsupported" });
});
