/** Files: sent in one piece or as a stream, attached, and read byte for byte. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { open } from "nexa-crm";

import { MemoryStore } from "../conformance/memory-store.mjs";
import { Tabs } from "../support/tabs.js";

const admin = { name: "Lisa", email: "lisa@acme.example" };
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A folder that goes with the test program. */
function folder() {
  const made = mkdtempSync(join(tmpdir(), "nexa-files-"));
  after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A tenant with a lead, and what hangs a file on it. */
async function founded(place = "memory:", options = {}) {
  const crm = await open(place, options);
  after(() => crm.close());
  const lisa = await crm.createOrg("Acme", { admin });
  const lead = await lisa.lead.create({ company: "Umbrella" });
  const attach = async (file, said) => {
    const upload = await lisa.upload(file, said);
    return lisa.attachment.add({ upload: upload.id, to: { kind: "lead", id: lead.id } });
  };
  return { crm, lisa, lead, attach };
}

/** All files under a folder, by their paths from it. */
const under = (path) => readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

for (const [name, options] of [["memory", () => ({})], ["a folder", () => ({ files: folder() })]]) {
  test(`in ${name} a file comes back byte for byte, however it was sent`, async () => {
    const { lisa, lead, attach } = await founded("memory:", options());
    const bytes = randomBytes(2_700_000);
    const path = join(folder(), "offer.bin");
    writeFileSync(path, bytes);
    const sendable = [
      new File([bytes], "offer.bin", { type: "application/pdf" }),
      new Blob([bytes]),
      new Uint8Array(bytes),
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      new Blob([bytes]).stream(),
      createReadStream(path),
      pieces(bytes, 700),
      pieces(bytes, 2_600_000),
    ];
    for (const file of sendable) {
      const upload = await lisa.upload(file, { name: "offer.bin", sha256: sha256(bytes) });
      assert.deepEqual([upload.name, upload.size, upload.type], ["offer.bin", bytes.length, "application/octet-stream"]);
      assert.equal(upload.sha256, sha256(bytes));
    }
    const file = await attach(sendable[0]);
    assert.deepEqual([file.name, file.declared_type, file.by], ["offer.bin", "application/pdf", lisa.userId]);
    assert.equal((await lisa.attachment.find({ filter: { field: "about", op: "eq", value: { kind: "lead", id: lead.id } } }).list()).length, 1);

    const download = await lisa.download(file.id);
    assert.deepEqual([download.name, download.size, download.range], ["offer.bin", bytes.length, [0, bytes.length]]);
    assert.match(download.headers["Content-Disposition"], /^attachment; filename="offer.bin"/);
    assert.equal(download.headers["X-Content-Type-Options"], "nosniff");
    const reads = [
      () => download.bytes(),
      async () => new Uint8Array(await (await download.blob()).arrayBuffer()),
      async () => new Uint8Array(await new Response(download.stream(), { headers: download.headers }).arrayBuffer()),
      async () => {
        const parts = [];
        for await (const piece of download) parts.push(piece);
        return Buffer.concat(parts);
      },
    ];
    for (const read of reads) assert.equal(sha256(await read()), sha256(bytes));
    assert.equal((await download.blob()).type, "application/octet-stream");

    const part = await lisa.download(file.id, { range: [5, 1_500_009] });
    assert.equal(part.headers["Content-Range"], `bytes 5-1500008/${bytes.length}`);
    assert.equal(sha256(await part.bytes()), sha256(bytes.subarray(5, 1_500_009)));
    const end = await lisa.download(file.id, { range: [bytes.length - 3, Number.MAX_SAFE_INTEGER] });
    assert.deepEqual(Buffer.from(await end.bytes()), bytes.subarray(-3));
    await assert.rejects(lisa.download(file.id, { range: [bytes.length, bytes.length + 1] }), { code: "attachment.range" });
  });
}

test("a picture is shown where it is, and what a browser would run never is", async () => {
  const { lisa, attach } = await founded();
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
  const picture = await attach(new Blob([png]), { name: "dot.png" });
  const shown = await lisa.download(picture.id, { inline: true });
  assert.deepEqual([shown.type, (await shown.blob()).type], ["image/png", "image/png"]);
  assert.match(shown.headers["Content-Disposition"], /^inline;/);
  const svg = await attach(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"]), {
    name: "dot.svg",
    declaredType: "image/svg+xml",
  });
  const saved = await lisa.download(svg.id, { inline: true });
  assert.match(saved.headers["Content-Disposition"], /^attachment;/);
  assert.equal((await saved.blob()).type, "application/octet-stream");
});

