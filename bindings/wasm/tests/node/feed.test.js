/** The change feed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { and, became, changed, was, where } from "nexa-crm";

import { tenant } from "../support/tenant.js";

test("the host's feed has every event, and goes on where it was", async () => {
  const { crm, lisa, alex } = await tenant();
  const feed = crm.feed(lisa.org);
  const events = [];
  for await (const event of feed) events.push(event);
  assert.deepEqual(events.map((event) => event.seq), events.map((_, at) => at + 1));
  assert.equal(feed.position, events.at(-1).position);
  await alex.ticket.create({ subject: "One" });
  const later = [];
  for await (const event of crm.feed(lisa.org, { after: feed.position })) later.push(event.command);
  assert.deepEqual(later, ["ticket.create"]);
});

test("a feed has the changes of a kind that match", async () => {
  const { crm, lisa } = await tenant();
  const { id } = await lisa.task.create({ title: "Call Sarah" });
  await lisa.task.update({ task: id, title: "Call Sarah again" });
  await lisa.task.complete({ task: id });
  await lisa.task.reopen({ task: id });
  const happened = async (filter) => {
    const [commands, hosts] = [[], []];
    for await (const event of lisa.feed({ only: { kind: "task", filter } })) commands.push(event.command);
    for await (const event of crm.feed(lisa.org, { only: { kind: "task", filter } })) hosts.push(event.command);
    assert.deepEqual(hosts, commands);
    return commands;
  };
  assert.deepEqual(await happened(), ["task.create", "task.update", "task.complete", "task.reopen"]);
  assert.deepEqual(await happened(became(where({ status: "done" }))), ["task.complete"]);
  assert.deepEqual(await happened(was(where({ status: "done" }))), ["task.reopen"]);
  assert.deepEqual(await happened(and(changed("title"), where({ title__ends_with: "again" }))), ["task.update"]);
  await assert.rejects(async () => {
    for await (const _ of lisa.feed({ only: { kind: "task", filter: changed("titel") } }));
  }, { code: "field.unknown" });
});

test("a session's feed says what went out of sight", async () => {
  const { lisa, alex } = await tenant();
  const group = await lisa.group.create({ name: "Second level" });
  const other = await lisa.user.create({ name: "Bea", email: "bea@acme.example", role: "agent" });
  await lisa.group.addMember?.({ group: group.id, user: other.id });
  const { id } = await alex.ticket.create({ subject: "One" });
  await lisa.ticket.assign({ ticket: id, assignee: { user: other.id } });
  const seen = [];
  for await (const event of alex.feed()) if ((event.id ?? event.record) === id) seen.push(event);
  assert.ok(seen.some((event) => "gone" in event && event.kind === "ticket"), JSON.stringify(seen));
});

test("a feed that follows waits for more, until a signal ends it", async () => {
  const { crm, lisa, alex } = await tenant();
  let position;
  for await (const event of crm.feed(lisa.org)) position = event.position;
  const ending = new AbortController();
  const heard = (async () => {
    const commands = [];
    for await (const event of crm.feed(lisa.org, { after: position, follow: true, signal: ending.signal })) {
      commands.push(event.command);
      if (commands.length === 2) setTimeout(() => ending.abort(), 20);
    }
    return commands;
  })();
  await alex.ticket.create({ subject: "One" });
  await new Promise((resolve) => setTimeout(resolve, 60));
  await alex.lead.create({ last_name: "Jones" });
  assert.deepEqual(await heard, ["ticket.create", "lead.create"]);
});

test("what is no position, and one of another ledger, are refused", async () => {
  const { crm, lisa } = await tenant();
  const read = async (after) => {
    for await (const _ of crm.feed(lisa.org, { after }));
  };
  for (const after of [-1, 1, "7", "7-xyz"]) {
    await assert.rejects(read(after), { code: "feed.position_malformed" });
  }
  await assert.rejects(read("1-00000000"), { code: "feed.position_unknown" });
  await assert.rejects(read("99999-1a2b3c4d"), { code: "feed.position_unknown" });
  await read(0);
});
