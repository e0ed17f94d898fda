import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isLanguage, languages } from "#i18n/languages.ts";
import { openBrowser, visit } from "./browser.ts";
import { startPanel } from "./panel.ts";
import type { RunningPanel } from "./panel.ts";

let panel: RunningPanel;
let browser: Browser;

beforeAll(async () => {
  [panel, browser] = await Promise.all([startPanel(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await panel?.close();
});

const pages = { landing: "/", api: "/api", missing: "/nowhere" };
const english: Record<string, string> = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../public/messages/en.json"), "utf8"),
);
/** A key that stands where its text should, such as `landing.lead`. */
const bareKey = new RegExp(
  String.raw`\b(${[...new Set(Object.keys(english).map((key) => key.split(".")[0]))].join("|")})\.[a-z_]+\.?[a-z_]*\b(?!\.com)`,
);
const everyLanguage = Object.keys(languages).filter(isLanguage);
const looks = Object.entries(pages).flatMap(([name, address]) =>
  everyLanguage.flatMap((language) =>
    [390, 1440].flatMap((width) =>
      (["light", "dark"] as const).map((scheme) => ({ name, address, language, width, scheme })),
    ),
  ),
);

describe.each(looks)("$name in $language, $width wide, $scheme", (look) => {
  const { name, address, language, width, scheme } = look;

  test("is accessible, complete, fits and makes no noise", async () => {
    const { page, complaints, close } = await visit(browser, `${panel.url}${address}`, look);

    await keepPicture(page, `${name}-${language}-${width}-${scheme}`);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(await page.locator("html").getAttribute("lang")).toBe(language);
    expect(await page.locator("html").getAttribute("dir")).toBe(languages[language].direction);
    expect(await page.locator("html").getAttribute("data-mantine-color-scheme")).toBe(scheme);
    const text = await page.locator("body").innerText();
    expect(text).not.toMatch(bareKey);
    expect(text).not.toMatch(/\{\{|<\/?(code|ltr)>/);
    await close();
  });
});

test.each(Object.entries(pages))("the keyboard reaches all of %s", async (_name, address) => {
  const { page, close } = await visit(browser, `${panel.url}${address}`, { width: 390 });
  const expected = await page
    .locator('a[href], button, select, [tabindex="0"]')
    .filter({ visible: true })
    .count();

  const reached: string[] = [];
  for (let step = 0; step <= expected + 1; step++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return undefined;
      return { text: element.textContent, outline: getComputedStyle(element).outlineStyle };
    });
    if (focused === undefined) break;
    expect(focused.outline, focused.text).not.toBe("none");
    reached.push(focused.text);
  }

  expect(reached).toHaveLength(expected);
  expect(reached[0]).toBe("Skip to the content");
  await close();
});

test("the skip link leads past the navigation", async () => {
  const { page, close } = await visit(browser, `${panel.url}/api`);

  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");

  expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  await close();
});

test("the language and the colours that were chosen are there at the next visit", async () => {
  const { page, complaints, close } = await visit(browser, panel.url);

  await page.getByLabel("Language").selectOption("ar");
  await page.getByLabel("الألوان").selectOption("dark");
  await page.goto(`${panel.url}/api`);
  await page.getByRole("heading", { level: 1 }).waitFor();

  const root = page.locator("html");
  expect(await root.getAttribute("dir")).toBe("rtl");
  expect(await root.getAttribute("lang")).toBe("ar");
  expect(await root.getAttribute("data-mantine-color-scheme")).toBe("dark");
  expect(complaints).toEqual([]);
  await close();
});

test("the type of a service decides which parameters an order has", async () => {
  const { page, close } = await visit(browser, `${panel.url}/api`);
  const table = page.getByRole("table", { name: "Parameters: Add order" });

  expect(await table.getByRole("rowheader").allInnerTexts()).toEqual([
    "key",
    "action",
    "service",
    "link",
    "quantity",
    "runs (optional)",
    "interval (optional)",
  ]);
  await page.getByLabel("Type of the service").selectOption("Poll");

  expect(await table.getByRole("rowheader").allInnerTexts()).toEqual([
    "key",
    "action",
    "service",
    "link",
    "quantity",
    "answer_number",
  ]);
  await close();
});

test.each(everyLanguage)("every type and every error has its text in %s", async (language) => {
  const { page, close } = await visit(browser, `${panel.url}/api`, { language });
  const select = page.locator("#add ~ div select");
  const types = await select
    .locator("option")
    .evaluateAll((options) => options.map((option) => option.getAttribute("value") ?? ""));
  expect(types.length).toBeGreaterThan(15);
  for (const type of types) {
    await select.selectOption(type);
    expect(await page.locator("main").innerText()).not.toMatch(/api\.(param|pricing|error)\./);
  }
  await close();
});

test("every form of the API has its section", async () => {
  const response = await fetch(`${panel.url}/api/panel/info`);
  const { api_forms: forms } = (await response.json()) as { api_forms: { id: string }[] };
  const { page, close } = await visit(browser, `${panel.url}/api`);

  const headings = await page
    .locator("section h2, section h3")
    .evaluateAll((all) => all.map((heading) => heading.id.replace(/^additions-/, "")));

  expect(forms.length).toBeGreaterThan(20);
  expect(headings).toEqual(expect.arrayContaining(forms.map(({ id }) => id)));
  await close();
});

test("the API answers where the page says it is", async () => {
  const { page, close } = await visit(browser, `${panel.url}/api`);
  const table = page.getByRole("table", { name: "How to call the API" });
  const row = table.getByRole("row", { name: "API URL" });
  const url = await row.locator("code").innerText();

  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ key: "none", action: "balance" }),
  });

  expect(url).toBe(`${panel.url}/api/v2`);
  expect(await response.json()).toEqual({ error: "Invalid API key" });
  await close();
});

test("code is copied as it stands, and that is said aloud", async () => {
  const { page, close } = await visit(browser, `${panel.url}/api`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

  await page.getByRole("button", { name: "Copy : Example response, User balance" }).click();

  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toEqual({ balance: "100.84292", currency: "USD" });
  await close();
});

test("a panel that does not answer says so, and can be asked again", async () => {
  const { page, close } = await visit(browser, `${panel.url}/nowhere`);
  await page.route("**/api/panel/info", (route) => route.fulfill({ status: 503, body: "{}" }));
  await page.goto(panel.url);
  await page.getByRole("alert").waitFor();
  expect(await violations(page)).toEqual([]);

  await page.unroute("**/api/panel/info");
  await page.getByRole("button", { name: "Try again" }).click();

  await page.getByRole("heading", { level: 1, name: "Panelwright" }).waitFor();
  await close();
});

test("without its texts the app says so, in the sentence that the document brings along", async () => {
  const { page, close } = await visit(browser, `${panel.url}/nowhere`);
  await page.route("**/messages/*.json", (route) => route.abort());

  await page.goto(panel.url);

  const sentence = page.locator("#unavailable");
  await sentence.waitFor();
  expect(await sentence.innerText()).toContain("The panel does not answer.");
  await close();
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = (await page.evaluate("axe.run(document)")) as AxeResults;
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
}

/** By how many pixels the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** SCREENSHOTS names a folder for pictures that a person wants to look at. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
