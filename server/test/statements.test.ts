import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knownStatements } from "#database/statement.ts";
import { isOfOwner, loadStatements, readRelease } from "#schema/released-statements.ts";
import { createTestDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";
import { prepareAlone } from "./prepared.ts";

await loadStatements();

let database: TestDatabase | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

function settingsFor(name: string) {
  if (database === undefined) throw new Error("not ready");
  return isOfOwner(name) ? database.ownerSettings : database.settings;
}

describe("every hand-written statement", () => {
  test.each([...knownStatements()])(
    "%s fits the schema and the role that runs it",
    async (name, { text }) => {
      await expect(prepareAlone(settingsFor(name), text)).resolves.toBeUndefined();
    },
  );
});

describe("every statement of the last release that is no more, or is another now,", () => {
  const changed = Object.entries(readRelease().statements).filter(
    ([name, text]) => knownStatements().get(name)?.text !== text,
  );

  // Its processes are at work while a newer one has run its migrations already.
  test("fits the newest schema and the role that runs it", async () => {
    const broken: string[] = [];
    for (const [name, text] of changed) {
      await prepareAlone(settingsFor(name), text).catch((error: unknown) => {
        broken.push(`${name}: ${String(error)}`);
      });
    }
    expect(broken).toEqual([]);
  });
});
