import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadStory, stage, visit } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

/** So many rows are compared at each place. */
const LOOK = 12;

/**
 * Scrolls to a row, and reads the names from it on, each by its own number: which other rows are drawn depends on where one came
 * from.
 * @param {import("playwright-core").Page} page @param {number} row
 */
async function namesAt(page, row) {
  await page.evaluate((top) => document.querySelector("[role=grid]")?.scrollTo(0, top), row * 41);
  const names = await page.waitForFunction(
    ([from, count]) => {
      const rows = Array.from({ length: count }, (_, step) => document.querySelector(`[role=row][data-index='${String(from + step)}']`));
      return rows.every((drawn) => drawn?.querySelector("b")) && rows.map((drawn) => drawn?.querySelector("b")?.textContent ?? "");
    },
    /** @type {[number, number]} */ ([row, LOOK]),
  );
  return /** @type {Promise<string[]>} */ (names.jsonValue());
}

test("far away in a long list the rows are those that a walk finds", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  const sizes = ["small", "enterprise", "large"];
  const rows = Array.from({ length: 3000 }, (_, at) => `lead${String(at)}@company.example,Given${String(at)},Family,${String(sizes[at % 3])}`);
  const csv = ["Email,First Name,Last Name,Company Size", ...rows].join("\n");
  await page.locator("input[type=file]").setInputFiles({ name: "many.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  const done = page.getByRole("dialog", { name: "Imported many.csv" });
  await done.waitFor({ timeout: 120_000 });
  await done.getByRole("button", { name: "Done" }).click();
  await page.reload();
  await page.waitForFunction(() => Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount")) > 3000);
  const places = [1490, 2700, 905];
  /** @type {string[][]} */
  const jumped = [];
  for (const row of places) jumped.push(await namesAt(page, row));
  await page.reload();
  await page.waitForFunction(() => Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount")) > 3000);
  /** @type {Map<number, string[]>} */
  const walked = new Map();
  for (const row of Array.from({ length: 10 }, (_, step) => step * 300).concat(places).sort((one, other) => one - other)) walked.set(row, await namesAt(page, row));
  for (const [at, row] of places.entries()) assert.deepEqual(jumped[at], walked.get(row), `row ${String(row)}`);
  assert.deepEqual(complaints, []);
  await close();
});
