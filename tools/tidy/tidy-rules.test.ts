import { describe, expect, test } from "vitest";
import { unaskedPermissions, usesWithoutPermission } from "./authorized.ts";
import { changedMigrations, checksumsFile, withNewMigrations } from "./checksums.ts";
import { longFiles, missingFromRegistry, optionsOutsideCli, presentReadPastClock } from "./code.ts";
import {
  changelogWithoutUnreleased,
  deadLinks,
  otherLicences,
  goneFromReadmes,
  readmesWithoutTheirParts,
} from "./documents.ts";
import { physicalDirections } from "./pages.ts";
import { pathsOutside, privatePlaces } from "./private-places.ts";
import { unsafeMigrations } from "./migrations.ts";
import { refusalsUntested } from "./refusals.ts";
import {
  commandsThatReadTables,
  sqlOutsideItsFiles,
  tablesOfSeveralFolders,
  viewsThatWrite,
} from "./sql.ts";
import type { Tree } from "./tree.ts";

/** A repository of these files and no others. */
function treeOf(files: Record<string, string>): Tree {
  return { files: Object.keys(files), read: (file) => files[file] ?? "" };
}

describe("a view", () => {
  const view = (code: string) => treeOf({ "server/src/views/orders/order-list.ts": code });

  test.each([
    'tables.updateTable("orders")',
    "sql`delete from orders`",
    "sql`update orders set id = 1`",
    'tables.selectFrom("orders").forUpdate()',
    "await inTransaction(ctx, work)",
  ])("that writes or locks is found: %s", (code) => {
    expect(viewsThatWrite(view(code))).toHaveLength(1);
  });

  test("may read any table, and say in a comment what updates it", () => {
    const code = '// update orders elsewhere\ntables.selectFrom("orders").select("id");';
    expect(viewsThatWrite(view(code))).toEqual([]);
  });
});

describe("a command that reads a table by itself", () => {
  const found = (code: string) =>
    commandsThatReadTables(treeOf({ "server/src/cli/order/order-list.ts": code }));

  test("is found", () => {
    expect(found('import { listOrders } from "#orders/orders.sql.ts";')).toHaveLength(1);
  });

  test.each([
    'import type { Order } from "#orders/orders.sql.ts";',
    'import { deskReasons } from "#orders/desk.sql.ts";',
    'import { viewOrders } from "#views/orders/order-list.ts";',
  ])("is not seen in %s", (code) => {
    expect(found(code)).toEqual([]);
  });
});

describe("SQL outside of its files", () => {
  const place = (code: string, file = "server/src/orders/order.ts") =>
    sqlOutsideItsFiles(treeOf({ [file]: code }));

  test.each([
    "const q = `\n  select id,\n  status from orders where id = ${id}`;",
    'db.query("select 1");',
    "db.query(`select now()`);",
    "run(`insert into orders (id) values (1)`);",
    "run(`update orders set status = ${status}`);",
    "run(`update orders o set status = 'x'`);",
    "run(`-- a comment\n delete from orders`);",
    "run(`with due as materialized (select 1) select * from due`);",
    "run('create unique index concurrently x on y (z)');",
    "run(`ALTER TABLE orders add column x int`);",
    "run('truncate orders');",
    "run('copy orders (id) to stdout');",
  ])("is found: %s", (code) => {
    expect(place(code)).toHaveLength(1);
  });

  test.each([
    "const words = `choose a service from the list`;",
    'const words = "update the order";',
    'const words = "Create an order, then look from time to time.";',
    'const words = "with care";',
    "// select id from orders",
    'const words = "selected from here";',
  ])("is not seen in %s", (code) => {
    expect(place(code)).toEqual([]);
  });

  test("may stand in *.sql.ts, tests and benchmarks", () => {
    const code = "run(`delete from orders`);";

    expect(place(code, "server/src/orders/orders.sql.ts")).toEqual([]);
    expect(place(code, "server/src/orders/order.test.ts")).toEqual([]);
    expect(place(code, "server/test/panel.ts")).toEqual([]);
    expect(place(code, "server/bench/shop.ts")).toEqual([]);
  });
});

test("a table named in the SQL of two folders is found, though one only reads it", () => {
  const files = {
    "server/migrations/0001_a.sql":
      "create table orders (\n id int);\ncreate table tasks (id int);",
    "server/src/orders/orders.sql.ts": "export const a = `update orders set id = 1`;",
    "server/src/tasks/tasks.sql.ts":
      "export const b = `select 1 from tasks t join orders o on true`;",
  };

  expect(tablesOfSeveralFolders(treeOf(files))).toEqual([
    "the table orders is named in orders and tasks",
  ]);
});

