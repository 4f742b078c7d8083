/** How tabs share a file: who owns it, how the others reach it, and what becomes of calls when the owner goes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Tabs } from "../support/tabs.js";

const admin = { name: "Lisa", email: "lisa@acme.example" };
const acme = (tab, id) => tab.crm.createOrg("Acme", { admin, ...(id && { id }) });

test("the first tab owns the file, and the others work through it", async () => {
  const tabs = new Tabs();
  const [one, two, three] = [await tabs.open(), await tabs.open(), await tabs.open()];
  assert.deepEqual([one, two, three].map((tab) => tab.member.owns), [true, false, false]);
  assert.equal(tabs.opened, 1);
  const lisa = await acme(one);
  const same = two.crm.session({ org: lisa.org, user: lisa.userId });
  const ticket = await same.ticket.create({ subject: "One" });
  assert.equal((await lisa.ticket.find().first()).id, ticket.id);
  await assert.rejects(same.ticket.close({ ticket: ticket.id }), { code: "ticket.not_resolved", name: "RuleViolation" });
  const other = three.crm.session({ org: lisa.org, user: lisa.userId });
  assert.equal((await other.explain("ticket", ticket.id)).allows("ticket.claim"), true);
  assert.equal((await Promise.all(Array.from({ length: 50 }, () => other.ticket.count()))).length, 50);
  for (const tab of [three, two, one]) await tab.crm.close();
});

test("only commands of tabs that do not own the file get a key", async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  const lisa = await acme(one);
  const same = two.crm.session({ org: lisa.org, user: lisa.userId });
  tabs.calls.length = 0;
  await lisa.ticket.create({ subject: "One" });
  await same.ticket.create({ subject: "Two" });
  await same.with({ idempotency_key: "own" }).ticket.create({ subject: "Three" });
  await same.with({ dry_run: true, reason: "try" }).ticket.create({ subject: "Four" });
  await same.ticket.find().list();
  await same.batch([["lead.create", { last_name: "Jones" }]]);
  const keys = tabs.calls.map((call) => call.envelope?.idempotency_key);
  assert.deepEqual([keys[0], keys[2], keys[3], keys[4]], [undefined, "own", undefined, undefined]);
  assert.match(keys[1], /^[0-9a-f-]{36}$/);
  assert.match(keys[5], /^[0-9a-f-]{36}$/);
  for (const tab of [one, two]) await tab.crm.close();
});

test("when the owner closes, it ends what it does, and another goes on", async () => {
  const tabs = new Tabs();
  const [one, two, three] = [await tabs.open(), await tabs.open(), await tabs.open()];
  const lisa = await acme(one);
  const [second, third] = [two, three].map((tab) => tab.crm.session({ org: lisa.org, user: lisa.userId }));
  const many = [second, third].flatMap((session) =>
    Array.from({ length: 40 }, (_, at) => session.lead.create({ last_name: `${session === third} ${at}` })),
  );
  await one.crm.close();
  await Promise.all(many);
  assert.deepEqual([two.member.owns, three.member.owns], [true, false]);
  assert.equal(await third.lead.count(), 80);
  await assert.rejects(lisa.lead.count(), { code: "crm.closed" });
  await two.crm.close();
  assert.equal(await third.lead.count(), 80);
  assert.equal(tabs.opened, 3);
  await three.crm.close();
});

test("a backup that the owner did not finish is made by the next", async () => {
  const tabs = new Tabs();
  tabs.file = { text: () => Promise.resolve(new Blob(["image"])) };
  const [one, two] = [await tabs.open(), await tabs.open()];
  tabs.before = async () => {
    one.kill();
    if (tabs.opened === 1) await new Promise(() => {});
  };
  assert.equal(await (await two.crm.backup()).text(), "image");
  assert.equal(tabs.opened, 2);
  assert.deepEqual(tabs.calls, [{ operation: "backup", input: "{}" }]);
  await two.crm.close();
});

test("when the owner is killed, no call is lost and none is done twice", async () => {
  for (const moment of ["before", "after"]) {
    const tabs = new Tabs();
    const [one, two, three] = [await tabs.open(), await tabs.open(), await tabs.open()];
    const lisa = await acme(one);
    const [second, third] = [two, three].map((tab) => tab.crm.session({ org: lisa.org, user: lisa.userId }));
    let done = 0;
    tabs[moment] = async () => {
      done += 1;
      if (done < 20) return;
      one.kill();
      // What a killed tab was about to do is not done any more.
      if (tabs.opened === 1) await new Promise(() => {});
    };
    const many = [second, third].flatMap((session, tab) =>
      Array.from({ length: 30 }, (_, at) => session.lead.create({ last_name: `${tab} ${at}` })),
    );
    const leads = await Promise.all(many);
    assert.equal(new Set(leads.map((lead) => lead.id)).size, 60);
    const names = (await third.lead.find().list()).map((lead) => lead.last_name);
    assert.equal(names.length, 60, `${moment} the write`);
    assert.equal(new Set(names).size, 60);
    assert.equal(tabs.opened, 2);
    for (const tab of [two, three]) await tab.crm.close();
  }
});

test("a tenant that was made by an owner which was killed is answered by the next", async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  tabs.after = async (call) => {
    if (call.operation !== "create_org" || tabs.opened > 1) return;
    one.kill();
    await new Promise(() => {});
  };
  const lisa = await acme(two);
  assert.equal((await lisa.user.get({ user: lisa.userId })).email, "lisa@acme.example");
  tabs.after = async () => {};
  await assert.rejects(acme(two, lisa.org), { code: "id.taken" });
  await two.crm.dropOrg(lisa.org);
  await two.crm.close();
});

test("a tab whose file cannot be opened says why", async () => {
  const tabs = new Tabs();
  tabs.failing = { kind: "unavailable", code: "store.locked", message: "It is in use.", retryable: true };
  await assert.rejects(tabs.open(), { code: "store.locked" });
});

test("a tab that closes while it waits hears nothing more", async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  const lisa = await acme(one);
  tabs.before = () => new Promise((resolve) => setTimeout(resolve, 30));
  const waiting = two.crm.session({ org: lisa.org, user: lisa.userId }).ticket.create({ subject: "One" });
  const refused = assert.rejects(waiting, { code: "crm.closed" });
  await two.crm.close();
  await refused;
  await one.crm.close();
});
