/** Pages, and the records that come along. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "nexa-crm";

import { tenant } from "../support/tenant.js";

test("iterating fetches page after page, and limit counts all", async () => {
  const { lisa } = await tenant();
  const rows = Array.from({ length: 450 }, (_, at) => ({ last_name: `Lead ${at}`, email: `lead${at}@example.com` }));
  await lisa.lead.importAll(rows);
  const names = new Set();
  for await (const lead of lisa.lead.find({ sort: ["created_at"] })) names.add(lead.last_name);
  assert.equal(names.size, 450);
  assert.equal((await lisa.lead.find({ limit: 250 }).list()).length, 250);
  assert.equal((await lisa.lead.find({ limit: 3 }).list()).length, 3);
  const first = await lisa.lead.find({ sort: ["email"] }).page();
  assert.equal(first.items.length, 50);
  const second = await lisa.lead.find({ sort: ["email"] }).page(first.next);
  assert.notEqual(second.items[0].id, first.items[0].id);
  assert.equal((await lisa.lead.find({ sort: ["email"] }).first()).email, "lead0@example.com");
  assert.equal(await lisa.lead.find({ filter: { field: "email", value: "no@where.example" } }).first(), undefined);
  assert.equal((await lisa.lead.search({ text: "lead 449" }).list()).length, 1);
});

test("nothing is asked before the answer is read, and no page too many", async () => {
  const asked = [];
  const execute = async ({ input }) => {
    asked.push(input);
    return { items: [{ id: asked.length }], next: asked.length < 3 ? `after ${asked.length}` : null };
  };
  const crm = await open({ execute });
  const found = crm.system("org", "test").lead.find({ sort: ["score"] });
  assert.equal(asked.length, 0);
  assert.deepEqual(await found.list(), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  assert.deepEqual(asked, [
    { sort: ["score"], limit: 200 },
    { sort: ["score"], limit: 200, after: "after 1" },
    { sort: ["score"], limit: 200, after: "after 2" },
  ]);
});

test("related records come along", async () => {
  const { alex } = await tenant();
  const customer = { name: "Sarah Ray", email: "sarah@example.com", company: "Acme" };
  const { id } = await alex.ticket.create({ subject: "One", customer });
  await alex.ticket.claim({ ticket: id });
  const ticket = await alex.ticket.get({ ticket: id, with: ["contact", "account", "assignee.user", "via_group"] });
  assert.equal(ticket.related.contact.email, "sarah@example.com");
  assert.deepEqual(ticket.related.contact.tags, []);
  assert.deepEqual(ticket.related.account.custom, {});
  assert.equal(ticket.related["assignee.user"].name, "Alex");
  assert.equal(ticket.related.via_group, undefined);
  const [found] = await alex.ticket.find({ with: ["contact"] }).list();
  assert.equal(found.related.contact.last_name, "Ray");
  assert.deepEqual(structuredClone(found), found);
  assert.equal("related" in (await alex.ticket.get({ ticket: id })), false);
});

test("a history and a timeline are listings as well", async () => {
  const { alex } = await tenant();
  const { id } = await alex.ticket.create({ subject: "One" });
  await alex.ticket.claim({ ticket: id });
  const commands = (await alex.ticket.history({ ticket: id }).list()).map((change) => change.command);
  assert.deepEqual(commands, ["ticket.create", "ticket.claim"]);
  assert.equal((await alex.ticket.history({ ticket: id, limit: 1 }).list()).length, 1);
});
