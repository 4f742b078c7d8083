import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { go, loadStory, stage, visit } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

const PHONE = { viewport: { width: 375, height: 740 }, hasTouch: true, isMobile: true };

/** A finger on the glass. @param {import("playwright-core").Page} page */
async function finger(page) {
  const session = await page.context().newCDPSession(page);
  const send = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {{ x: number, y: number }[]} */ touchPoints) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  let at = { x: 0, y: 0 };
  return {
    /** @param {number} x @param {number} y */
    down: (x, y) => send("touchStart", [(at = { x, y })]),
    /** @param {number} x @param {number} y */
    async move(x, y, steps = 6) {
      const from = at;
      for (let step = 1; step <= steps; step += 1) {
        at = { x: from.x + ((x - from.x) * step) / steps, y: from.y + ((y - from.y) * step) / steps };
        await send("touchMove", [at]);
      }
    },
    up: () => send("touchEnd", []),
  };
}

/** The board on a phone. */
async function board() {
  const visitor = await visit(on, PHONE);
  await loadStory(visitor.page);
  await go(visitor.page, "Pipeline");
  const card = visitor.page.locator("[data-stage=prospecting] [data-card]", { hasText: "Fernhill" });
  await card.waitFor();
  const box = await card.boundingBox();
  assert(box);
  return { ...visitor, card, box };
}

test("a finger that rests on a deal carries it over the edge to another stage", async () => {
  const { page, complaints, close, box } = await board();
  const touch = await finger(page);
  await touch.down(box.x + 60, box.y + 20);
  await page.locator(".ghost").waitFor();
  await touch.move(360, 420);
  const proposal = page.locator("[data-stage=proposal]");
  // The finger rests at the edge; the board goes on by itself.
  await page.waitForFunction(() => (document.querySelector("[data-stage=proposal]")?.getBoundingClientRect().left ?? Infinity) < 120);
  await touch.move(190, 420);
  await touch.up();
  await proposal.locator("[data-card]", { hasText: "Fernhill" }).waitFor();
  assert.equal(await page.locator(".ghost").count(), 0);
  // The next tap is a tap.
  await page.getByRole("button", { name: "Undo" }).tap();
  await page.locator("[data-stage=prospecting] [data-card]", { hasText: "Fernhill" }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("a finger that moves at once scrolls the board, and a tap opens the deal", async () => {
  const { page, complaints, close, card, box } = await board();
  const touch = await finger(page);
  await touch.down(box.x + 200, box.y + 20);
  await touch.move(box.x + 10, box.y + 20, 10);
  await touch.up();
  await page.waitForFunction(() => (document.querySelector("[aria-label='Deals by stage']")?.scrollLeft ?? 0) > 40);
  await page.waitForTimeout(400);
  assert.equal(await page.locator(".ghost").count(), 0);
  assert.equal(await page.locator("[data-stage=prospecting] [data-card]", { hasText: "Fernhill" }).count(), 1);
  await card.tap();
  await page.getByRole("region", { name: "Deal", exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