describe("the migrations", () => {
  const first = { "server/migrations/0001_a.sql": "create table a ();" };
  const recorded = { ...first, [checksumsFile]: JSON.stringify(withNewMigrations(treeOf(first))) };

  test("are as they were recorded", () => {
    expect(changedMigrations(treeOf(recorded))).toEqual([]);
  });

  test("may not be new without a record, which is told how to make", () => {
    const tree = treeOf({ ...recorded, "server/migrations/0002_b.sql": "" });

    expect(changedMigrations(tree)).toEqual([
      expect.stringMatching(/^0002_b\.sql is not in .* add it with `node tools\/checksums\.ts`$/),
    ]);
    expect(Object.keys(withNewMigrations(tree))).toEqual(["0001_a.sql", "0002_b.sql"]);
  });

  test("may not change, and recording again does not hide it", () => {
    const changed = { ...recorded, "server/migrations/0001_a.sql": "create table b ();" };
    const again = JSON.stringify(withNewMigrations(treeOf(changed)));

    expect(changedMigrations(treeOf({ ...changed, [checksumsFile]: again }))).toEqual([
      expect.stringContaining("0001_a.sql was changed"),
    ]);
  });

  test("may not be taken away", () => {
    const tree = treeOf({ [checksumsFile]: recorded[checksumsFile] ?? "" });

    expect(changedMigrations(tree)).toEqual([expect.stringContaining("0001_a.sql was recorded")]);
  });
});

describe("a migration after the last release", () => {
  const after = (text: string) =>
    unsafeMigrations(
      treeOf({
        "server/migrations/released.json": JSON.stringify({ schema: 1, statements: {} }),
        "server/migrations/0001_a.sql": "create or replace function f() …; alter table a drop b;",
        "server/migrations/0002_b.sql": text,
      }),
    );

  test.each([
    "-- Why: we do not drop column b of a.\ncreate table c (id bigint not null);",
    "create function place_orders_v2() returns int language sql return 2;",
    "alter table a add column c text not null default 'x, y', add column d text;",
    "alter table a drop constraint a_check, add constraint a_check check (b in (1, 2));",
    "alter table a alter column b drop not null;\nalter type kind add value 'more';",
    "drop index a_b; drop trigger t on a; alter table a add column renamed_at timestamptz;",
    "-- No transaction: it is large.\ncreate index concurrently if not exists a_b on a (b);",
  ])("may add beside what there is: %j", (text) => {
    expect(after(text)).toEqual([]);
  });

  test.each([
    ["drop function f();", "takes away"],
    ["drop table a;", "takes away"],
    ["alter table a\n  drop column b;", "takes away"],
    ["alter table a drop b;", "takes away"],
    ["alter table a rename to b;", "renames"],
    ["alter table a rename column b to c;", "renames"],
    ["alter table a alter column b type bigint;", "another type"],
    ["alter table a alter b set data type bigint;", "another type"],
    ["create or replace function f() returns int language sql return 1;", "beside it"],
    ["alter table a add column c text not null, add column d text default 'x';", "default"],
    ["alter table a alter column b set not null;", "refuses rows"],
    ["-- No transaction: large.\ncreate index concurrently a_b on a (b);", "run again"],
    ["-- No transaction: large.\ncreate function f() returns int as $$ 1 $$;", "no functions"],
  ])("may not break what the last release does: %j", (text, words) => {
    expect(after(text)).toEqual([expect.stringMatching(new RegExp(`^0002_b\\.sql .*${words}`))]);
  });
});

test("the present is read by the clock alone", () => {
  const code =
    "export const a = new Date();\nexport const b = new Date(5);\nexport const c = Date();";
  const tree = treeOf({ "server/src/orders/a.ts": code, "server/src/values/clock.ts": code });

  expect(presentReadPastClock(tree)).toEqual([
    expect.stringMatching(/^server\/src\/orders\/a\.ts:1 /),
    expect.stringMatching(/^server\/src\/orders\/a\.ts:3 /),
  ]);
});

