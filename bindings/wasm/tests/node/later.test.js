/** What happens later: who has something due, and ticks. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { tenant } from "../support/tenant.js";

test("a tick does what is due, once", async () => {
  const { crm, lisa, alex } = await tenant();
  await lisa.task.create({ title: "Call them", assignee: { user: alex.userId } });
  assert.deepEqual(
    (await crm.due()).map((due) => due.org),
    [lisa.org],
  );
  await crm.tick(lisa.org);
  const { items } = await alex.notification.find({}).page();
  assert.deepEqual(
    items.map((notification) => notification.reason),
    ["assigned"],
  );
  assert.deepEqual(await crm.due(), []);
  assert.deepEqual(await crm.tick(lisa.org), { done: 0, next_due: null });
  await assert.rejects(crm.tick(lisa.org, { limit: 0 }), { code: "page.size" });
});

test("what will be due is asked with a moment ahead", async () => {
  const { crm, lisa } = await tenant();
  const remind_at = new Date(Date.now() + 86_400_000).toISOString();
  await lisa.task.create({ title: "Call them", remind_at });
  await crm.tick(lisa.org);
  assert.deepEqual(await crm.due(), []);
  const [due] = await crm.due({ now: new Date(Date.now() + 2 * 86_400_000) });
  assert.equal(Date.parse(due?.at ?? ""), Date.parse(remind_at));
});

test("a worker does what is due until it is stopped", async () => {
  const { crm, lisa, alex } = await tenant();
  const worker = crm.worker({ every: 5 });
  await lisa.task.create({ title: "Call them", assignee: { user: alex.userId } });
  // How long it takes depends on the machine; what counts is that it happens.
  for (let round = 0; round < 1_000 && (await alex.notification.count()) === 0; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await worker.stop();
  assert.equal(await alex.notification.count(), 1);
  await lisa.task.create({ title: "Call again", assignee: { user: alex.userId } });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(await alex.notification.count(), 1);
});
