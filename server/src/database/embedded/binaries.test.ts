import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { findAccount, isRoot } from "./accounts.ts";
import {
  binariesPackage,
  findBinariesPackage,
  makeLibraryLinks,
  prepareBinaries,
} from "./binaries.ts";
import { EmbeddedRefusal } from "./refusal.ts";
import { cleanUp, makeTestFolder } from "#test/embedded/panel.ts";

vi.setConfig({ testTimeout: 30_000 });
afterEach(() => cleanUp());

/** The package as npm leaves it when install scripts are off: without its library links. */
function copyWithoutLinks(folder: string): string {
  const copy = join(folder, "package");
  execFileSync("cp", ["-a", findBinariesPackage(), copy]);
  const libraries = join(copy, "native", "lib");
  execFileSync("find", [libraries, "-type", "l", "-delete"]);
  return copy;
}

test("a computer without a package is told to bring its own PostgreSQL", () => {
  expect(() => binariesPackage("win32", "x64")).toThrow(EmbeddedRefusal);
  expect(() => binariesPackage("linux", "riscv64")).toThrow("PANEL_DATABASE_URL");
});

test("the library links that no install script made are made, once or twice", async () => {
  const packageFolder = copyWithoutLinks(makeTestFolder());

  const first = makeLibraryLinks(packageFolder);
  const second = makeLibraryLinks(packageFolder);
  const binaries = await prepareBinaries({
    packageFolder,
    copiesFolder: "/nonexistent",
    account: undefined,
  });

  expect([first, second]).toEqual([true, true]);
  expect(binaries.major).toBe("18");
  expect(binaries.notes).toEqual([]);
});

test.skipIf(isRoot())("a read-only installation is copied, and says so", async () => {
  const folder = makeTestFolder();
  const packageFolder = copyWithoutLinks(folder);
  const libraries = join(packageFolder, "native", "lib");
  chmodSync(libraries, 0o555);

  const options = { packageFolder, copiesFolder: folder, account: undefined };
  const binaries = await prepareBinaries(options).finally(() => chmodSync(libraries, 0o755));

  expect(binaries.postgres.startsWith(join(folder, "postgres-18."))).toBe(true);
  expect(binaries.notes.join()).toContain(folder);
});

test.runIf(isRoot())("programs in a closed folder are copied to where the user gets", async () => {
  const closed = makeTestFolder(0o700);
  const copies = makeTestFolder();
  const packageFolder = copyWithoutLinks(closed);
  const dead = join(copies, "postgres-18.4.0-beta.17.new-999999999-abc");
  mkdirSync(dead);

  const account = await findAccount("nobody");
  const options = { packageFolder, copiesFolder: copies, account };
  const [first, second] = await Promise.all([prepareBinaries(options), prepareBinaries(options)]);
  const third = await prepareBinaries(options);

  expect(first.postgres).toBe(third.postgres);
  expect(second.postgres).toBe(third.postgres);
  expect(third.postgres.startsWith(join(copies, "postgres-18."))).toBe(true);
  expect(third.notes.join()).toContain(copies);
  expect(readdirSync(copies)).toHaveLength(1);
  expect(existsSync(third.initdb)).toBe(true);
});