test("a file of a registry's folder that nothing there imports is found", () => {
  const folder = "server/src/orders/service-types";
  const files = {
    [`${folder}/index.ts`]:
      'import { a } from "./a.ts";\nexport const all = { a, c: () => import("./c.ts") };',
    [`${folder}/a.ts`]: 'import type { Kind } from "./kind.ts";\nexport const a: Kind = 1;',
    [`${folder}/c.ts`]: "export const c = 1;",
    [`${folder}/kind.ts`]: "export type Kind = number;",
    [`${folder}/uses-all.ts`]: 'export { all } from "./index.ts";',
    [`${folder}/a.test.ts`]: "",
  };

  expect(missingFromRegistry(treeOf(files))).toEqual([]);
  expect(missingFromRegistry(treeOf({ ...files, [`${folder}/b.ts`]: "" }))).toEqual([
    `${folder}/b.ts is not in ${folder}/index.ts`,
  ]);
});

test("an option of the command line is found where others speak", () => {
  const option = 'export const it = required("--service <id>", "which");';
  const words = "const text = `give --service, or --locale=C, not a--service`;";
  const files = {
    "server/src/cli/order/order-list.ts": option,
    "server/src/cli/kit/refusal-text.ts": words,
    "server/src/doctor/checks.ts": words,
    "server/src/main.ts": words,
    "server/src/orders/order.ts": `\n${words}`,
    "server/src/orders/order.test.ts": words,
  };

  expect(optionsOutsideCli(treeOf(files))).toEqual([
    "server/src/orders/order.ts:2 names --service: that is for server/src/cli to say",
  ]);
});

test("a file over 300 lines is found unless it says why", () => {
  const long = "x\n".repeat(301);
  const tree = treeOf({
    "server/src/a.ts": long,
    "server/src/b.ts": `// Long because: one table of texts.\n${long}`,
    "server/src/c.test.ts": long,
    "web/src/d.json": long,
    "web/src/e.tsx": "x\n".repeat(300),
  });

  expect(longFiles(tree)).toEqual([expect.stringContaining("server/src/a.ts has 301 lines")]);
});