test("a stream is read as it is taken, and ended when the file is refused", async () => {
  const { crm, lisa } = await founded();
  await lisa.organisation.configure({ files: { largest: 1_000_000 } });
  let given = 0;
  let ended = false;
  const endless = new ReadableStream({
    pull(into) {
      given += 1;
      into.enqueue(new Uint8Array(100_000));
    },
    cancel() {
      ended = true;
    },
  });
  await assert.rejects(lisa.upload(endless, { name: "x.txt" }), { name: "Invalid", code: "attachment.too_large" });
  assert.ok(ended && given < 30, `${given} pieces were read`);
  await crm.tick(lisa.org);
  assert.equal((await crm.system(lisa.org, "sweep").sweepFiles()).kept, 0);
});

test("what a stream throws is thrown, and nothing stays", async () => {
  const { crm, lisa } = await founded();
  async function* broken() {
    yield new Uint8Array(300_000);
    throw new RangeError("the line was cut");
  }
  await assert.rejects(lisa.upload(broken(), { name: "x.txt" }), { name: "RangeError", message: "the line was cut" });
  await assert.rejects(lisa.upload(new Blob([]), { name: "x.txt" }), { name: "Invalid", code: "attachment.empty" });
  await assert.rejects(lisa.upload(pieces(Buffer.alloc(0), 1), { name: "x.txt" }), { code: "attachment.empty" });
  await assert.rejects(lisa.upload(new Blob(["x"])), { name: "Invalid", code: "attachment.name" });
  await assert.rejects(lisa.upload(new Blob(["x"]), { name: "x.txt", sha256: sha256("y") }), { code: "attachment.hash_mismatch" });
  await crm.tick(lisa.org);
  assert.deepEqual(await crm.system(lisa.org, "sweep").sweepFiles(), { kept: 0, removed: 0, missing: [] });
});

test("a folder has files as Rust and Python have them, and a sweep removes what no record knows", async () => {
  const files = folder();
  const store = new MemoryStore();
  const { crm, lisa, attach } = await founded({ store }, { files });
  const file = await attach(new Blob(["hello"]), { name: "hello.txt" });
  const tenant = lisa.org.replaceAll("-", "");
  const [kept] = under(files);
  assert.match(kept.name, /^[0-9a-f]{32}\.blob$/);
  assert.equal(kept.parentPath ?? kept.path, join(files, tenant, "kept", kept.name.slice(30, 32)));
  // What a process that was killed has left, and what somebody else has put there.
  writeFileSync(join(files, tenant, "coming", "0".repeat(32)), "half");
  writeFileSync(join(files, tenant, "kept", "notes.txt"), "?");
  assert.deepEqual(await crm.system(lisa.org, "sweep").sweepFiles(), { kept: 2, removed: 1, missing: [] });
  assert.equal(under(files).length, 2);
  await crm.close();

  const again = await open({ store }, { files });
  const same = again.session({ org: lisa.org, user: lisa.userId });
  assert.equal(await (await (await same.download(file.id)).blob()).text(), "hello");
  rmSync(join(files, tenant, "kept"), { recursive: true });
  await assert.rejects((async () => (await same.download(file.id)).bytes())(), { code: "blobs.missing" });
  assert.deepEqual((await again.system(lisa.org, "sweep").sweepFiles()).missing, [file.sha256]);
  await again.dropOrg(lisa.org);
  await again.close();
});

test("everything of a tenant is listed once, whatever the pages, and goes with it", async () => {
  const files = folder();
  const { crm, lisa, attach } = await founded("memory:", { files });
  for (let at = 0; at < 40; at += 1) await attach(new Blob([String(at)]), { name: "x.txt" });
  const { folderFiles } = await import("../../dist/folder.js");
  const store = await folderFiles(files);
  for (const limit of [1, 7, 40, 100]) {
    const found = [];
    for (let page = await store.list(lisa.org, undefined, limit); page.length > 0; ) {
      found.push(...page);
      page = await store.list(lisa.org, page.at(-1), limit);
    }
    assert.deepEqual([found.length, new Set(found).size], [40, 40]);
  }
  await crm.dropOrg(lisa.org);
  assert.deepEqual(under(files), []);
});

test("without a place it says what to configure", async () => {
  const { lisa } = await founded({ store: new MemoryStore() });
  await assert.rejects(lisa.upload(new Blob(["x"]), { name: "x.txt" }), { name: "Unavailable", code: "blobs.not_configured" });
  await assert.rejects(open({ execute: async () => null }, { files: "memory:" }), { code: "crm.url_invalid" });
  await assert.rejects(open("opfs:crm.db", { files: "memory:" }), { code: "crm.url_invalid" });
});

