/** The same API over any transport. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, RuleViolation } from "nexa-crm";

/** A crm that records what it was asked, and answers so. */
async function recording(...answers) {
  const calls = [];
  const execute = async (call) => {
    calls.push(call);
    const answer = answers.shift();
    if (answer instanceof Error || answer?.code) throw answer;
    return answer;
  };
  return { calls, crm: await open({ execute }) };
}

test("a call is plain data", async () => {
  const { calls, crm } = await recording({ id: "t" });
  const s = crm.session({ org: "o", user: "u" }).with({ reason: "because" });
  assert.deepEqual(await s.ticket.claim({ ticket: "t" }), { id: "t" });
  const envelope = { reason: "because" };
  assert.deepEqual(calls, [
    { org: "o", principal: "user:u", operation: "ticket.claim", input: { ticket: "t" }, envelope },
  ]);
});

test("what is beside the catalog has names as well", async () => {
  const made = { org: "o", principal: "user:u" };
  const feed = { items: [], next: "7-1a2b3c4d", complete: true };
  const { calls, crm } = await recording(made, true, null, [1], [], feed, feed);
  const lisa = await crm.createOrg("Acme", { admin: { name: "Lisa", email: "l@a.example" }, time_zone: "UTC" });
  assert.equal(lisa.userId, "u");
  await crm.hasOrg("o");
  await crm.dropOrg("o");
  await lisa.batch([["ticket.claim", { ticket: "t" }]]);
  await lisa.explain("ticket", "t");
  for await (const _ of lisa.feed({ after: "3-1a2b3c4d" }));
  for await (const _ of crm.feed("o"));
  const input = { name: "Acme", time_zone: "UTC", admin_name: "Lisa", admin_email: "l@a.example" };
  const actor = { org: "o", principal: "user:u" };
  assert.deepEqual(calls, [
    { operation: "create_org", input },
    { operation: "has_org", input: { org: "o" } },
    { operation: "drop_org", input: { org: "o" } },
    { ...actor, operation: "batch", input: { requests: [{ run: "ticket.claim", with: { ticket: "t" } }] } },
    { ...actor, operation: "explain", input: { kind: "ticket", record: "t" } },
    { ...actor, operation: "feed", input: { after: "3-1a2b3c4d", limit: 1000 } },
    { org: "o", operation: "feed", input: { after: "0", limit: 1000 } },
  ]);
});

test("a refusal may be thrown as the wire has it, and another error stays what it is", async () => {
  const wire = { kind: "rule", code: "ticket.closed", message: "No.", params: { number: "T-1" }, retryable: false };
  const broken = new TypeError("the network is down");
  const { crm } = await recording(wire, broken);
  const s = crm.session({ org: "o", user: "u" });
  await assert.rejects(s.ticket.claim({ ticket: "t" }), (problem) => {
    return problem instanceof RuleViolation && problem.details.number === "T-1";
  });
  await assert.rejects(s.ticket.claim({ ticket: "t" }), (problem) => problem === broken);
});

test("closing closes the transport once", async () => {
  let closed = 0;
  const crm = await open({ execute: async () => null, close: async () => void (closed += 1) });
  await crm.close();
  await crm.close();
  assert.equal(closed, 1);
});
