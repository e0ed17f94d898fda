import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPanel } from "@panelwright/server/test/panel.ts";
import { openBrowser } from "@panelwright/web/e2e/browser.ts";
import type * as Sdk from "panelwright-sdk";

// What is published, used as a stranger would: nothing here reads the source.

const server = testPanel();
const root = path.join(import.meta.dirname, "../..");
let project: string;
let built: string;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "panelwright-sdk-"));
  built = path.join(project, "node_modules/panelwright-sdk");
  mkdirSync(path.dirname(built), { recursive: true });
  execFileSync(process.execPath, [path.join(root, "sdk/build.ts"), built]);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const consumer = `
import { openPanel, OutcomeUnknownError, RefusedError, verifyWebhook } from "panelwright-sdk";
import type { Each, NewOrder, OrderState, Panel } from "panelwright-sdk";

export async function buy(panel: Panel, service: number): Promise<number | string> {
  const order: NewOrder = { type: "Poll", service, link: "a", quantity: 1, answerNumber: 2 };
  try {
    return (await panel.order(order)).order;
  } catch (error) {
    if (error instanceof OutcomeUnknownError) return error.requestId ?? "";
    if (error instanceof RefusedError && error.kind === "funds") return error.code ?? "";
    throw error;
  }
}
export const chargeOf = (each: Each<OrderState>): string | null =>
  each.ok ? each.value.charge : each.error.message;

const panel = openPanel({ url: "https://panel.example/api/v2", key: "key" });
void panel.order({ service: 1, link: "a", quantity: 1, runs: 2, interval: 10 });
void panel.order({ type: "Other", service: 1, fields: { reaction: "like", minutes: 5 } });
void verifyWebhook(["whsec_a"], new Headers(), "{}");
// @ts-expect-error a poll has an answer
void panel.order({ type: "Poll", service: 1, link: "a", quantity: 1 });
// @ts-expect-error a drip-feed has an interval
void panel.order({ service: 1, link: "a", quantity: 1, runs: 2 });
// @ts-expect-error money is no number
void panel.order({ service: 1, link: "a", quantity: 1, maxCharge: 1.25 });
// @ts-expect-error one of the two lists
void panel.order({ type: "Special 1 (1DG)", service: 1, link: "a", quantity: 1 });
`;

test("the published types are complete and hold", () => {
  writeFileSync(path.join(project, "consumer.ts"), consumer);
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      module: "nodenext",
      target: "es2022",
      lib: ["es2022", "dom"],
      types: [],
    },
    include: ["consumer.ts"],
  };
  writeFileSync(path.join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(path.join(project, "tsconfig.json"), JSON.stringify(options));

  const compiler = path.join(root, "node_modules/typescript/bin/tsc");
  const output = run(process.execPath, [compiler, "-p", project]);

  expect(output).toBe("");
});

test("the published files are plain JavaScript that imports nothing else", () => {
  const files = readdirSync(built);
  const scripts = files.filter((file) => file.endsWith(".js"));
  const imports = scripts.flatMap((file) => {
    const text = readFileSync(path.join(built, file), "utf8");
    return [...text.matchAll(/(?:from|import) ?\(?"([^"]+)"/g)].map(([, name = ""]) => name);
  });
  const manifest: unknown = JSON.parse(readFileSync(path.join(built, "package.json"), "utf8"));

  expect(scripts).toContain("index.js");
  expect(files).toEqual(expect.arrayContaining(["index.d.ts", "README.md", "LICENSE"]));
  expect(imports.every((name) => /^\.\/[a-z-]+\.js$/.test(name))).toBe(true);
  expect(manifest).toMatchObject({ name: "panelwright-sdk", types: "./index.d.ts" });
  expect(manifest).not.toHaveProperty("private");
  expect(manifest).not.toHaveProperty("dependencies");
});

test("the package installs and works in plain JavaScript", async () => {
  const service = await server.addService();
  const { key } = await server.addCustomer();
  const script = `
    import { openPanel } from "panelwright-sdk";
    const panel = openPanel({ url: process.argv[2], key: process.argv[3] });
    const { order } = await panel.order({ service: ${service}, link: "a", quantity: 100 });
    const { charge } = await panel.status(order);
    console.log(charge);
  `;
  writeFileSync(path.join(project, "consumer.mjs"), script);

  // The panel answers from this process: nothing may wait for the consumer here.
  const args = [path.join(project, "consumer.mjs"), `${server.url}/api/v2`, key];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project });

  expect(stdout).toBe("0.09\n");
});

