/** What one call did is undone, and a record is read as it was. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { tenant } from "../support/tenant.js";

test("a change is undone and redone", async () => {
  const { lisa } = await tenant();
  const contact = await lisa.contact.create({ email: "sarah@example.com" });
  await lisa.contact.update({ contact: contact.id, title: "CTO" });
  const change = (await lisa.contact.history({ contact: contact.id }).list()).at(-1);
  assert.equal((await lisa.contact.get({ contact: contact.id, as_of: change.seq - 1 })).title, null);
  const undone = await lisa.ledger.undo({ unit: change.unit });
  assert.equal((await lisa.contact.get({ contact: contact.id })).title, null);
  assert.ok(undone.not_undone.includes("version"));
  await assert.rejects(lisa.ledger.undo({ unit: change.unit }), { code: "undo.done" });
  await lisa.ledger.undo({ unit: undone.unit });
  assert.equal((await lisa.contact.get({ contact: contact.id })).title, "CTO");
});
