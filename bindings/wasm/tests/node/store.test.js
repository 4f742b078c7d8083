/** A storage that the host writes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "nexa-crm";

import { MemoryStore, SlowStore } from "../conformance/memory-store.mjs";

const admin = { name: "Lisa", email: "lisa@acme.example" };

for (const Store of [MemoryStore, SlowStore]) {
  test(`${Store.name}: what it keeps is there when it is opened again`, async () => {
    const store = new Store();
    let crm = await open({ store });
    const lisa = await crm.createOrg("Acme", { admin });
    const ticket = await lisa.ticket.create({ subject: "One", customer: { name: "Sarah", email: "sarah@example.com" } });
    await assert.rejects(lisa.ticket.close({ ticket: ticket.id }), { code: "ticket.not_resolved" });
    await crm.close();

    crm = await open({ store });
    const again = crm.session({ org: lisa.org, user: lisa.userId });
    assert.equal((await again.ticket.get({ ticket: ticket.id, with: ["contact"] })).related.contact.last_name, "Sarah");
    assert.ok((await again.ledger.verify()).events > 3);
    await crm.dropOrg(lisa.org);
    assert.equal(await crm.hasOrg(lisa.org), false);
    await crm.close();
  });
}

test("two that work on one storage see each other's work", async () => {
  const store = new MemoryStore();
  const [one, two] = [await open({ store }), await open({ store })];
  const lisa = await one.createOrg("Acme", { admin });
  const same = two.session({ org: lisa.org, user: lisa.userId });
  for (const session of [lisa, same, lisa, same]) await session.lead.create({ last_name: "Jones" });
  assert.deepEqual([await lisa.lead.count(), await same.lead.count()], [4, 4]);
});

test("what it throws is reported, and nothing is half done", async () => {
  const store = new MemoryStore();
  const crm = await open({ store });
  const lisa = await crm.createOrg("Acme", { admin });
  store.commit = () => {
    throw new Error("the disk is full");
  };
  await assert.rejects(lisa.ticket.create({ subject: "One" }), (problem) => /the disk is full/.test(problem.message));
  delete store.commit;
  assert.equal(await lisa.ticket.count(), 0);
  await lisa.ticket.create({ subject: "Two" });
  assert.equal(await lisa.ticket.count(), 1);
});
