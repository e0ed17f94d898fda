import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testPanel } from "#test/panel.ts";
import { followWalkthrough } from "#test/walkthrough.ts";

const panel = testPanel({ roles: ["api"] });
const name = "walkthrough-products.md";

test("the walk-through of digital goods works as it stands, and every answer it shows is said", async () => {
  const { database, url } = panel;
  const walk = await followWalkthrough(name, { databaseUrl: database.url, url });

  expect(walk.exitCode, walk.output).toBe(0);
  const text = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
  const answers = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, language]) => language !== "sh")
    .flatMap(([, , block = ""]) => block.trim().split("\n"));
  expect(answers).toHaveLength(8);
  for (const answer of answers) expect(walk.output).toContain(answer);
  expect(walk.output).toContain("1 items are needed, and the stock has 0.");
  expect(walk.output).toContain("answer  anna@example.com");
}, 240_000);
