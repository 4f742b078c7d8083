/** Filters as the wire has them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { and, has, hasNone, not, now, or, through, today, where } from "nexa-crm";

import { tenant } from "../support/tenant.js";

test("lookups become comparisons", () => {
  assert.deepEqual(where({ status: "open" }), { field: "status", op: "eq", value: "open" });
  assert.deepEqual(where({ score__ge: 75, source: undefined }), { field: "score", op: "ge", value: 75 });
  assert.deepEqual(where({}), { and: [] });
  assert.deepEqual(where({ a: 1, b__lt: 2 }), {
    and: [
      { field: "a", op: "eq", value: 1 },
      { field: "b", op: "lt", value: 2 },
    ],
  });
});

test("null is a value that is not there", () => {
  assert.deepEqual(where({ owner: null }), { field: "owner", op: "is_null", value: true });
  assert.deepEqual(where({ owner__ne: null }), { field: "owner", op: "is_null", value: false });
  assert.deepEqual(where({ owner__is_null: false }), { field: "owner", op: "is_null", value: false });
});

test("paths go through relations and into custom fields", () => {
  assert.equal(where({ account__industry: "retail" }).field, "account.industry");
  assert.equal(where({ custom__region__in: ["north"] }).field, "custom.region");
  assert.deepEqual(where({ custom__in__eq: "x" }), { field: "custom.in", op: "eq", value: "x" });
});

test("lists are anything that can be iterated, and text is no list", () => {
  assert.deepEqual(where({ status__in: new Set(["new", "open"]) }).value, ["new", "open"]);
  assert.deepEqual(where({ status__not_in: "open" }).value, ["open"]);
});

test("filters are joined", () => {
  const [a, b] = [where({ a: 1 }), where({ b: 2 })];
  assert.deepEqual(and(a, b), { and: [a, b] });
  assert.deepEqual(or(a, not(b)), { or: [a, { not: b }] });
  assert.deepEqual(through("account", a), { through: "account", filter: a });
  assert.deepEqual(where({ due_at__ge: now("-P1D") }), { field: "due_at", op: "ge", value: { now: "-P1D" } });
  assert.deepEqual(where({ due_at: today() }), { field: "due_at", op: "eq", value: { today: "P0D" } });
  assert.deepEqual(has("contact"), { has: "contact" });
  assert.deepEqual(has("contact", { filter: a, by: "account", at_least: 2 }), {
    has: "contact",
    filter: a,
    by: "account",
    at_least: 2,
  });
  assert.deepEqual(hasNone("contact", { filter: a }), { has_none: "contact", filter: a });
});

test("they find what they say", async () => {
  const { alex } = await tenant();
  for (const [subject, priority] of [["One", "high"], ["Two", "low"], ["Three", "critical"]]) {
    await alex.ticket.create({ subject, priority, customer: { name: "Sarah", email: "sarah@example.com" } });
  }
  const found = async (filter) => (await alex.ticket.find({ filter, sort: ["number"] }).list()).map((one) => one.subject);
  assert.deepEqual(await found(where({ priority__in: ["high", "critical"] })), ["One", "Three"]);
  assert.deepEqual(await found(or(where({ subject: "Two" }), where({ priority: "critical" }))), ["Two", "Three"]);
  assert.deepEqual(await found(not(where({ contact__email: "sarah@example.com" }))), []);
  assert.equal(await alex.ticket.count({ filter: where({ priority__ge: "high" }) }), 2);
  assert.deepEqual((await alex.ticket.aggregate({ group_by: [{ field: "priority" }] })).length, 3);
});
