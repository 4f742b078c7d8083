/** Tenants in a folder of Node. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { open } from "nexa-crm";

import { folderStore } from "../../dist/tenants.js";
import { folder as project } from "../support/project.js";

const admin = { name: "Lisa", email: "lisa@acme.example" };

function folder() {
  const made = mkdtempSync(join(tmpdir(), "nexa-folder-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  return join(made, "crm data");
}

/** A tenant in a folder; `again` opens it anew. */
async function founded(place = folder()) {
  const crm = await open(`folder:${place}`);
  const lisa = await crm.createOrg("Acme", { admin });
  const file = join(place, `${lisa.org}.jsonl`);
  const again = async () => {
    const opened = await open(`folder:${place}`);
    return { crm: opened, lisa: opened.session({ org: lisa.org, user: lisa.userId }) };
  };
  return { crm, lisa, place, file, again };
}

test("what it keeps is there when it is opened again, files as well", async () => {
  const { crm, lisa, place, again } = await founded();
  const once = await lisa.once("form-1").lead.create({ last_name: "Byron", email: "ada@engines.example" });
  const upload = await lisa.upload(new File(["Ten seats"], "offer.txt"));
  const file = await lisa.attachment.add({ upload: upload.id, to: { kind: "lead", id: once.value.id } });
  const before = await lisa.ledger.verify();
  await crm.close();

  const next = await again();
  assert.deepEqual(await next.lisa.ledger.verify(), before);
  assert.equal((await next.lisa.lead.get({ lead: once.value.id })).email, "ada@engines.example");
  assert.equal((await next.lisa.once("form-1").lead.create({ last_name: "Byron", email: "ada@engines.example" })).replayed, true);
  assert.equal(await (await (await next.lisa.download(file.id)).blob()).text(), "Ten seats");
  await next.crm.dropOrg(lisa.org);
  assert.equal(await next.crm.hasOrg(lisa.org), false);
  await next.crm.close();
  assert.deepEqual(readdirSync(place).filter((name) => name !== "files"), []);
});

