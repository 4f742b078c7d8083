/** Imports from files and iterators. */

import assert from "node:assert/strict";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { tenant } from "../support/tenant.js";

const bytes = (text) => new TextEncoder().encode(text);
const counts = ({ rows, created, skipped, refused }) => ({ rows, created, skipped, refused });

/** A file of so many leads. */
function leads(count, row = (at) => `lead${at}@example.com,Lead ${at},"Company, ${at}"`) {
  return `Email,Full Name,Company\n${Array.from({ length: count }, (_, at) => `${row(at)}\n`).join("")}`;
}

test("a file of several units is imported with progress, and again creates nothing", async () => {
  const { lisa } = await tenant();
  const file = new Blob([leads(2500)]);
  const reported = [];
  const report = await lisa.lead.importCsvFile(file, { progress: (done) => reported.push(done), run: "import:web" });
  assert.deepEqual(counts(report), { rows: 2500, created: 2500, skipped: 0, refused: 0 });
  assert.deepEqual(reported.map((done) => done.created), [1000, 2000, 2500]);
  assert.equal(reported[2].bytes, file.size);
  assert.equal(reported[2].total, file.size);
  assert.equal(await lisa.lead.count(), 2500);
  const lead = await lisa.lead.find({ filter: { field: "email", value: "lead1234@example.com" } }).first();
  assert.equal(lead.company, "Company, 1234");
  const [change] = await lisa.lead.history({ lead: lead.id }).list();
  assert.equal(change.cause, "import:web");
  assert.deepEqual(counts(await lisa.lead.importCsvFile(file)), { rows: 2500, created: 0, skipped: 2500, refused: 0 });
});

