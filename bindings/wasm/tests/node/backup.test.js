/** Backups, where there is no file to be backed up. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, restore } from "nexa-crm";

import { MemoryStore } from "../conformance/memory-store.mjs";

for (const [name, place] of [["memory", "memory:"], ["a host's own storage", { store: new MemoryStore() }]]) {
  test(`${name} offers no backup, and goes on`, async () => {
    const crm = await open(place);
    const lisa = await crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    await assert.rejects(crm.backup(), {
      name: "Unavailable",
      code: "store.unsupported",
      message: "This backend does not offer online backup; use one that does.",
      retryable: false,
    });
    assert.equal((await lisa.ticket.create({ subject: "One" })).subject, "One");
    await crm.close();
    await assert.rejects(crm.backup(), { code: "crm.closed" });
  });
}

test("a backup is restored to a file of a browser alone", async () => {
  const message = "This backend does not offer restoring a backup; use one that does.";
  for (const url of ["memory:", "postgres://host", ""]) {
    await assert.rejects(restore(new Uint8Array(1), url), { name: "Unavailable", code: "store.unsupported", message });
  }
  await assert.rejects(restore(new Uint8Array(1), "opfs:crm.db"), { name: "Invalid", code: "crm.url_invalid" });
});

test("a carrier of calls is asked for a backup, and answers what it has", async () => {
  const asked = [];
  const execute = async (call) => {
    asked.push(call);
    return new Blob(["image"]);
  };
  const crm = await open({ execute });
  assert.equal(await (await crm.backup()).text(), "image");
  assert.deepEqual(asked, [{ operation: "backup", input: {} }]);
});
