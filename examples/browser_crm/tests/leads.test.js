import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadStory, stage, visit, waitForLeads } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

/** @param {import("playwright-core").Page} page @param {string} name */
const open = async (page, name) => {
  await page.getByLabel("Find leads").fill(name);
  await page.getByRole("row", { name: new RegExp(name) }).click();
  await page.getByRole("region", { name: "Lead" }).getByRole("heading", { name }).waitFor();
};

test("the story has 50 leads, scored with reasons", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await waitForLeads(page, 50);
  await open(page, "Sarah Johnson");
  const panel = page.getByRole("region", { name: "Lead" });
  for (const reason of ["enterprise company", "decides on IT", "came by referral", "asked for a demo", "replied"]) {
    await panel.getByRole("listitem").filter({ hasText: reason }).waitFor();
  }
  await panel.getByText("Converted to a contact and a deal").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a refused step says why in the rule's words, and a lead is qualified and converted by clicks", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await page.keyboard.press("n");
  await page.getByLabel("Last name").fill("Byron");
  await page.getByLabel("Email").fill("not a mail");
  await page.getByText("give a mail address such as ada@example.com, without a name").waitFor();
  await page.getByLabel("Email").fill("ada@example.com");
  await page.getByLabel("Company", { exact: true }).fill("Analytical Engines");
  await page.getByRole("button", { name: "Create lead" }).click();
  const panel = page.getByRole("region", { name: "Lead" });
  await panel.getByRole("heading", { name: "Byron" }).waitFor();

  const qualify = panel.getByRole("button", { name: "Qualify" });
  await assertRefused(qualify, /only a contacted lead qualifies/);
  await assertRefused(panel.getByRole("button", { name: "Convert" }), /qualify it first with lead\.qualify/);
  await panel.getByRole("button", { name: "Contacted" }).click();
  await panel.getByText("The lead does not meet budget, authority, need, timeline").filter({ visible: true }).first().waitFor();
  for (const name of ["Budget", "Authority", "Need"]) {
    await panel.getByRole("checkbox", { name }).click();
    await panel.getByText(name === "Need" ? "3 of 4 met" : /of 4 met/).waitFor();
  }
  await panel.getByText("The lead does not meet timeline").filter({ visible: true }).first().waitFor();
  await panel.getByRole("checkbox", { name: "Timeline" }).click();
  await panel.getByText("4 of 4 met").waitFor();
  await qualify.and(page.locator(":not([aria-disabled])")).click();
  await panel.getByRole("button", { name: "Convert" }).and(page.locator(":not([aria-disabled])")).click();
  await page.getByLabel("Amount, USD").fill("12,500");
  await page.getByRole("dialog").getByRole("button", { name: "Convert" }).click();
  const contact = page.getByRole("region", { name: "Contact" });
  await contact.getByRole("heading", { name: "Byron" }).waitFor();
  await contact.getByText("$12.5K").first().waitFor();
  await contact.getByText("Analytical Engines").first().waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

/** @param {import("playwright-core").Locator} button @param {RegExp} why */
async function assertRefused(button, why) {
  await button.and(button.page().locator("[aria-disabled=true]")).waitFor();
  const id = await button.getAttribute("aria-describedby");
  assert.match((await button.page().locator(`[id="${String(id)}"]`).textContent()) ?? "", why);
}

test("a CSV that is dropped is imported, and refused rows say why", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await drop(page, "people.csv", "Email,First Name,Last Name,Company,Shoe\nada@example.com,Ada,Byron,Engines,38\nnot a mail,Bob,Broken,Nowhere,44\n");
  const dialog = page.getByRole("dialog", { name: "Imported people.csv" });
  await dialog.getByRole("cell", { name: "not a mail" }).waitFor();
  await dialog.getByText("give a mail address such as").waitFor();
  await dialog.getByText(/Columns that mean nothing to a lead were left out: Shoe/).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await waitForLeads(page, 51);

  await drop(page, "people.csv", "Email,First Name,Last Name,Company,Shoe\nada@example.com,Ada,Byron,Engines,38\n");
  await dialog.locator("dl", { hasText: /New\s*0\s*Known already\s*1/ }).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await waitForLeads(page, 51);
  assert.deepEqual(complaints, []);
  await close();
});

/** @param {import("playwright-core").Page} page @param {string} name @param {string} text */
async function drop(page, name, text) {
  await page.evaluate(
    ([called, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content ?? ""], called ?? "", { type: "text/csv" }));
      for (const type of ["dragenter", "dragover", "drop"]) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, text],
  );
}

test("filters, sort and search narrow the list; keys walk through it", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const rows = page.locator("[role=row][data-index]");
  await page.getByRole("radio", { name: /Qualified/ }).click();
  await page.waitForFunction(() => document.querySelectorAll("[role=row][data-index]").length === 3);
  await page.getByRole("radio", { name: /All/ }).click();
  await page.getByRole("button", { name: "Company" }).click();
  await page.waitForFunction(() => document.querySelector("[role=columnheader][aria-sort=ascending]")?.textContent?.includes("Company"));
  await page.waitForFunction(() => {
    const companies = [...document.querySelectorAll("[role=row][data-index]")].map((row) => row.children[1]?.textContent?.trim() ?? "");
    return companies.length > 10 && companies[0]?.startsWith("A") && companies.every((one, at) => at === 0 || (companies[at - 1] ?? "").toLowerCase() <= one.toLowerCase());
  });
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.activeElement?.getAttribute("data-index") === "2");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Lead" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("region", { name: "Lead" }).waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("johns");
  await page.waitForFunction(() => document.querySelectorAll("[role=row][data-index]").length < 5);
  await rows.filter({ hasText: "Sarah Johnson" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("what was trashed comes back with Undo", async () => {
  const { page, close } = await visit(on);
  await loadStory(page);
  await page.getByRole("radio", { name: /New/ }).click();
  await waitForLeads(page, 28);
  await page.locator("[role=row][data-index='0']").click();
  await page.getByRole("region", { name: "Lead" }).getByRole("button", { name: "Trash" }).click();
  await waitForLeads(page, 27);
  await page.getByRole("button", { name: "Undo" }).click();
  await waitForLeads(page, 28);
  await close();
});
