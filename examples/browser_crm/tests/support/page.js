// The built page on loopback, and a browser that looks at it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../dist/", import.meta.url));
/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/** Serves the built page until it is closed. */
export async function serve() {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const file = join(root, normalize(path === "/" ? "/index.html" : path));
    readFile(file).then(
      (bytes) => response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "cache-control": "max-age=3600" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${String(port)}/`, close: () => server.close() };
}

export function launch() {
  const executablePath = process.env.NEXA_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/**
 * A server and a browser for a file of tests, and what to close them with.
 *
 * @typedef {{ url: string, browser: import("playwright-core").Browser, close: () => Promise<void> }} Stage
 * @returns {Promise<Stage>}
 */
export async function stage() {
  const [server, browser] = await Promise.all([serve(), launch()]);
  return {
    url: server.url,
    browser,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** So many milliseconds each call comes late, so that a test that does not wait for answers fails. */
const LATE = Number(process.env.NEXA_TEST_LATE ?? 0);

/**
 * Lets the store hear each call of the page so much later, whether its own worker has the file or another tab's.
 *
 * @param {number} milliseconds
 */
export function delay(milliseconds) {
  for (const { prototype } of [Worker, BroadcastChannel]) {
    const send = prototype.postMessage;
    /** @param {unknown[]} message */
    prototype.postMessage = function (...message) {
      setTimeout(() => Reflect.apply(send, this, message), milliseconds);
    };
  }
}

/**
 * A new visitor, with nothing stored. What the console complains of is collected.
 *
 * @param {Stage} stage
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function visit(stage, options = {}) {
  const context = await stage.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  if (LATE) await context.addInitScript(delay, LATE);
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(stage.url);
  return { page, complaints, close: () => context.close() };
}

/** @param {import("playwright-core").Page} page */
export async function loadStory(page) {
  await page.getByRole("button", { name: "Load the story data" }).click();
  await page.getByRole("grid", { name: "Leads" }).waitFor({ timeout: 60_000 });
  await page.locator("[role=row][data-index='0'] b").waitFor();
}

/**
 * Waits until the list that is wanted is here, and has so many leads.
 *
 * @param {import("playwright-core").Page} page
 * @param {number} count
 */
export async function waitForLeads(page, count) {
  await page.locator(`[role=grid][aria-label=Leads][aria-busy=false][aria-rowcount='${String(count + 1)}']`).waitFor();
}

/**
 * Works as somebody else.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function workAs(page, name) {
  await page.getByRole("button", { name: /Switch person/ }).filter({ visible: true }).click();
  await page.getByRole("menuitemradio", { name: new RegExp(`^${name}`) }).click();
}

/**
 * Goes to a view by its link, as the hash has it.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} view
 */
export async function go(page, view) {
  await page.getByRole("navigation", { name: "Views" }).filter({ visible: true }).getByRole("link", { name: view }).click();
}
