import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { go, loadStory, stage, visit } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

/** @param {import("playwright-core").Page} page @param {string} stage */
const column = (page, stage) => page.locator(`[data-stage=${stage}]`);

/** @param {import("playwright-core").Page} page @param {string} text @param {string} stage */
async function drag(page, text, stage) {
  const from = await page.locator("[data-card]", { hasText: text }).first().boundingBox();
  const to = await column(page, stage).boundingBox();
  assert(from && to);
  await page.mouse.move(from.x + 40, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 3 });
  await page.mouse.move(to.x + to.width / 2, to.y + 140, { steps: 6 });
  await page.mouse.up();
}

test("the board weighs $5M at $2.55M, stage by stage", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await go(page, "Pipeline");
  await page.locator("[data-total=weighted]", { hasText: "$2.55M" }).waitFor();
  for (const [stage, sums] of [["prospecting", "$500K → $50K"], ["qualification", "$1M → $250K"], ["proposal", "$1.5M → $750K"], ["negotiation", "$2M → $1.5M"]]) {
    await page.locator(`[data-weighted=${String(stage)}]`, { hasText: sums ?? "" }).waitFor();
  }
  assert.deepEqual(complaints, []);
  await close();
});

test("a deal is dragged on, and Undo brings it back", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await go(page, "Pipeline");
  await drag(page, "Fernhill – Starter plan", "proposal");
  await column(page, "proposal").locator("[data-card]", { hasText: "Fernhill" }).waitFor();
  await page.locator("[data-total=weighted]", { hasText: "$2.59M" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await column(page, "prospecting").locator("[data-card]", { hasText: "Fernhill" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a deal is moved with the keys", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await page.keyboard.press("g");
  await page.keyboard.press("p");
  const card = column(page, "prospecting").locator("[data-card]").first();
  const name = String(await card.locator("strong").textContent());
  await card.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  const moved = column(page, "proposal").locator("[data-card]", { hasText: name });
  await moved.waitFor();
  await page.waitForFunction((label) => document.activeElement?.textContent?.includes(label), name);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Escape");
  await moved.waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("losing wants a reason; a deal without an amount is not won, and says why", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await go(page, "Pipeline");
  await drag(page, "Brightside – Campus pilot", "closed_lost");
  const dialog = page.getByRole("dialog", { name: "Lose Brightside – Campus pilot" });
  await dialog.getByRole("button", { name: "Lose deal" }).click();
  await dialog.getByRole("alert").waitFor();
  await dialog.getByLabel("Why").fill("The dean said no");
  await dialog.getByRole("button", { name: "Lose deal" }).click();
  await column(page, "closed_lost").getByText("The dean said no").waitFor();

  await page.keyboard.press("n");
  await page.getByLabel("Name").fill("Nothing to win");
  await page.getByRole("button", { name: "Create deal" }).click();
  const panel = page.getByRole("region", { name: "Deal", exact: true });
  await panel.getByRole("button", { name: "Win", exact: true }).and(page.locator("[aria-disabled=true]")).waitFor();
  await panel.getByRole("button", { name: "Win", exact: true }).hover();
  await panel.getByRole("tooltip", { name: /amount/ }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
