/** The rules without a storage. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Invalid, loadRules, RuleViolation } from "nexa-crm/rules";

import { tenant } from "../support/tenant.js";

test("input is checked as the door checks it", async () => {
  const rules = await loadRules();
  assert.equal(await loadRules(), rules, "they are loaded once");
  const { alex } = await tenant();
  const { id: ticket } = await alex.ticket.create({ subject: "Cannot log in" });
  assert.equal(rules.problem("ticket.comment", { ticket, body: "Have a look" }), undefined);
  rules.validate("ticket.comment", { ticket, body: "Have a look", audience: "admins" });
  for (const input of [{ ticket, body: "" }, { ticket, body: "x", audience: "all" }, { ticket, bdy: "x" }, {}]) {
    const there = await alex.ticket.comment(input).catch((problem) => problem);
    const here = rules.problem("ticket.comment", input);
    assert.ok(here instanceof Invalid, JSON.stringify(input));
    assert.deepEqual([here.code, here.message], [there.code, there.message]);
    assert.throws(() => rules.validate("ticket.comment", input), { code: there.code });
  }
  assert.equal(rules.problem("ticket.unheard_of", {}).code, "operation.unknown");
});

test("a record that a server sent is explained as the server does", async () => {
  const rules = await loadRules();
  const { alex } = await tenant();
  const { id } = await alex.ticket.create({ subject: "One", customer: { name: "Sarah", email: "sarah@example.com" } });
  for (const claimed of [false, true]) {
    if (claimed) await alex.ticket.claim({ ticket: id });
    const { related: _, ...record } = await alex.ticket.get({ ticket: id });
    const actor = await alex.user.get({ user: alex.userId });
    const there = await alex.explain("ticket", id);
    const here = await rules.explain({ actor, kind: "ticket", record });
    assert.deepEqual(here.allowed, there.allowed);
    assert.deepEqual(here.refused, there.refused);
    assert.ok(here.refused["ticket.close"] instanceof RuleViolation);
  }
});

test("who may not see a record is refused", async () => {
  const rules = await loadRules();
  const { lisa, alex } = await tenant();
  const bea = await lisa.user.create({ name: "Bea", email: "bea@acme.example", role: "agent" });
  const record = await lisa.ticket.create({ subject: "One" });
  const assigned = await lisa.ticket.assign({ ticket: record.id, assignee: { user: bea.id } });
  const actor = await alex.user.get({ user: alex.userId });
  await assert.rejects(alex.explain("ticket", record.id), { code: "record.not_found" });
  await assert.rejects(rules.explain({ actor, kind: "ticket", record: assigned }), { code: "record.not_found" });
});
