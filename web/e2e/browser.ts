import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { languages } from "#i18n/languages.ts";
import type { Language } from "#i18n/languages.ts";

/** A visitor of a kind: how wide the window is, which colours and which language they chose. */
export type Visitor = {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  /** As chosen on an earlier visit; otherwise the browser's own English counts. */
  readonly language?: Language;
};

export type Visit = {
  readonly page: Page;
  /** What the browser complained about so far. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
};

/** The browser that comes with the npm packages, kept from talking to anyone but the panel. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    args: [
      // A browser of one process ends with the first profile that is closed.
      ...chromium.args.filter((arg) => arg !== "--single-process"),
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
      "--disable-sync",
      "--disable-quic",
    ],
  });
}

/** Opens a page in a browser profile of its own and waits until it has its content. */
export async function visit(browser: Browser, url: string, visitor: Visitor = {}): Promise<Visit> {
  const { width = 1440, scheme = "light", language } = visitor;
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    colorScheme: scheme,
    locale: "en-US",
    reducedMotion: "reduce",
  });
  if (language !== undefined) await rememberLanguage(context, url, language);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return { page, complaints, close: () => context.close() };
}

async function rememberLanguage(
  context: BrowserContext,
  url: string,
  language: Language,
): Promise<void> {
  const { direction } = languages[language];
  const localStorage = [
    { name: "panel.language", value: language },
    { name: "panel.direction", value: direction },
  ];
  await context.setStorageState({
    cookies: [],
    origins: [{ origin: new URL(url).origin, localStorage }],
  });
}