describe("the documents", () => {
  test("say in a folder of more than ten files what it owns, and in every README all of it", () => {
    const files = (count: number, folder = "server/src/tasks") =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${folder}/a${at}.ts`, ""]));
    expect(readmesWithoutTheirParts(treeOf(files(10)))).toEqual([]);
    expect(readmesWithoutTheirParts(treeOf(files(11)))).toEqual([
      "server/src/tasks/README.md is missing",
    ]);
    expect(readmesWithoutTheirParts(treeOf(files(11, "server/test/tasks")))).toEqual([]);
    const readme = "# Tasks\n## Words\n## Owns\n## Invariants\n";
    const tree = treeOf({ ...files(1), "server/src/tasks/README.md": readme });
    expect(readmesWithoutTheirParts(tree)).toEqual([
      'server/src/tasks/README.md has no heading "Does not own"',
    ]);
  });

  test("name in a README of code only what is there", () => {
    const tree = treeOf({
      "server/src/tasks/README.md":
        "`tasks.sql.ts`, `values/`, `gone.ts`, `values/money.ts`, `tools/a.ts`, `sub/`",
      "server/src/tasks/tasks.sql.ts": "",
      "server/src/values/money.ts": "",
      "tools/a.ts": "",
    });
    expect(goneFromReadmes(tree)).toEqual([
      "server/src/tasks/README.md names gone.ts, which is not there",
      "server/src/tasks/README.md names sub, which is not there",
    ]);
  });

  test("lead to files and headings that are there", () => {
    const tree = treeOf({
      "README.md": [
        "# Panel",
        "[a](docs/a.md) [b](docs/a.md#money-is-exact) [c](docs) [d](https://example.com/x.md)",
        "[e](#panel) [root](/docs/a.md) `[code](no.md)`",
        "```\n[fenced](no.md)\n```",
        "[gone](docs/b.md) [lost](docs/a.md#nothing)",
        "[reference]: docs/c.md",
      ].join("\n"),
      "docs/a.md": "## Money is exact\n[up](../README.md) ![picture](gone.png)",
    });

    expect(deadLinks(tree)).toEqual([
      "README.md links to docs/b.md, which is not there",
      "README.md links to docs/a.md#nothing, which is not there",
      "README.md links to docs/c.md, which is not there",
      "docs/a.md links to gone.png, which is not there",
    ]);
  });

  test("have a place for what is not released", () => {
    expect(changelogWithoutUnreleased(treeOf({}))).toHaveLength(1);
    expect(changelogWithoutUnreleased(treeOf({ "CHANGELOG.md": "# 1.0\n" }))).toHaveLength(1);
    expect(changelogWithoutUnreleased(treeOf({ "CHANGELOG.md": "## Unreleased\n" }))).toEqual([]);
  });

  test("grant the MIT licence, in every package", () => {
    const grant = "Permission is hereby granted, free of charge, to any person\nobtaining a copy";
    const good = { LICENSE: `MIT License\n\n${grant}`, "package.json": '{"license": "MIT"}' };

    expect(otherLicences(treeOf(good))).toEqual([]);
    expect(otherLicences(treeOf({ ...good, LICENSE: "GPL" }))).toHaveLength(1);
    expect(otherLicences(treeOf({ ...good, "web/package.json": "{}" }))).toEqual([
      'web/package.json does not say "license": "MIT"',
    ]);
  });
});

describe("left and right in pages", () => {
  const place = (file: string, line: string) => physicalDirections(treeOf({ [file]: line }));

  test.each([
    ["web/src/kit/page.css", ".a { margin-left: 1px }"],
    ["web/src/kit/page.css", ".a {\n  right: 0;\n}"],
    ["web/src/kit/page.css", ".a { border-top-left-radius: 1px; }"],
    ["web/src/kit/page.css", ".a { text-align: right; }"],
    ["web/src/kit/page.tsx", "const a = { paddingLeft: 1 };"],
    ["web/src/kit/page.tsx", "const a = { left: 1 };"],
    ["web/src/kit/page.tsx", '<Box ml="md" />'],
    ["web/src/kit/page.tsx", "<Box pr={4} />"],
    ["web/src/kit/page.tsx", '<Text ta="right" />'],
    ["web/src/kit/page.tsx", '<div className="flex mr-2" />'],
  ])("are found in %s: %s", (file, line) => {
    expect(place(file, line)).toHaveLength(1);
  });

  test.each([
    ["web/src/kit/page.css", ".a { margin-inline-start: 1px; inset-inline-end: 0 }"],
    ["web/src/kit/page.css", "  left: 0; /* physical: the pointer is measured from there */"],
    ["web/src/kit/page.tsx", "// What is left of it."],
    ["web/src/kit/page.tsx", '<Button leftSection={icon} ms="md" ta="start" />'],
    ["web/src/kit/page.tsx", 'const key = "html-mr";'],
    ["server/src/a.ts", "const a = { left: 1 };"],
  ])("are not seen in %s: %s", (file, line) => {
    expect(place(file, line)).toEqual([]);
  });
});

test("a path or a registry of one machine is found", () => {
  // Made here, so that this file does not break the rule itself.
  const path = ["", "work", "main"].join("/");
  const word = ["reg", "istry"].join("");
  const tree = treeOf({
    "a.md": `It lies in ${path}.`,
    "b.json": `{"resolved": "https://${word}.example.com/a.tgz"}`,
    "c.md": "See packages.example.org for more.",
    "d.md": `A network${path} and https://example.com${path} are something else.`,
  });
  const env = { npm_config_registry: "https://packages.example.org/npm/" };

  expect(privatePlaces(tree, env)).toEqual([
    "a.md names a path of one machine",
    "b.json names a package registry",
    "c.md names a package registry",
  ]);
});

