import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { loadStory, stage, visit, workAs } from "./support/page.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

/** @param {import("playwright-core").Page} page @param {string} where */
async function scan(page, where) {
  const found = await page.evaluate(async () => {
    const scanner = /** @type {{ axe: { run(): Promise<{ violations: { id: string, impact: string, nodes: { html: string, failureSummary: string }[] }[] }> } }} */ (/** @type {unknown} */ (window)).axe;
    const { violations } = await scanner.run();
    return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(" | ")}`);
  });
  assert.deepEqual(found.filter((one) => /^(serious|critical)/.test(one)), [], where);
}

/** The views with what each is known to be full by, and where one of it opens. */
const views = /** @type {const} */ ([
  ["leads", "[data-index='3'] b", "Lead"],
  ["pipeline", "[data-card]", "Deal"],
  ["tickets", "[data-row]", "Ticket"],
  ["contacts", "[data-row]", "Contact"],
  ["insights", "[role=img]"],
]);

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`axe finds nothing serious, ${colorScheme}`, async () => {
    const { page, close } = await visit(on, { colorScheme });
    await page.evaluate(axe);
    await page.getByRole("button", { name: "Start empty" }).waitFor();
    await scan(page, "welcome");
    await loadStory(page);
    await workAs(page, "Lisa");
    for (const [view, row, region] of views) {
      await page.evaluate((name) => (location.hash = `#/${name}`), view);
      const first = page.locator(`main ${row}`).first();
      await first.waitFor();
      await scan(page, view);
      if (!region) continue;
      await first.click();
      const opened = page.getByRole("region", { name: region, exact: true });
      await opened.getByRole("heading", { level: 2 }).waitFor();
      await opened.locator("[data-operation]").first().waitFor();
      await scan(page, `${view}, one open`);
      await page.keyboard.press("n");
      await page.getByRole("dialog").waitFor();
      await scan(page, `${view}, form`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await page.keyboard.press("Control+k");
    await page.keyboard.type("acme");
    await page.getByRole("option").first().waitFor();
    await scan(page, "search");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    // On a busy machine the search may still take the first key while it closes.
    for (let pressed = 0; pressed < 3 && !(await help.isVisible()); pressed += 1) {
      await page.keyboard.press("?");
      await help.waitFor({ timeout: 5_000 }).catch(() => undefined);
    }
    await help.waitFor();
    await scan(page, "help");
    await close();
  });
}