test("the package works in a browser", async () => {
  const service = await server.addService();
  const { key } = await server.addCustomer();
  const poor = await server.addCustomer({ balance: "0.01" });
  const browser = await openBrowser();
  try {
    const seen = await useInBrowser(browser, { key, poorKey: poor.key, service });

    expect(seen).toEqual({
      services: true,
      charge: "0.09",
      repeated: true,
      states: [true, false],
      refusal: ["funds", "insufficient_funds", "Not enough funds on balance"],
      away: ["NoAnswerError", "OutcomeUnknownError"],
      webhook: ["msg_p5jXN8AQM9LWM0D4loKWxJek", "signature_wrong"],
    });
  } finally {
    await browser.close();
  }
});

const pageText = `<!doctype html><title>SDK</title>
<script type="module">import * as sdk from "/sdk/index.js"; globalThis.sdk = sdk;</script>`;

/** On a page of the panel's own origin: another one may not call it, as with any API key. */
async function useInBrowser(
  browser: Browser,
  given: { key: string; poorKey: string; service: number },
) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/sdk/*", async (route) => {
    const name = path.basename(new URL(route.request().url()).pathname);
    if (name === "page") {
      return route.fulfill({ contentType: "text/html", body: pageText });
    }
    const body = readFileSync(path.join(built, name));
    return route.fulfill({ contentType: "text/javascript", body });
  });
  await page.goto(`${server.url}/sdk/page`);
  return page.evaluate(
    async ({ url, key, poorKey, service }) => {
      const sdk = Reflect.get(globalThis, "sdk") as typeof Sdk;
      const nameOf = (call: Promise<unknown>) =>
        call.then(
          () => "",
          (error: Error) => error.name,
        );
      const panel = sdk.openPanel({ url, key });
      const order = { service, link: "https://example.com/a", quantity: 100 };
      const placed = await panel.order(order);
      const again = await panel.order({ ...order, requestId: placed.requestId });
      const first = await panel.services();
      const refused: unknown = await sdk
        .openPanel({ url, key: poorKey })
        .order(order)
        .catch((error: unknown) => error);
      const away = sdk.openPanel({
        url: "http://127.0.0.1:9/api/v2",
        key,
        retries: 1,
        backoffMs: 1,
      });
      const body = '{"test": 2432232314}';
      const headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      };
      const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
      const now = () => 1_614_265_330_000;
      const event = await sdk.verifyWebhook(secret, headers, body, { now });
      const fault: unknown = await sdk
        .verifyWebhook(secret, headers, "{}", { now })
        .catch((error: unknown) => (error instanceof sdk.WebhookError ? error.fault : error));
      return {
        services: (await panel.services()) === first && first.length > 0,
        charge: (await panel.status(placed.order)).charge,
        repeated: again.order === placed.order,
        states: (await panel.statuses([placed.order, 999_999])).map(({ ok }) => ok),
        refusal:
          refused instanceof sdk.RefusedError
            ? [refused.kind, refused.code, refused.message]
            : String(refused),
        away: [await nameOf(away.balance()), await nameOf(away.order(order))],
        webhook: [event.id, fault],
      };
    },
    { ...given, url: `${server.url}/api/v2` },
  );
}

function run(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { cwd: project, encoding: "utf8" });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}