describe("a use case of staff", () => {
  const said = (code: string, file = "server/src/orders/set-order.ts") =>
    usesWithoutPermission(treeOf({ [file]: code }));
  const begins = 'authorize(actor, "orders.set");';

  test.each([
    `export async function setOrder(ctx: Context, actor: Actor) { ${begins} return 1; }`,
    `export async function setOrder(ctx: Context, actor: Actor): Promise<void> {\n  ${begins}\n}`,
    `export const setOrder = async (ctx: Context, actor: Actor) => { ${begins} };`,
    `async function setOrder(ctx: Context, actor: Actor) { ${begins} }\nexport { setOrder };`,
    "export async function moveOrder(tx: Tx, by: Actor) {}",
    "export async function askRefill(ctx: Context, buyer: BuyerActor) {}",
    "function settle(ctx: Context, actor: Actor) {}",
  ])("passes: %s", (code) => {
    expect(said(code)).toEqual([]);
  });

  test.each([
    `export function setOrder(ctx: Context, actor: Actor) { ${begins} return go(ctx); }`,
    "export async function setOrder(ctx: Context, actor: Actor) { await go(ctx); }",
    `export async function setOrder(ctx: Context, actor: Actor) { await go(ctx); ${begins} }`,
    `export async function setOrder(ctx: Context, actor: Actor) { if (ctx) ${begins} }`,
    'export async function setOrder(ctx: Context, by: Actor) { authorize(actor, "orders.set"); }',
    "export async function setOrder(ctx: Context, actor: Actor) { authorize(actor, chosen); }",
    "export const setOrder = (ctx: Context, actor: Actor) => go(ctx, actor);",
    "async function setOrder(ctx: Context, actor: Actor) {}\nexport { setOrder };",
    `export async function setOrder(ctx: Context, { actor }: { actor: Actor }) { ${begins} }`,
    `type Asking = { readonly by: Actor };\nexport function setOrder(ctx: Context, asking: Asking) {}`,
    `type Step = (tx: Tx) => void;\nexport function setOrder(actor: Actor, step: (tx: Tx) => void) {}`,
    "export function setOrder(ctx: Context, by: Mover) {}",
  ])("is found where it asks for no permission first: %s", (code) => {
    expect(said(code)).toHaveLength(1);
  });

  test("is asked of a view as soon as it takes a context, and for reading alone", () => {
    const view = (code: string) => said(code, "server/src/views/orders/order-list.ts");

    expect(
      view('export async function a(ctx: Context, actor: Actor) { authorize(actor, "a.read"); }'),
    ).toEqual([]);
    expect(view("export function a(db: Queryable) {}")).toEqual([]);
    expect(view("export function a(ctx: Context) {}")).toHaveLength(1);
    expect(view(`export async function a(ctx: Context, actor: Actor) { ${begins} }`)).toHaveLength(
      1,
    );
  });

  test("is not looked for where use cases are used", () => {
    const code = "export async function setOrder(ctx: Context, actor: Actor) {}";

    for (const file of ["cli/a.ts", "http/a.ts", "orders/orders.sql.ts", "orders/a.test.ts"]) {
      expect(said(code, `server/src/${file}`)).toEqual([]);
    }
  });
});

describe("a path that leads out of the repository", () => {
  const folder = ["..", "..", "..", "shared"].join("/");
  const outOf = (file: string) =>
    pathsOutside(treeOf({ [file]: `const folder = join(import.meta.dirname, "${folder}");` }));

  test("is found wherever a file lies", () => {
    expect(outOf("server/test/scene.ts")).toHaveLength(1);
    expect(outOf("web/e2e/pages.test.tsx")).toHaveLength(1);
    expect(outOf("tools/check.ts")).toHaveLength(1);
  });

  test("is none that ends within, and may stand where it is known to be outside", () => {
    expect(outOf("server/src/orders/order.test.ts")).toEqual([]);
    expect(outOf("server/test/real-lists.ts")).toEqual([]);
  });
});

describe("a refusal", () => {
  const untested = (test: string, file = "server/src/orders/a.test.ts") =>
    refusalsUntested(
      treeOf({
        "server/src/orders/a.ts": `
          export type ARefusal =
            | { readonly code: "a_taken" | "a_gone"; readonly id: number }
            | { readonly code:
                | "a_small" };`,
        "server/src/orders/b.ts": 'return refused({ code: "b_late", by: "x" });',
        "server/src/cli/kit/failure.ts": 'return { exitCode: 70, code: "bug", text };',
        [file]: test,
      }),
    ).length;

  test("is found where no test names it", () => {
    expect(untested("")).toBe(5);
    expect(untested("// a_taken, said in a comment, is nothing")).toBe(5);
    expect(untested('expect(code).toBe("a_taken");', "server/src/orders/a.ts.md")).toBe(5);
  });

  test("is named as a text or as the name of a row", () => {
    expect(untested('expect(code).toBe("a_taken"); expect(text).toContain(`b_late`);')).toBe(3);
    expect(untested("const rows = {\n  a_gone: 1,\n  a_small: 2,\n  bug: 3 };")).toBe(2);
    expect(untested('["a_taken"]', "sdk/test/refusals.test.ts")).toBe(4);
  });
});

test("a permission that nothing asks for is found", () => {
  const tree = treeOf({
    "server/src/values/permissions.ts": '{ name: "a.read" }, { name: "a.set" }, { name: "a.see" }',
    "server/src/orders/set-order.ts": 'authorize(actor, "a.set");\nisAllowed(actor, "a.see");',
    "server/src/orders/set-order.test.ts": 'authorize(actor, "a.read");',
  });

  expect(unaskedPermissions(tree)).toEqual(["nothing asks for the permission a.read"]);
});
