import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { followWalkthrough } from "#test/walkthrough.ts";

const panel = testPanel({ roles: ["api", "worker"] });

test("the walk-through of drip-feeds works as it stands, and two of three runs come back", async () => {
  const { database, url } = panel;
  const walk = await followWalkthrough("walkthrough-drip-feed.md", {
    databaseUrl: database.url,
    url,
  });

  expect(walk.exitCode, walk.output).toBe(0);
  expect(walk.output).toContain('"runs":3');
  const { rows } = await panel.ctx.db.query(
    "select refunded::text, runs from orders where parent_id is null",
  );
  expect(rows).toEqual([{ refunded: "0.18000000", runs: 3 }]);
}, 60_000);