test("a folder belongs to one process, until it ends or is killed", async () => {
  const { crm, place, again } = await founded();
  await assert.rejects(open(`folder:${place}`), { name: "Unavailable", code: "store.locked", retryable: true });
  await crm.close();
  const program = `import { open } from ${JSON.stringify(join(project("bindings/wasm"), "dist/index.js"))};
await open(${JSON.stringify(`folder:${place}`)});
console.log("open");
setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ["--no-warnings", "--input-type=module", "--eval", program]);
  await new Promise((resolve) => other.stdout.once("data", resolve));
  await assert.rejects(open(`folder:${place}`), { code: "store.locked" });
  const gone = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await gone;
  // Only one of many takes over what it left.
  const taken = await Promise.allSettled(Array.from({ length: 5 }, again));
  assert.equal(taken.filter(({ status }) => status === "fulfilled").length, 1);
  for (const { value } of taken.filter(({ status }) => status === "fulfilled")) await value.crm.close();
  // A lock of this process's number, from a container that was started again.
  writeFileSync(join(place, "lock"), `${process.pid} 00000000-0000-7000-8000-000000000000`);
  await (await again()).crm.close();
  // One who was killed before it could say who it was.
  writeFileSync(join(place, "lock"), "");
  await assert.rejects(again(), { code: "store.locked" });
  utimesSync(join(place, "lock"), new Date(0), new Date(0));
  await (await again()).crm.close();
});

test("a process that is killed while it writes loses nothing that was answered", async () => {
  const place = folder();
  const program = `import { open } from ${JSON.stringify(join(project("bindings/wasm"), "dist/index.js"))};
const crm = await open(${JSON.stringify(`folder:${place}`)});
const lisa = await crm.createOrg("Acme", { admin: ${JSON.stringify(admin)} });
console.log(lisa.org, lisa.userId);
for (;;) console.log((await lisa.lead.create({ last_name: "Byron" })).id);`;
  const writer = spawn(process.execPath, ["--no-warnings", "--input-type=module", "--eval", program]);
  let printed = "";
  await new Promise((resolve) => {
    writer.stdout.on("data", (piece) => {
      printed += piece;
      if (printed.split("\n").length > 60) resolve();
    });
  });
  const gone = new Promise((resolve) => writer.once("close", resolve));
  writer.kill("SIGKILL");
  await gone;
  const [first, ...ids] = printed.split("\n").slice(0, -1);
  const [org, user] = first.split(" ");
  const crm = await open(`folder:${place}`);
  const lisa = crm.session({ org, user });
  const there = new Set((await lisa.lead.find().list()).map(({ id }) => id));
  assert.deepEqual(ids.filter((id) => !there.has(id)), []);
  await lisa.ledger.verify({ rows: true });
  await crm.close();
});

test("half a line is forgotten, and the next unit stands behind what was whole", async () => {
  const { crm, lisa, file, again } = await founded();
  await lisa.lead.create({ last_name: "Byron" });
  await crm.close();
  const size = statSync(file).size;
  appendFileSync(file, '{"after":3,"rows":[{"kind":"lead","id":"');
  let next = await again();
  assert.equal(await next.lisa.lead.count(), 1);
  await next.lisa.lead.create({ last_name: "King" });
  await next.crm.close();
  next = await again();
  assert.equal(await next.lisa.lead.count(), 2);
  await next.lisa.ledger.verify({ rows: true });
  await next.crm.close();
  truncateSync(file, size);
  next = await again();
  assert.equal(await next.lisa.lead.count(), 1);
  await next.crm.close();
});

test("what was erased stands nowhere in the folder any more", async () => {
  const { crm, lisa, place, file, again } = await founded();
  const lead = await lisa.lead.create({ last_name: "Lovelace", email: "ada@engines.example" });
  await lisa.lead.update({ lead: lead.id, description: "The Countess of Lovelace" });
  const written = () => readFileSync(file, "utf8");
  assert.match(written(), /Countess/);
  await lisa.person.erase({ lead: lead.id, reason: "asked to be forgotten" });
  assert.doesNotMatch(written(), /Lovelace|ada@engines/);
  await lisa.lead.create({ last_name: "King" });
  await crm.close();
  assert.ok(!existsSync(`${file}.coming`));
  const next = await again();
  assert.equal(await next.lisa.lead.count(), 2);
  await next.lisa.ledger.verify({ rows: true });
  await next.crm.close();
  assert.deepEqual(readdirSync(place).filter((name) => name.startsWith("lock")), []);
});

test("a file that is of the past for the most part is written anew", async () => {
  const place = folder();
  const org = "00000000-0000-7000-8000-000000000001";
  let store = await folderStore(place);
  const row = { text: "x".repeat(10_000) };
  for (let seq = 1; seq <= 150; seq += 1) {
    await store.commit(org, { after: seq - 1, rows: [{ kind: "note", id: "1", row }], events: [{ seq }], erased: [] });
  }
  await assert.rejects(store.commit(org, { after: 7, rows: [], events: [{ seq: 8 }], erased: [] }), /somebody else/);
  await store.close();
  const file = join(place, `${org}.jsonl`);
  const before = statSync(file).size;
  store = await folderStore(place);
  const { rows, events } = await store.load(org);
  assert.deepEqual([rows.length, events.length, await store.head(org)], [1, 150, 150]);
  assert.ok(statSync(file).size < before / 20);
  await store.commit(org, { after: 150, rows: [], events: [{ seq: 151 }], erased: [] });
  assert.equal((await store.load(org)).events.length, 151);
  await assert.rejects(store.commit("../x", { after: 0, rows: [], events: [], erased: [] }), /UUID/);
  await store.close();
});

test("a folder of a newer version is refused, and touched by nobody", async () => {
  const { crm, file, again } = await founded();
  await crm.close();
  writeFileSync(file, '{"format":2}\n{"other":1}\n');
  const next = await again();
  await assert.rejects(next.lisa.lead.count(), /newer version/);
  await next.crm.close();
  assert.equal(readFileSync(file, "utf8"), '{"format":2}\n{"other":1}\n');
});
