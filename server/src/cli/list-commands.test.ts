import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listRow } from "#test/listing-scene.ts";
import { testPanel } from "#test/panel.ts";
import { runPanel } from "#test/run-panel.ts";

// Lists that say too little, in other words or in odd wrappings, as an operator meets them.

const panel = testPanel();
let said: string | Buffer = "";
let folder = "";
let url = "";
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    const isBalance = new URLSearchParams(body).get("action") === "balance";
    response.end(isBalance ? '{"error":"Incorrect request"}' : said);
  });
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "panel-lists-"));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/api/v2`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

type Json = Readonly<Record<string, unknown>>;

async function run(...args: string[]) {
  const done = await runPanel(panel.database.url, ...args, "--json");
  return { exitCode: done.exitCode, answer: done.json() as Json, stderr: done.stderr };
}

async function provider(name: string): Promise<string> {
  await run("provider", "add", "--name", name, "--url", url, "--key", "key", "--private");
  return name;
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const at = path.join(folder, name);
  await writeFile(at, content);
  return at;
}

const row = (service: number, change: Json = {}) => listRow(service, { min: 1, ...change });

test("an import in which every row is refused says why and how to go on, and ends with 1", async () => {
  const name = await provider("refused");
  said = JSON.stringify([
    row(1, { type: "fb_viplike" }),
    row(2, { type: "fb_viplike" }),
    row(3, { max: 0 }),
    row(4, { rate: 0 }),
  ]);
  const importing = ["provider", "import", name, "--markup-percent", "25"];

  for (const mode of ["--apply", "--dry-run"]) {
    const refused = await run(...importing, mode);
    expect(refused).toMatchObject({
      exitCode: 1,
      answer: {
        code: "nothing_importable",
        imported: 0,
        reasons: [
          { word: "fb_viplike", rows: 2, option: "--type 'fb_viplike=<type>'" },
          { field: "max", reason: "is zero", rows: 1, option: "--max <number>" },
          { field: "rate", reason: "is zero", rows: 1 },
        ],
      },
    });
  }
  const spoken = await runPanel(panel.database.url, ...importing, "--apply");
  expect(spoken.exitCode).toBe(1);
  expect(spoken.stdout).toContain(`2 × type "fb_viplike" is not known: --type 'fb_viplike=<type>'`);
  expect(spoken.stdout).not.toContain("undo");
  expect(await run("provider", "sync", name)).toMatchObject({
    exitCode: 1,
    answer: { status: "stopped", brakes: ["no row of the list can be sold"] },
  });

  const terms = ["--type", "fb_*=custom-comments", "--max", "500"];
  expect(await run(...importing, ...terms, "--apply")).toMatchObject({
    exitCode: 0,
    answer: { imported: 3 },
  });
  expect(await run("provider", "terms", name)).toMatchObject({
    answer: { types: { "fb_*": "Custom Comments" }, min: null, max: 500 },
  });
  expect(await run("provider", "sync", name)).toMatchObject({
    exitCode: 0,
    answer: { counts: {}, reasons: [{ field: "rate" }] },
  });
  // What is sold already is no failure.
  expect(await run(...importing, "--apply")).toMatchObject({ exitCode: 0, answer: { sold: 3 } });
  expect((await run(...importing, "--service", "4", "--apply")).exitCode).toBe(1);
  expect(
    await run("provider", "terms", name, "--max", "", "--type", "FB *=", "--min", "2"),
  ).toMatchObject({ answer: { types: {}, min: 2, max: null } });
});

test("one service of a provider is brought a second time, and undone by itself", async () => {
  const name = await provider("twice");
  said = JSON.stringify([row(1), row(2)]);
  const importing = ["provider", "import", name];
  await run(...importing, "--markup-percent", "25", "--apply");
  const copy = ["--service", "1", "--again", "--into", "VIP", "--markup-percent", "100", "--apply"];
  const brought = await run(...importing, ...copy);
  expect(brought).toMatchObject({ exitCode: 0, answer: { imported: 1 } });
  const listed = async () => (await run("service", "list", "--provider", name)).answer;
  expect(await listed()).toMatchObject([
    { category: "A", provider_service: "1", rate: "1.25" },
    { category: "A", provider_service: "2" },
    { category: "VIP", provider_service: "1", rate: "2.00" },
  ]);
  expect(await run("provider", "undo", String(brought.answer["run"]))).toMatchObject({
    answer: { restored: 1 },
  });
  expect(await listed()).toMatchObject([
    { status: "enabled" },
    { status: "enabled" },
    { status: "disabled" },
  ]);
});

test("products of which none can be sold, and lines that are all known, end with 1", async () => {
  const name = await provider("goods");
  said = JSON.stringify([{ product: 1, name: "Key", rate: "free" }]);
  const importing = ["provider", "import-products", name, "--markup-percent", "25", "--apply"];
  expect(await run(...importing)).toMatchObject({
    exitCode: 1,
    answer: { code: "nothing_importable", refused_rows: [{ row: 1, reason: "rate is no price" }] },
  });
  const product = ["--category", "Keys", "--name", "Key", "--type", "auto", "--rate", "1"];
  const made = await run("product", "create", ...product);
  const upload = [
    "product",
    "stock",
    String(made.answer["product"]),
    await file("a.txt", "a\nb\n"),
  ];
  expect(await run(...upload)).toMatchObject({ exitCode: 0, answer: { added: 2 } });
  expect(await run(...upload)).toMatchObject({ exitCode: 1, answer: { added: 0, repeated: 2 } });
});

describe("a list is read alike from an answer and from a file", () => {
  const rows = [row(1), row(2, { name: "Café" })];
  const json = JSON.stringify(rows);
  test.each<[string, string | Buffer]>([
    ["in another object", JSON.stringify({ response: rows })],
    ["two objects deep", JSON.stringify({ status: "success", data: { services: rows } })],
    [
      "by its ids",
      JSON.stringify(
        Object.fromEntries(rows.map((each) => [each["service"], { ...each, service: undefined }])),
      ),
    ],
    ["behind a byte order mark", `\uFEFF${json}`],
    ["between notices of PHP", `<br />\n<b>Notice</b>: Undefined index [id] in x.php\n${json}\n`],
    ["in Latin-1", Buffer.from(json, "latin1")],
    ["in UTF-16", Buffer.from(`\uFEFF${json}`, "utf16le")],
  ])("%s", async (what, list) => {
    said = list;
    const name = await provider(what);
    const options = ["--markup-percent", "25", "--dry-run"];
    const fromAnswer = await run("provider", "import", name, ...options);
    const fromFile = await run(
      "service",
      "import",
      await file("list.json", list),
      "--provider",
      "files",
      ...options,
    );
    expect(fromAnswer).toMatchObject({ exitCode: 0, answer: { listed: 2, counts: { new: 2 } } });
    expect(fromFile).toMatchObject({ exitCode: 0, answer: { imported: 2, refused: 0 } });
  });

  test("and what is none is refused in words that fit", async () => {
    said = "Service not available";
    const name = await provider("none");
    const fromAnswer = await run("provider", "import", name, "--markup-percent", "25");
    const at = await file("none.json", said);
    const fromFile = await run("service", "import", at, "--provider", "f", "--markup-percent", "1");
    expect(fromAnswer).toMatchObject({ exitCode: 1 });
    expect(fromAnswer.stderr).not.toMatch(/\bfile\b/);
    expect(fromFile).toMatchObject({ exitCode: 1, answer: { code: "list_not_json" } });
    expect(fromFile.stderr).toContain("The file");
    said = '{"balance":"1"}';
    const noList = await run("provider", "import", name, "--markup-percent", "25");
    expect(noList).toMatchObject({ exitCode: 1, answer: { code: "list_not_a_list" } });
    expect(noList.stderr).toContain("The provider's answer");
  });
});
