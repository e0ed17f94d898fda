import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { followWalkthrough } from "#test/walkthrough.ts";

const panel = testPanel({ roles: ["api"] });

test("the walk-through of refills works as it stands: by hand, and by an own order of 400", async () => {
  const { database, url } = panel;
  const walk = await followWalkthrough("walkthrough-refill.md", {
    databaseUrl: database.url,
    url,
  });

  expect(walk.exitCode, walk.output).toBe(0);
  expect(walk.output).toContain("less than 1 hours ago");
  expect(walk.output).toContain('{"status":"Completed"}');
  const { rows } = await panel.ctx.db.query(
    "select quantity, charge::text from orders where source = 'refill'",
  );
  expect(rows).toEqual([{ quantity: 400, charge: "0.00000000" }]);
}, 120_000);

test("the walk-through of cancels works as it stands, and the charge comes back", async () => {
  const { database, url } = panel;
  const walk = await followWalkthrough("walkthrough-cancel.md", {
    databaseUrl: database.url,
    url,
  });

  expect(walk.exitCode, walk.output).toBe(0);
  expect(walk.output).toContain('{"status":"Pending"}');
  expect(walk.output).toContain('{"status":"Completed"}');
  expect(walk.output).toContain('"status":"Canceled"');
}, 120_000);
