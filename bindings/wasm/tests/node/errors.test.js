/** Refusals as errors. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conflict, Forbidden, Invalid, NexaError, NotFound, open, refusal, RuleViolation, Unavailable } from "nexa-crm";

import { catalog } from "../support/project.js";
import { tenant } from "../support/tenant.js";

test("a rule that refuses is a RuleViolation with code, details and a sentence", async () => {
  const { alex } = await tenant();
  const ticket = await alex.ticket.create({ subject: "Cannot log in" });
  await assert.rejects(alex.ticket.close({ ticket: ticket.id }), (problem) => {
    assert.ok(problem instanceof RuleViolation && problem instanceof NexaError && problem instanceof Error);
    assert.equal(problem.name, "RuleViolation");
    assert.equal(problem.kind, "rule");
    assert.equal(problem.code, "ticket.not_resolved");
    assert.equal(problem.details.number, ticket.number);
    assert.equal(problem.retryable, false);
    assert.match(problem.message, /resolve it before you close it/);
    assert.match(problem.stack, /errors\.test\.js/, "the stack leads to the caller");
    return true;
  });
});

test("each kind of refusal has its class", async () => {
  const { crm, lisa, alex } = await tenant();
  await assert.rejects(alex.ticket.create({ subject: "" }), Invalid);
  await assert.rejects(alex.ticket.get({ ticket: crypto.randomUUID() }), NotFound);
  await assert.rejects(alex.user.create({ name: "Bob", email: "bob@acme.example", role: "agent" }), Forbidden);
  const stale = alex.with({ expected_version: 7 });
  const ticket = await alex.ticket.create({ subject: "Cannot log in" });
  await assert.rejects(stale.ticket.claim({ ticket: ticket.id }), Conflict);
  await assert.rejects(crm.createOrg("Again", { id: lisa.org, admin: { name: "A", email: "a@b.example" } }), Conflict);
  for (const wire of [{ kind: "unavailable" }, { kind: "news" }]) {
    const problem = refusal({ ...wire, code: "x.y", message: "No.", retryable: true });
    assert.equal(problem instanceof Unavailable, wire.kind === "unavailable");
    assert.deepEqual(problem.toJSON(), { ...wire, code: "x.y", message: "No.", params: {}, retryable: true });
  }
});

test("a closed crm answers crm.closed", async () => {
  const crm = await open("memory:");
  const lisa = await crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
  await crm.close();
  await crm.close();
  assert.equal(crm.closed, true);
  await assert.rejects(lisa.ticket.create({ subject: "x" }), { code: "crm.closed", name: "Unavailable" });
  await assert.rejects(lisa.ticket.find().first(), { code: "crm.closed" });
});

test("an address that names no storage is refused", async () => {
  await assert.rejects(open("sqlite:crm.db"), { code: "crm.url_invalid", name: "Invalid" });
  await assert.rejects(open("opfs:"), { code: "crm.url_invalid" });
  await assert.rejects(open("opfs:crm.db"), { code: "crm.url_invalid" }, "Node has no private file system");
});

test("what an operation refuses with is a code that the types know", () => {
  const { operations, codes } = catalog();
  for (const operation of Object.values(operations)) {
    for (const code of operation.errors) assert.ok(code in codes, code);
  }
});
