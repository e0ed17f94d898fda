import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

// Lists of services as panels in business answered them. They belong to others, so no checkout
// contains them: PANEL_TEST_LISTS names their folder, or they lie beside the checkout.
const folder =
  process.env["PANEL_TEST_LISTS"] ?? path.join(import.meta.dirname, "../../../shared/catalogues");

/** The names of the available lists, in order; none on most machines. */
export const realLists: readonly string[] = existsSync(folder)
  ? readdirSync(folder).toSorted()
  : [];

/** One of them, as it was answered. */
export function readRealList(name: string): string {
  return readFileSync(path.join(folder, name), "utf8");
}

/** What the person who runs the tests should know; `undefined` where the lists are available. */
export function wordsWithoutRealLists(): string | undefined {
  if (realLists.length > 0) return undefined;
  return (
    "Lists of real panels are not at hand (PANEL_TEST_LISTS names their folder): their tests are " +
    "skipped. Those with the samples of server/src/catalog/sync/samples run all the same."
  );
}
