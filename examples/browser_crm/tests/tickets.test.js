import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { delay, go, loadStory, stage, visit, workAs } from "./support/page.js";

/** @type {import("./support/page.js").Stage} */
let on;
before(async () => {
  on = await stage();
});
after(() => on.close());

test("a ticket is claimed, commented, resolved and closed; a closed one says that it is final", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await workAs(page, "Alex");
  await go(page, "Tickets");
  await page.getByRole("link", { name: /Webhook calls arrive twice/ }).click();
  const ticket = page.getByRole("region", { name: "Ticket" });
  const closing = ticket.getByRole("button", { name: "Close", exact: true }).and(page.locator("[data-operation]"));
  await closing.and(page.locator("[aria-disabled=true]")).waitFor();
  await ticket.getByRole("button", { name: "Claim" }).click();
  await ticket.getByRole("button", { name: "Give back" }).waitFor();
  await ticket.getByRole("button", { name: /^Status/ }).click();
  await page.getByRole("menuitemradio", { name: "In progress" }).click();
  await ticket.getByLabel("Comment", { exact: true }).fill("The queue sends again when we answer late.");
  await page.keyboard.press("Control+Enter");
  await ticket.getByRole("article").filter({ hasText: "The queue sends again" }).waitFor();
  await ticket.getByRole("button", { name: "Resolve" }).click();
  await page.getByLabel("What solved it").fill("Answers are faster now");
  await page.getByRole("dialog").getByRole("button", { name: "Resolve" }).click();
  await ticket.getByText("Answers are faster now").first().waitFor();
  await closing.and(page.locator(":not([aria-disabled])")).click();
  await ticket.getByRole("button", { name: "Follow up" }).waitFor();
  await ticket.getByText(/closed/i).filter({ visible: true }).first().waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("who is at work decides what is seen", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await go(page, "Tickets");
  const queue = page.getByRole("list", { name: "Queue" });
  await queue.getByText("Webhook calls arrive twice").waitFor();
  assert.equal(await queue.getByText("Export function not working").count(), 0, "it is Alex's");
  await workAs(page, "Alex");
  await queue.getByText("Export function not working").click();
  const ticket = page.getByRole("region", { name: "Ticket" });
  await ticket.getByText("Reproduced: Dashboard").waitFor();
  assert.equal(await ticket.getByText("Keep John informed").count(), 0, "only admins read it");
  await ticket.getByRole("radio", { name: "Admins only" }).click();
  await ticket.getByRole("alert").filter({ hasText: "Only an admin writes for admins" }).waitFor();
  await workAs(page, "Lisa");
  await ticket.getByText("Keep John informed").waitFor();
  await ticket.getByText("Admins only").first().waitFor();
  await page.evaluate(delay, 500);
  await workAs(page, "Maria");
  assert.equal(await page.getByText("Keep John informed").count(), 0, "not until she has her answer");
  await page.getByText("This ticket is not to be seen").waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test("an assignee is a person or a group, never both", async () => {
  const { page, complaints, close } = await visit(on);
  await loadStory(page);
  await workAs(page, "Lisa");
  await go(page, "Tickets");
  await page.getByRole("link", { name: /Webhook calls arrive twice/ }).click();
  const ticket = page.getByRole("region", { name: "Ticket" });
  const assignee = ticket.getByRole("button", { name: /^Assignee/ });
  for (const name of ["Nina", "Technical support", "Alex"]) {
    await assignee.click();
    await page.getByRole("menuitemradio", { name }).click();
    await assignee.filter({ hasText: name }).waitFor();
    await assignee.click();
    await page.locator("[role=menuitemradio][aria-checked=true]", { hasText: name }).waitFor();
    assert.equal(await page.locator("[role=menuitemradio][aria-checked=true]").count(), 1);
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "hidden" });
  }
  assert.deepEqual(complaints, []);
  await close();
});
