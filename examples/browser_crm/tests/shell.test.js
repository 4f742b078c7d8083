import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { delay, go, loadStory, stage, visit, waitForLeads, workAs } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

/** Looks for a text among everything. @param {import("playwright-core").Page} page @param {string} text */
async function lookFor(page, text) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type(text);
  return page.getByRole("dialog", { name: "Search" });
}

test("search finds leads, contacts, companies, deals and tickets as one types", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const dialog = await lookFor(page, "acme");
  await dialog.getByRole("option", { name: /Acme Corporation/ }).waitFor();
  await dialog.getByRole("option", { name: /Acme UK – Enterprise plan/ }).waitFor();
  await page.getByRole("combobox").fill("sarah");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Contact" }).getByRole("heading", { name: "Sarah Johnson" }).waitFor();
  await lookFor(page, "webhook");
  await dialog.getByRole("option", { name: /Webhook calls/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Ticket" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("Enter goes to what was typed, not to what was found before", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const dialog = await lookFor(page, "acme");
  await dialog.getByRole("option", { name: /Acme Corporation/ }).waitFor();
  await page.evaluate(delay, 500);
  await page.getByRole("combobox").fill("acme");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await lookFor(page, "webhook");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Ticket" }).getByRole("heading", { name: /Webhook calls/ }).waitFor();
  assert.equal(await dialog.count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test("a contact is on one page: deals, tickets, company and timeline", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await workAs(page, "Lisa");
  await go(page, "Contacts");
  await page.getByRole("link", { name: /Sarah Johnson/ }).click();
  const contact = page.getByRole("region", { name: "Contact" });
  await contact.getByText("$45K", { exact: true }).waitFor();
  await contact.getByText("vip").waitFor();
  await contact.getByText("won the deal").waitFor();
  await contact.getByText("closed the ticket").waitFor();
  await contact.getByText("Q4 Product Webinar").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("charts show the funnel, the pipeline and the tickets", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await workAs(page, "Lisa");
  await go(page, "Insights");
  await page.getByRole("img", { name: "New: 50, Contacted: 19, Qualified: 7, Converted: 4" }).waitFor();
  await page.getByRole("img", { name: "$2,000,000, weighted $1,500,000", exact: true }).waitFor();
  await page.getByRole("img", { name: /Open: 10, In progress: 2, Pending: 1, Resolved: 2, Closed: 1/ }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("keys lead everywhere", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  for (const [key, view] of [["p", "Pipeline"], ["t", "Tickets"], ["c", "Contacts"], ["i", "Insights"], ["l", "Leads"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key ?? "");
    await page.getByRole("heading", { level: 1, name: view ?? "" }).waitFor();
  }
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("d");
  await page.waitForFunction(() => getComputedStyle(document.body).colorScheme === "dark" || getComputedStyle(document.documentElement).colorScheme === "dark");
  assert.deepEqual(complaints, []);
  await close();
});

test("the data is there again after a reload, and after all of it was forgotten it is not", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await page.reload();
  // A screenful comes first, then the rest; a number of rows that there never were is not shown.
  const shown = await page.evaluate(async () => {
    const shown = new Set();
    for (;;) {
      const rows = document.querySelector("[role=grid]")?.getAttribute("aria-rowcount");
      if (rows) shown.add(rows);
      if (rows === "51") return [...shown];
      await new Promise(requestAnimationFrame);
    }
  });
  assert.ok(shown.every((rows) => ["1", "41", "51"].includes(rows)), shown.join());
  await page.getByRole("button", { name: /Settings/ }).click();
  await page.getByRole("menuitem", { name: /Forget all data/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget all data" }).click();
  await page.getByRole("button", { name: "Start empty" }).click();
  await page.getByText("No leads yet").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a backup of everything is downloaded", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: /Settings/ }).click();
  await page.getByRole("menuitem", { name: /Download a backup/ }).click();
  const download = await saved;
  assert.match(download.suggestedFilename(), /^nexa-\d{4}-\d\d-\d\d\.db$/);
  const bytes = await readFile(await download.path());
  assert.equal(bytes.toString("latin1", 0, 15), "SQLite format 3");
  assert.equal(bytes.length, bytes.readUInt16BE(16) * bytes.readUInt32BE(28));
  await page.getByText("The backup is among your downloads").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("what one tab changes, the other shows", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const other = await page.context().newPage();
  await other.goto(on.url);
  await other.locator("[role=row][data-index='0'] b").waitFor();
  await other.keyboard.press("n");
  await other.getByLabel("Last name").fill("Lovelace");
  await other.getByRole("button", { name: "Create lead" }).click();
  await waitForLeads(page, 51);
  await page.close();
  await other.getByRole("region", { name: "Lead" }).getByRole("button", { name: "Contacted" }).click();
  await other.getByRole("region", { name: "Lead" }).getByText("The lead does not meet budget").filter({ visible: true }).first().waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("what changes before the first rows are here is among them", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await page.keyboard.press("n");
  await page.getByLabel("Last name").fill("Lovelace");
  const other = await page.context().newPage();
  await other.addInitScript(delay, 1500);
  await other.goto(on.url);
  const grid = other.getByRole("grid", { name: "Leads" });
  await grid.waitFor();
  await page.getByRole("button", { name: "Create lead" }).click();
  await page.getByRole("region", { name: "Lead" }).getByRole("heading", { name: "Lovelace" }).waitFor();
  assert.equal(await grid.getAttribute("aria-rowcount"), "1", "they are not here yet");
  await waitForLeads(other, 51);
  await other.locator("header .note", { hasText: "51" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("on a phone the views are at the bottom, and nothing runs over the side", async () => {
  const { page, complaints, close } = await visit(on, { viewport: { width: 375, height: 780 }, hasTouch: true, isMobile: true });
  await loadStory(page);
  for (const view of ["Leads", "Pipeline", "Tickets", "Contacts", "Insights"]) {
    await go(page, view);
    await page.getByRole("heading", { level: 1, name: view }).waitFor();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(over, 0, view);
  }
  await go(page, "Tickets");
  await page.getByRole("link", { name: /Webhook calls/ }).click();
  await page.getByRole("region", { name: "Ticket" }).waitFor();
  await page.getByRole("button", { name: "Close", exact: true }).last().waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a file that somebody else has is not taken for an empty one", async () => {
  const { page, close } = await visit(on);
  await loadStory(page);
  await page.goto(`${on.url}mark.svg`);
  // A program that knows nothing of the page's lock has the file.
  const holder = await page.context().newPage();
  await holder.goto(`${on.url}mark.svg`);
  await holder.evaluate(async () => {
    const hold = async () => {
      let folder = await navigator.storage.getDirectory();
      for (const part of [".nexa", "crm.db", ".opaque"]) folder = await folder.getDirectoryHandle(part);
      for await (const piece of folder.values()) await /** @type {any} */ (piece).createSyncAccessHandle();
      postMessage("held");
    };
    const worker = new Worker(URL.createObjectURL(new Blob([`(${String(hold)})()`])));
    await new Promise((resolve) => (worker.onmessage = resolve));
  });
  await page.goto(on.url);
  await page.getByRole("heading", { name: "The storage does not open" }).waitFor();
  await page.getByText("The database crm.db is open in another tab or worker").waitFor();
  await holder.close();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("grid", { name: "Leads" }).waitFor();
  await page.locator("[role=row][data-index='0'] b").waitFor();
  await close();
});
