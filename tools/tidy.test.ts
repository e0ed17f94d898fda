import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { unaskedPermissions, usesWithoutPermission } from "./tidy/authorized.ts";
import { changedMigrations } from "./tidy/checksums.ts";
import {
  longFiles,
  missingFromRegistry,
  optionsOutsideCli,
  presentReadPastClock,
} from "./tidy/code.ts";
import {
  changelogWithoutUnreleased,
  deadLinks,
  goneFromReadmes,
  otherLicences,
  readmesWithoutTheirParts,
} from "./tidy/documents.ts";
import { unsafeMigrations } from "./tidy/migrations.ts";
import { physicalDirections } from "./tidy/pages.ts";
import { pathsOutside, privatePlaces } from "./tidy/private-places.ts";
import { refusalsUntested } from "./tidy/refusals.ts";
import {
  commandsThatReadTables,
  sqlOutsideItsFiles,
  tablesOfSeveralFolders,
  viewsThatWrite,
} from "./tidy/sql.ts";
import { workingTree } from "./tidy/tree.ts";

// House rules that no linter knows. What each asks for stands beside it in tools/tidy.
const tree = workingTree(dirname(import.meta.dirname));

describe("the repository", () => {
  test("has SQL in *.sql.ts and migrations only", () => {
    expect(sqlOutsideItsFiles(tree)).toEqual([]);
  });

  test("names each table in one folder only", () => {
    expect(tablesOfSeveralFolders(tree)).toEqual([]);
  });

  test("reads in views, and writes nothing there", () => {
    expect(viewsThatWrite(tree)).toEqual([]);
  });

  test("reads tables for the command line in views only", () => {
    expect(commandsThatReadTables(tree)).toEqual([]);
  });

  test("has the migrations that it had, and only new ones besides", () => {
    expect(changedMigrations(tree)).toEqual([]);
  });

  test("has no migration that the last release could not live with", () => {
    expect(unsafeMigrations(tree)).toEqual([]);
  });

  test("asks for a permission first in everything that staff do or see", () => {
    expect(usesWithoutPermission(tree)).toEqual([]);
    expect(unaskedPermissions(tree)).toEqual([]);
  });

  test("takes the time from the clock", () => {
    expect(presentReadPastClock(tree)).toEqual([]);
  });

  test("leaves it to the command line to name its options", () => {
    expect(optionsOutsideCli(tree)).toEqual([]);
  });

  test("has every one of a kind in its registry", () => {
    expect(missingFromRegistry(tree)).toEqual([]);
  });

  test("has no file over 300 lines without a reason", () => {
    expect(longFiles(tree)).toEqual([]);
  });

  test("says in each folder of more than ten files what it owns", () => {
    expect(readmesWithoutTheirParts(tree)).toEqual([]);
  });

  test("names in no README of code what is not there", () => {
    expect(goneFromReadmes(tree)).toEqual([]);
  });

  test("has no dead link in its documents", () => {
    expect(deadLinks(tree)).toEqual([]);
  });

  test("has a changelog with a place for what is new", () => {
    expect(changelogWithoutUnreleased(tree)).toEqual([]);
  });

  test("is under the MIT licence throughout", () => {
    expect(otherLicences(tree)).toEqual([]);
  });

  test("writes its pages from start to end, not from left to right", () => {
    expect(physicalDirections(tree)).toEqual([]);
  });

  test("names no path and no package registry of one machine", () => {
    expect(privatePlaces(tree, process.env)).toEqual([]);
  });

  test("provokes every refusal in a test", () => {
    expect(refusalsUntested(tree)).toEqual([]);
  });

  test("has no path that leads out of it", () => {
    expect(pathsOutside(tree)).toEqual([]);
  });
});