test("every kind of source is read", async () => {
  const text = leads(3);
  const folder = mkdtempSync(join(tmpdir(), "nexa-"));
  const path = join(folder, "leads.csv");
  writeFileSync(path, text);
  const stream = () =>
    new ReadableStream({
      start(controller) {
        for (const byte of bytes(text)) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    });
  const sources = [text, bytes(text), bytes(text).buffer, new File([text], "leads.csv"), stream(), createReadStream(path)];
  for (const source of sources) {
    const { lisa } = await tenant();
    assert.equal((await lisa.lead.importCsvFile(source)).created, 3);
  }
  rmSync(folder, { recursive: true });
});

test("what is refused is reported with its own line, in whatever unit it is", async () => {
  const { lisa } = await tenant();
  const bad = new Set([0, 999, 1000, 1700]);
  const row = (at) => (bad.has(at) ? `nobody,Lead ${at},` : `lead${at}@example.com,"Lead\n${at}",`);
  const reported = [];
  const report = await lisa.lead.importCsvFile(leads(1800, row), { onRefused: (problem) => reported.push(problem) });
  assert.deepEqual(counts(report), { rows: 1800, created: 1796, skipped: 0, refused: 4 });
  assert.deepEqual(reported.map((problem) => problem.record), [1, 1000, 1001, 1701]);
  // Good rows have two lines here.
  assert.deepEqual(reported.map((problem) => problem.number), [2, 2 + 1 + 998 * 2, 2 + 2 + 998 * 2, 2 + 3 + 998 * 2 + 699 * 2]);
  assert.deepEqual(report.problems, reported);
  assert.equal(reported[0].code, "field.invalid");
});

test("encodings are detected", async () => {
  const text = "Email,Full Name\nrene@example.com,René Müller\n";
  const utf16 = (little) => {
    const view = new DataView(new ArrayBuffer(text.length * 2 + 2));
    [...`\ufeff${text}`].forEach((letter, at) => view.setUint16(at * 2, letter.charCodeAt(0), little));
    return view.buffer;
  };
  const latin1 = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  for (const source of [bytes(`\ufeff${text}`), utf16(true), utf16(false), utf16(true).slice(2), latin1]) {
    const { lisa } = await tenant();
    await lisa.lead.importCsvFile(source);
    assert.equal((await lisa.lead.find().first()).last_name, "Müller");
  }
});

test("a row that is no UTF-8 costs itself, or is read as Windows-1252 when that is said", async () => {
  const text = "Email,Full Name\nnobody,\nada@example.com,Ada Gr\u00fcn\nrene@example.com,Ren\u00e9 M\n";
  const parts = text.split("Ren\u00e9");
  const mixed = new Blob([bytes(parts[0]), "Ren", new Uint8Array([0xe9]), bytes(parts[1])]);
  const { lisa } = await tenant();
  const report = await lisa.lead.importCsvFile(mixed);
  assert.deepEqual(report.problems.map((one) => [one.code, one.number, one.record]), [
    ["field.invalid", 2, 1],
    ["import.encoding_broken", 4, 3],
  ]);
  assert.deepEqual(counts(report), { rows: 3, created: 1, skipped: 0, refused: 2 });
  await lisa.lead.importCsvFile(mixed, { mixed_latin1: true });
  assert.equal((await lisa.lead.find({ filter: { field: "email", value: "rene@example.com" } }).first()).first_name, "René");
});

test("delimiters are found in the header, said by the file, or by the caller", async () => {
  const file = (delimiter) => ["Email", "Full Name"].join(delimiter) + "\n" + ["a@example.com", "Ada"].join(delimiter);
  const cases = [[file(";")], [file("\t")], [file("|")], [`sep=;\n${file(";")}`], [file("!"), { delimiter: "!" }]];
  for (const [text, options] of [...cases, [file(",").replaceAll("\n", "\r")], [file(",").replaceAll("\n", "\r\n")]]) {
    const { lisa } = await tenant();
    const report = await lisa.lead.importCsvFile(text, options);
    assert.deepEqual(report.columns.map((one) => one.target), ["email", "full_name"], text);
    assert.equal(report.created, 1, text);
  }
});

test("a quote that is not closed costs its row", async () => {
  const { lisa } = await tenant();
  const good = Array.from({ length: 50_000 }, (_, at) => `lead${at}@example.com,${"x".repeat(100)}\n`).join("");
  const file = `Email,Company\nada@example.com,"Acme\n${good}`;
  const report = await lisa.lead.importCsvFile(file.slice(0, 5_000_000));
  assert.ok(report.created > 40_000, JSON.stringify(report.problems[0]));
  assert.ok(report.refused >= 1);
});

test("options say what is meant", async () => {
  const { lisa } = await tenant();
  const file = "Mail,Who\nada@example.com,Ada Byron\n";
  const options = { mapping: { Mail: "email", Who: "full_name" }, set: { source: "webinar" } };
  await lisa.lead.importCsvFile(file, options);
  const update = { ...options, policy: "update", match_on: "email", set: { source: "event" } };
  assert.equal((await lisa.lead.importCsvFile(file, update)).updated, 1);
  assert.equal((await lisa.lead.find().first()).source, "event");
  await assert.rejects(lisa.lead.importCsvFile(file, { mapping: { Mail: "nowhere" } }), { name: "Invalid" });
  await assert.rejects(lisa.lead.importCsvFile(""), { code: "import.file_empty" });
});

test("a dry run imports nothing, and a key of a session does for all units", async () => {
  const { lisa } = await tenant();
  const report = await lisa.with({ dry_run: true }).lead.importCsvFile(leads(1200));
  assert.deepEqual([report.dry_run, report.created], [true, 1200]);
  assert.equal(await lisa.lead.count(), 0);
  const once = lisa.with({ idempotency_key: "import-1" });
  assert.equal((await once.lead.importCsvFile(leads(1200))).created, 1200);
  assert.equal((await once.lead.importCsvFile(leads(1200))).created, 1200, "the first answer again");
  assert.equal(await lisa.lead.count(), 1200);
});

test("a signal ends an import after whole units", async () => {
  const { lisa } = await tenant();
  const ending = new AbortController();
  const report = await lisa.lead.importCsvFile(leads(3000), { signal: ending.signal, progress: () => ending.abort() });
  assert.equal(report.created, 1000);
  assert.equal(await lisa.lead.count(), 1000);
});

test("rows come from anything that can be iterated", async () => {
  const { lisa } = await tenant();
  async function* rows() {
    for (let at = 0; at < 1500; at += 1) yield { email: at === 1200 ? "nobody" : `lead${at}@example.com` };
  }
  const reported = [];
  const report = await lisa.lead.importAll(rows(), { set: { source: "api" }, progress: (done) => reported.push(done.rows) });
  assert.deepEqual(counts(report), { rows: 1500, created: 1499, skipped: 0, refused: 1 });
  assert.equal(report.problems[0].record, 1201);
  assert.deepEqual(reported, [1000, 1500]);
});

test("a preview shows what an import would make of a file, and imports nothing", async () => {
  const { lisa } = await tenant();
  const csv = "Notes:\n\"…\"\n\nFirst Name,Last Name,URL,Email Address,Company,Connected On\nAda,Doe,,ada@doe.example,Doe,12 Mar 2024\n";
  const shown = await lisa.lead.previewCsvFile(new Blob([csv]), { rows: 5 });
  assert.deepEqual(
    [shown.form, shown.system, shown.encoding, shown.delimiter, shown.header_line],
    ["linkedin.connections", "LinkedIn", "utf-8", ",", 4],
  );
  assert.equal(shown.rows[0].fields.email, "ada@doe.example");
  assert.equal(await lisa.lead.count(), 0);
  const report = await lisa.lead.importCsvFile(new Blob([csv]));
  assert.deepEqual([report.created, report.form], [1, "linkedin.connections"]);
});

test("no code page is guessed, and each that is named is read", async () => {
  const { lisa } = await tenant();
  const text = "First Name,Last Name,Email\nИван,Петров,j@x.example\n";
  const cyrillic = new Uint8Array([...text].map((c) => (c >= "А" && c <= "я" ? c.charCodeAt(0) - 0x350 : c.charCodeAt(0))));
  const refused = await lisa.lead.importCsvFile(cyrillic);
  assert.deepEqual([refused.created, refused.problems[0].code], [0, "import.encoding_broken"]);
  const report = await lisa.lead.importCsvFile(cyrillic, { encoding: "windows-1251" });
  assert.deepEqual([report.created, report.encoding], [1, "windows-1251"]);
  const western = new Uint8Array([...'First Name,Email\nJosé,jose@x.example\n'].map((c) => c.charCodeAt(0)));
  const read = await lisa.lead.importCsvFile(western);
  assert.deepEqual([read.created, read.encoding, read.doubts[0].code], [1, "windows-1252", "import.doubt_encoding"]);
});
