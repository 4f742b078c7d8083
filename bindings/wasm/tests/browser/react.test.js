/** The hooks for React, in a page that Vite built. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { build } from "vite";

import { Browser } from "../support/browser.js";
import { folder } from "../support/project.js";
import { serve } from "../support/server.js";

const own = folder("bindings/wasm");
const built = mkdtempSync(join(tmpdir(), "nexa-react-"));
const browser = new Browser();
let server;
before(async () => {
  const source = join(own, "tests/support/react");
  await build({
    configFile: false,
    logLevel: "warn",
    root: source,
    base: "./",
    resolve: { alias: { "nexa-crm/react": join(own, "dist/react/index.js"), "nexa-crm": join(own, "dist/index.js") } },
    worker: { format: "es" },
    build: { outDir: join(built, "dist"), emptyOutDir: true, rollupOptions: { input: join(source, "index.html") } },
  });
  server = await serve(join(built, "dist"), { page: null, clock: false });
  await browser.start();
});
after(async () => {
  await server?.close();
  await browser.end();
  rmSync(built, { recursive: true, force: true });
});

/** The queue of the admin in a new tab. */
async function desk() {
  const page = await browser.open(server.url);
  await page.evaluate(() => window.desk.show(window.desk.lisa));
  return page;
}

const texts = (page, selector) => page.locator(selector).allTextContents();

/** Waits until the queue has these subjects. */
async function queued(page, ...subjects) {
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll("#queue li")].map((one) => one.textContent).join("|") === wanted,
    subjects.join("|"),
  );
}

test("what others do is seen without asking", async () => {
  const page = await desk();
  const made = await page.evaluate(() => window.desk.alex.ticket.create({ subject: "Cannot log in" }));
  await queued(page, "Cannot log in");
  await page.evaluate((ticket) => window.desk.alex.ticket.claim({ ticket }), made.id);
  await page.evaluate((ticket) => window.desk.alex.ticket.resolve({ ticket, resolution: "Reset" }), made.id);
  await queued(page);
  assert.deepEqual(await texts(page, "#problem"), [""]);
  await page.close();
});

test("what may be done follows the record, and a refusal is shown", async () => {
  const page = await desk();
  const made = await page.evaluate(() => window.desk.alex.ticket.create({ subject: "Printer" }));
  await queued(page, "Printer");
  await page.click("#queue li");
  await page.waitForFunction(() => document.querySelector("#allowed")?.textContent.includes("ticket.resolve"));
  await page.click("#close");
  await page.waitForFunction(() => document.querySelector("#refused").textContent === "ticket.not_resolved");
  await page.evaluate((ticket) => window.desk.lisa.ticket.resolve({ ticket, resolution: "Paper" }), made.id);
  await page.waitForFunction(() => document.querySelector("#allowed").textContent.includes("ticket.close"));
  await page.click("#close");
  await page.waitForFunction(() => document.querySelector("#refused").textContent === "");
  const closed = await page.evaluate((ticket) => window.desk.lisa.ticket.get({ ticket }), made.id);
  assert.equal(closed.status, "closed");
  await page.close();
});

test("a problem stands under its field, and goes when it is right", async () => {
  const page = await desk();
  await page.click("#new button");
  await page.waitForFunction(() => document.querySelector("#subject_problem").textContent !== "");
  await page.fill("#new input", "By hand");
  await page.click("#new button");
  await queued(page, "By hand");
  assert.deepEqual(await texts(page, "#subject_problem"), [""]);
  await page.close();
});

test("there is one feed for all, and none for nobody", async () => {
  const page = await desk();
  await page.evaluate(() => window.desk.show(window.desk.lisa, 20));
  await page.waitForFunction(() => document.querySelectorAll("#queue").length === 20);
  const during = (wait) =>
    page.evaluate(async (wait) => {
      const before = window.desk.feeds;
      await new Promise((resolve) => setTimeout(resolve, wait));
      return window.desk.feeds - before;
    }, wait);
  const looked = await during(2000);
  assert.ok(looked >= 1 && looked <= 8, `${looked} times in two seconds`);
  await page.evaluate(() => window.desk.leave());
  await during(600);
  assert.equal(await during(1500), 0);
  assert.deepEqual(browser.problems, []);
  await page.close();
});
