/** What tests of hosts get. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Factory, tenant } from "nexa-crm/testing";

test("the factory makes what is needed, and another one each time", async () => {
  const { crm, session, make } = await tenant();
  for (const kind of ["user", "account", "contact", "lead", "deal", "ticket", "task"]) {
    const [one, other] = [await make[kind](), await make[kind]()];
    assert.notEqual(one.id, other.id);
    assert.equal((await session[kind].get({ [kind]: one.id })).id, one.id);
  }
  assert.equal((await new Factory(session).lead({ last_name: "Byron", email: "a@b.example" })).last_name, "Byron");
  await crm.close();
});

test("the fake timers of a test runner set the clock", async () => {
  mock.timers.enable({ apis: ["Date"], now: new Date("2027-01-01T12:00:00Z") });
  const { crm, session, make } = await tenant();
  const ticket = await make.ticket();
  assert.equal(Date.parse(ticket.created_at), Date.parse("2027-01-01T12:00:00Z"));
  mock.timers.tick(60_000);
  const claimed = await session.ticket.claim({ ticket: ticket.id });
  assert.equal(Date.parse(claimed.updated_at), Date.parse("2027-01-01T12:01:00Z"));
  mock.timers.reset();
  await crm.close();
});
