/** A transaction with the host's SQL, where there are no tables: it is refused. And whose turn it is. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Turn } from "../../dist/turn.js";
import { open } from "nexa-crm";

const admin = { name: "Lisa", email: "lisa@acme.example" };

test("memory keeps no tables, and nothing was done", async () => {
  const crm = await open("memory:");
  const lisa = await crm.createOrg("Acme", { admin });
  const work = mock.fn();
  await assert.rejects(lisa.transaction(work), { code: "store.unsupported", name: "Unavailable" });
  assert.equal(work.mock.callCount(), 0);
  assert.equal(await lisa.lead.count(), 0);
  await crm.close();
});

/** A transaction that writes down what it is asked. */
function recorded() {
  const said = [];
  const say = (what) => (...args) => {
    said.push([what, ...args]);
    return Promise.resolve("null");
  };
  const native = { execute: say("execute"), sql: say("sql"), commit: say("commit"), rollBack: say("roll back") };
  return { native, said };
}

test("others wait five seconds for a transaction, and ten without a call end it", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  try {
    const turn = new Turn();
    const { native, said } = recorded();
    const { transaction } = JSON.parse(await turn.begin(() => Promise.resolve(native)));
    assert.equal(turn.taken, true);
    const late = assert.rejects(turn.free(), { code: "store.locked", retryable: true });
    mock.timers.tick(5000);
    await late;
    await turn.call({ transaction, operation: "sql", input: "{}" });
    mock.timers.tick(9999);
    assert.equal(turn.taken, true);
    mock.timers.tick(1);
    assert.equal(turn.taken, false);
    await assert.rejects(turn.call({ transaction, operation: "sql", input: "{}" }), { code: "transaction.ended" });
    assert.deepEqual(said.map(([what]) => what), ["sql", "roll back"]);
  } finally {
    mock.timers.reset();
  }
});

test("a transaction ends once, and then it is the turn of others", async () => {
  const turn = new Turn();
  const { native, said } = recorded();
  const { transaction } = JSON.parse(await turn.begin(() => Promise.resolve(native)));
  await assert.rejects(turn.call({ transaction, operation: "transaction_begin", input: "{}" }), { code: "transaction.nested" });
  const free = turn.free();
  await turn.call({ transaction, operation: "transaction_commit", input: "{}" });
  await free;
  await assert.rejects(turn.call({ transaction, operation: "transaction_commit", input: "{}" }), { code: "transaction.ended" });
  assert.deepEqual(said.map(([what]) => what), ["commit"]);
});

test("of two that begin at once, one waits for the end of the other", async () => {
  const turn = new Turn();
  const { native } = recorded();
  const first = turn.begin(() => Promise.resolve(native));
  let begun = false;
  const second = turn.begin(() => {
    begun = true;
    return Promise.resolve(native);
  });
  const { transaction } = JSON.parse(await first);
  assert.equal(begun, false);
  await turn.call({ transaction, operation: "transaction_commit", input: "{}" });
  const next = JSON.parse(await second);
  assert.notEqual(next.transaction, transaction);
  await turn.call({ transaction: next.transaction, operation: "transaction_rollback", input: "{}" });
  assert.equal(turn.taken, false);
});

test("who cannot begin leaves the turn to others", async () => {
  const turn = new Turn();
  await assert.rejects(turn.begin(() => Promise.reject(new Error("no"))), { message: "no" });
  assert.equal(turn.taken, false);
});
