import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { serverFloors, serverRooms, webFloors } from "./floors.ts";

const root = dirname(import.meta.dirname);

/** The folders within one, at any depth; those that hold no code of their own are passed by. */
function foldersOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => entry.parentPath.slice(join(root, folder).length + 1))
    .filter((name, at, names) => name !== "" && names.indexOf(name) === at)
    .toSorted();
}

test("every folder of the server and of the web app has its floor, and no floor is empty", () => {
  for (const [app, floors] of [
    ["server", serverFloors],
    ["web", webFloors],
  ] as const) {
    const built = foldersOf(`${app}/src`).map((name) => name.split("/")[0]);
    const planned = floors.flat().filter((name) => !name.endsWith(".ts"));
    expect(new Set(planned), app).toEqual(new Set(built));
  }
});

test("every room of a folder that has rooms has its place, and no place is empty", () => {
  for (const [folder, rooms] of Object.entries(serverRooms)) {
    const built = foldersOf("server/src")
      .filter((name) => name.startsWith(`${folder}/`))
      .map((name) => name.slice(folder.length + 1));
    const planned = rooms
      .flat()
      .filter((name) => name !== ".")
      .map((name) => name.replace(/\/\.$/, ""));
    expect(planned.toSorted(), folder).toEqual(built);
  }
});

test("ARCHITECTURE.md draws the floors as the table has them", () => {
  const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const drawn = [...page.matchAll(/^ *(\d+) │ (.+?) *│/gm)].map(
    ([, number, names = ""]) => [Number(number), names.split(/ +/)] as const,
  );
  expect(drawn.toReversed()).toEqual(serverFloors.map((names, level) => [level, names]));
});

test("an import upward, of a neighbour or of a package that has its place fails the check", () => {
  // Given: one file for each wrong import, and one with imports that are right.
  const wrong: Readonly<Record<string, string>> = {
    "server/src/ledger/up.ts": "#orders/move-order.ts",
    "server/src/customers/neighbour.ts": "#providers/connector.ts",
    "server/src/orders/record-to-room.ts": "#orders/placing/place-order.ts",
    "server/src/orders/placing/room-up.ts": "#orders/schedules/run-schedules.ts",
    "server/src/orders/dispatch/room-beside.ts": "#orders/lookup/lookup.ts",
    "server/src/cli/order/noun-beside.ts": "#cli/product/index.ts",
    "server/src/cellar/no-floor.ts": "#values/money.ts",
    "server/src/orders/cellar/no-room.ts": "#values/money.ts",
    "server/src/catalog/driver.ts": "pg",
    "server/src/orders/builder.ts": "kysely",
    "server/src/doctor/views-beside.ts": "#views/list-page.ts",
    "server/src/providers/unguarded.ts": "undici",
    "server/src/orders/parent.ts": "../catalog/price.ts",
    "web/src/kit/up.ts": "#customer/api/actions.ts",
  };
  const right: Readonly<Record<string, readonly string[]>> = {
    "server/src/orders/placing/right.ts": [
      "#orders/hold-rules/verdict.ts",
      "#orders/orders.sql.ts",
      "#catalog/price.ts",
      "./order-batch.ts",
    ],
    "server/src/orders/right.ts": ["#orders/service-types/index.ts", "#values/money.ts"],
    "server/src/database/right.ts": ["pg", "#values/money.ts"],
    "server/src/cli/right.ts": ["#cli/order/index.ts", "#config.ts"],
  };
  const folder = mkdtempSync(join(tmpdir(), "panelwright-floors-"));
  try {
    const write = (file: string, imports: readonly string[]) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      const lines = imports.map((name) => `export * from ${JSON.stringify(name)};\n`);
      writeFileSync(join(folder, file), lines.join(""));
    };
    for (const [file, name] of Object.entries(wrong)) write(file, [name]);
    for (const [file, names] of Object.entries(right)) write(file, names);
    cpSync(join(root, "oxlint.config.ts"), join(folder, "oxlint.config.ts"));
    mkdirSync(join(folder, "tools"));
    cpSync(join(root, "tools/floors.ts"), join(folder, "tools/floors.ts"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

    // When
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, "node_modules/oxlint/bin/oxlint"), "--format=json", "server", "web"],
      { cwd: folder, encoding: "utf8" },
    );

    // Then
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { code: string; filename: string }[];
    };
    const caught = diagnostics
      .filter(({ code }) => code.includes("no-restricted-imports"))
      .map(({ filename }) => filename);
    expect(caught.toSorted()).toEqual(Object.keys(wrong).toSorted());
  } finally {
    rmSync(folder, { recursive: true });
  }
});