test("a store of the host's own keeps files, and what it throws is said", async () => {
  const kept = new Map();
  const files = {
    put: (org, id) => {
      const parts = [];
      return {
        write: async (bytes) => void parts.push(bytes),
        finish: () => void kept.set(`${org} ${id}`, Buffer.concat(parts)),
        abort: () => undefined,
      };
    },
    get: async (org, id, from, to) => kept.get(`${org} ${id}`)?.subarray(from, to),
    delete: (org, id) => void kept.delete(`${org} ${id}`),
    list: (org, after = "") => {
      const ids = [...kept.keys()].filter((key) => key.startsWith(org)).map((key) => key.split(" ")[1]);
      return ids.filter((id) => id > after).sort();
    },
  };
  const { lisa, attach } = await founded("memory:", { files });
  const file = await attach(new Blob(["hello"]), { name: "hello.txt" });
  assert.equal(Buffer.from(await (await lisa.download(file.id)).bytes()).toString(), "hello");
  files.put = () => {
    throw new Error("the bucket is closed");
  };
  await assert.rejects(attach(new Blob(["more"]), { name: "more.txt" }), (problem) => {
    assert.equal(problem.code, "blobs.failed");
    return /the bucket is closed/.test(problem.message);
  });
});

test("tabs send and read files through the one that owns the database", async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  const lisa = await one.crm.createOrg("Acme", { admin });
  const same = two.crm.session({ org: lisa.org, user: lisa.userId });
  const lead = await same.lead.create({ company: "Umbrella" });
  const bytes = randomBytes(1_500_000);
  for (const file of [new Blob([bytes]), pieces(bytes, 400_000)]) {
    const upload = await same.upload(file, { name: "offer.bin" });
    const attachment = await same.attachment.add({ upload: upload.id, to: { kind: "lead", id: lead.id } });
    assert.equal(sha256(await (await same.download(attachment.id)).bytes()), sha256(bytes));
  }
  const largest = Math.max(...tabs.calls.map((call) => (call.bytes instanceof Uint8Array ? call.bytes.buffer.byteLength : 0)));
  assert.ok(largest > 0 && largest <= 1_048_576 + 262_144, `a piece has ${largest} bytes`);
  for (const tab of [two, one]) await tab.crm.close();
});

test("when the owner is killed, a file is sent again, and whoever sends a stream is told to", async () => {
  const tabs = new Tabs();
  const [one, two] = [await tabs.open(), await tabs.open()];
  const lisa = await one.crm.createOrg("Acme", { admin });
  const same = two.crm.session({ org: lisa.org, user: lisa.userId });
  const bytes = randomBytes(900_000);
  const killed = (operation) => async (call) => {
    if (call.operation !== operation || tabs.opened > 1) return;
    one.kill();
    await new Promise(() => {});
  };
  tabs.before = killed("upload");
  assert.equal((await same.upload(new Blob([bytes]), { name: "x.bin" })).sha256, sha256(bytes));
  assert.equal(tabs.opened, 2);
  await two.crm.close();

  const others = new Tabs();
  const [three, four] = [await others.open(), await others.open()];
  const ada = await three.crm.createOrg("Other", { admin });
  const there = four.crm.session({ org: ada.org, user: ada.userId });
  const { NativeTransport } = await import("../../dist/native.js");
  others.before = async (call) => {
    if (call.operation !== "upload_end" || others.opened > 1) return;
    // The next owner opens the same file anew: of pieces that came before it knows nothing.
    others.file = await NativeTransport.open("memory:", "memory:");
    three.kill();
    await new Promise(() => {});
  };
  await assert.rejects(there.upload(pieces(bytes, 300_000), { name: "x.bin" }), {
    name: "Unavailable",
    code: "upload.interrupted",
    retryable: true,
  });
  await four.crm.close();
});

test("a Crm that is closed gives up the streams that are under way", async () => {
  const { crm, lisa } = await founded();
  let more;
  const standing = new ReadableStream({
    start(into) {
      into.enqueue(new Uint8Array(600_000));
      more = into;
    },
  });
  const sent = lisa.upload(standing, { name: "x.bin" });
  const refused = assert.rejects(sent, { code: "crm.closed" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await crm.close();
  more.enqueue(new Uint8Array(600_000));
  await refused;
});
