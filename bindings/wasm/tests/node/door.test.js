/** The door: tenants, sessions, envelopes, batches, explanations. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as nexa from "nexa-crm";

import { catalog } from "../support/project.js";
import { tenant } from "../support/tenant.js";

test("a session has a method for every operation of the catalog", async () => {
  const { lisa } = await tenant();
  const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  for (const name of Object.keys(catalog().operations)) {
    const [kind, verb] = name.split(".");
    const operations = lisa[kind === "org" ? "organisation" : camel(kind)];
    assert.equal(typeof operations[camel(verb)], "function", name);
  }
  assert.equal(lisa.ticket, lisa.ticket);
  assert.equal((await lisa.organisation.get({ org: lisa.org })).name, "Acme Support");
});

test("the words of closed sets are there at run time", () => {
  assert.deepEqual(nexa.TICKET_PRIORITY, ["low", "medium", "high", "critical"]);
  assert.ok(nexa.LEAD_STATUS.includes("new"));
});

test("tenants are made, known and dropped", async () => {
  const { crm, lisa } = await tenant();
  const id = crypto.randomUUID();
  const admin = { name: "Ada", email: "ada@host.example" };
  const ada = await crm.createOrg("Other", { id, admin, base_currency: "EUR", time_zone: "Europe/Vienna" });
  assert.equal(ada.org, id);
  assert.equal(ada.actor, `user:${ada.userId}`);
  assert.equal((await ada.organisation.get({ org: id })).base_currency, "EUR");
  assert.equal(await crm.hasOrg(id), true);
  await crm.dropOrg(id);
  assert.equal(await crm.hasOrg(id), false);
  assert.equal(await crm.hasOrg(lisa.org), true);
});

test("a session is of one actor", async () => {
  const { crm, lisa } = await tenant();
  const org = lisa.org;
  assert.equal(crm.session({ org, service: "mailer" }).actor, "service:mailer");
  assert.equal(crm.session({ org, service: "mailer" }).userId, undefined);
  assert.equal(crm.system(org, "nightly").actor, "system:nightly");
  assert.throws(() => crm.session({ org }), { code: "command.malformed" });
  assert.throws(() => crm.session({ org, user: "a", contact: "b" }), { code: "command.malformed" });
});

test("an envelope says more with every command", async () => {
  const { alex } = await tenant();
  const once = alex.with({ idempotency_key: "form-4711" });
  const lead = await once.lead.create({ last_name: "Jones" });
  assert.deepEqual(await once.lead.create({ last_name: "Jones" }), lead);
  const preview = await alex.with({ dry_run: true }).lead.contact({ lead: lead.id });
  assert.notEqual(preview.status, lead.status);
  assert.equal((await alex.lead.get({ lead: lead.id })).status, lead.status);
  const why = alex.with({ reason: "Customer called" }).with({ expected_version: lead.version });
  assert.deepEqual(why.envelope, { reason: "Customer called", expected_version: lead.version });
  await why.lead.contact({ lead: lead.id });
  const changes = await alex.lead.history({ lead: lead.id }).list();
  assert.equal(changes.at(-1).reason, "Customer called");
});

test("a batch is all or none", async () => {
  const { alex } = await tenant();
  const ticket = await alex.ticket.create({ subject: "One" });
  const [claimed, lead] = await alex.batch([
    ["ticket.claim", { ticket: ticket.id }],
    ["lead.create", { last_name: "Jones" }],
  ]);
  assert.equal(claimed.assignee.user, alex.userId);
  assert.equal(lead.last_name, "Jones");
  const refused = alex.batch([
    ["lead.contact", { lead: lead.id }],
    ["ticket.close", { ticket: ticket.id }],
  ]);
  await assert.rejects(refused, { code: "ticket.not_resolved" });
  assert.equal((await alex.lead.get({ lead: lead.id })).status, lead.status);
});

test("an explanation says what is allowed, and why the rest is not", async () => {
  const { alex } = await tenant();
  const ticket = await alex.ticket.create({ subject: "One" });
  const explained = await alex.explain("ticket", ticket.id);
  assert.ok(explained.allowed.includes("ticket.claim") && explained.allows("ticket.claim"));
  assert.ok(explained.refused["ticket.close"] instanceof nexa.RuleViolation);
  assert.match(explained.refused["ticket.close"].message, /resolve it/);
  const all = [...explained].map((one) => one.operation);
  assert.equal(all.length, explained.allowed.length + Object.keys(explained.refused).length);
});

test("an operation runs by name", async () => {
  const { alex } = await tenant();
  const ticket = await alex.execute("ticket.create", { subject: "One" });
  assert.equal((await alex.execute("ticket.find")).items[0].id, ticket.id);
  await assert.rejects(alex.execute("ticket.unheard_of"), { code: "operation.unknown" });
});

test("a storage in memory forgets, and two have nothing in common", async () => {
  const { crm, lisa } = await tenant();
  const other = await nexa.open("memory:");
  assert.equal(await crm.hasOrg(lisa.org), true);
  assert.equal(await other.hasOrg(lisa.org), false);
  await other.close();
});

test("texts that read the same are the same", async () => {
  const { lisa } = await tenant();
  const { id, email } = await lisa.contact.create({ first_name: "Ｓarah", email: "Ｓarah＠MÜLLER.example" });
  assert.equal(email, "sarah@müller.example");
  const again = await lisa.contact.create({ email: "sarah@mu\u0308ller.example" }).catch((problem) => problem);
  assert.equal(again.code, "contact.email_taken");
  assert.deepEqual((await lisa.contact.search({ text: "SARAH" }).list()).map((contact) => contact.id), [id]);
});
