/** Backups of what the browser keeps, and how they come back. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Browser } from "../support/browser.js";
import { folder } from "../support/project.js";
import { serve } from "../support/server.js";
import { database } from "../support/sqlite.js";

const browser = new Browser();
let server;
before(async () => {
  server = await serve(folder("bindings/wasm"));
  await browser.start();
});
after(async () => {
  await server.close();
  await browser.end();
});

/** Opens a file in a new tab; `window.crm` is the crm there, and `window.restored` what a restore is refused with. */
async function tab(url) {
  const page = await browser.open(server.url);
  await page.evaluate(async (url) => {
    if (url) window.crm = await window.nexa.open(url);
    window.restored = (backup, url, options) =>
      window.nexa.restore(backup, url, options).then(
        () => "done",
        (problem) => `${problem.name} ${problem.code}: ${problem.message}`,
      );
  }, url);
  return page;
}

/** Makes a tenant, and answers who its admin is. */
const found = (page) =>
  page.evaluate(async () => {
    const lisa = await window.crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    return { org: lisa.org, user: lisa.userId };
  });

/** The names of the tickets that a file has, after the ledger and every row were checked. */
const subjects = (page, url, who) =>
  page.evaluate(
    async ([url, who]) => {
      const crm = await window.nexa.open(url);
      const session = crm.session(who);
      await session.ledger.verify({ rows: true });
      const tickets = await session.ticket.find({ sort: ["created_at"] }).list();
      await crm.close();
      return tickets.map((ticket) => ticket.subject);
    },
    [url, who],
  );

test("a backup that is made while tabs write is one moment, and is restored under another name", async () => {
  const [one, two] = [await tab("opfs:busy.db"), await tab("opfs:busy.db")];
  const who = await found(one);
  // Several pieces.
  await one.evaluate(async (who) => {
    const lines = Array.from({ length: 2_000 }, (_, at) => `ada${at}@example.com,Ada Byron ${at},Engine ${at}`);
    await window.crm.session(who).lead.importCsvFile(`Email,Full Name,Company\n${lines.join("\n")}\n`);
  }, who);
  const copied = (page) =>
    page.evaluate(async (who) => {
      const session = window.crm.session(who);
      for (let at = 0; at < 5; at += 1) await session.ticket.create({ subject: "before" });
      const before = await session.ticket.count();
      let over = false;
      const copying = window.crm.backup().finally(() => (over = true));
      let during = 0;
      const create = async () => {
        await session.ticket.create({ subject: "during" });
        if (!over) during += 1;
      };
      // More than the log takes before it is usually brought into the file.
      while (!over) await Promise.all(Array.from({ length: 40 }, create));
      window.backup = await copying;
      const bytes = new DataView(await window.backup.arrayBuffer());
      const beginning = new window.TextDecoder().decode(bytes.buffer.slice(0, 15));
      const shape = [bytes.getUint16(16) * bytes.getUint32(28), bytes.getUint8(18), bytes.getUint8(19)];
      return { before, during, beginning, shape, size: window.backup.size };
    }, who);
  const copies = await Promise.all([one, two].map(copied));
  const after = await one.evaluate((who) => window.crm.session(who).ticket.count(), who);
  for (const { before, during, beginning, shape, size } of copies) {
    assert.ok(during > 0, "work went on");
    assert.ok(size > 2 ** 21, "it has several pieces");
    assert.equal(beginning, "SQLite format 3");
    assert.deepEqual(shape, [size, 1, 1], "whole, and without a log");
    assert.ok(before < after);
  }
  for (const [at, page] of [one, two].entries()) {
    const name = `opfs:moment-${at}.db`;
    assert.equal(await page.evaluate((name) => window.restored(window.backup, name), name), "done");
    const all = await subjects(page, name, who);
    assert.ok(all.length >= copies[at].before && all.length < after, `${all.length} of ${copies[at].before} to ${after}`);
    const leads = await page.evaluate(
      async ([name, who]) => {
        const crm = await window.nexa.open(name);
        const session = crm.session(who);
        await session.ticket.create({ subject: "afterwards" });
        const count = await session.lead.count();
        await crm.close();
        return count;
      },
      [name, who],
    );
    assert.equal(leads, 2_000);
    assert.equal((await subjects(page, name, who)).at(-1), "afterwards");
  }
  // What was written during the copies is in the file as well, and its log is brought into it again.
  await two.close();
  await one.evaluate(() => window.crm.close());
  assert.equal((await subjects(one, "opfs:busy.db", who)).length, after);
  await one.close();
});

test("a backup comes over a database that is there when that is allowed and nobody has it open", async () => {
  const page = await tab("opfs:over.db");
  const who = await found(page);
  const create = (subject) =>
    page.evaluate(([who, subject]) => window.crm.session(who).ticket.create({ subject }), [who, subject]);
  await create("one");
  await page.evaluate(async () => (window.backup = await window.crm.backup()));
  await create("two");
  const restored = (options) =>
    page.evaluate((options) => window.restored(window.backup, "opfs:over.db", options), options);
  const there = "Conflict restore.target_exists: There is already a database over.db; ";
  assert.ok((await restored()).startsWith(there));
  const open = "Conflict restore.target_open: The database over.db is open; close it in every tab that has it, ";
  assert.ok((await restored({ overwrite: true })).startsWith(open));
  await create("three");
  await page.evaluate(() => window.crm.close());
  assert.ok((await restored()).startsWith(there));
  assert.deepEqual(await subjects(page, "opfs:over.db", who), ["one", "two", "three"]);
  for (let time = 0; time < 2; time += 1) {
    assert.equal(await restored({ overwrite: true }), "done");
    assert.deepEqual(await subjects(page, "opfs:over.db", who), ["one"]);
  }
  const bytes = page.evaluate(async () => window.restored(await window.backup.arrayBuffer(), "opfs:bytes.db"));
  assert.equal(await bytes, "done");
  assert.deepEqual(await subjects(page, "opfs:bytes.db", who), ["one"]);
  await page.close();
});

test("what is no whole backup is refused, and nothing has changed", async () => {
  const page = await tab("opfs:safe.db");
  const who = await found(page);
  await page.evaluate(async (who) => {
    await window.crm.session(who).ticket.create({ subject: "kept" });
    window.backup = await window.crm.backup();
    await window.crm.close();
  }, who);
  const made = (name, bytes) => page.evaluate(([name, bytes]) => {
    window[name] = new File([new Uint8Array(bytes)], `${name}.db`);
  }, [name, [...bytes]]);
  await made("random", crypto.getRandomValues(new Uint8Array(20_000)));
  await made("empty", []);
  await made("foreign", database("theirs", "value", 1));
  await made("newer", database("nexa_schema_version", "version", 1_000));
  await page.evaluate(async () => {
    const bytes = new Uint8Array(await window.backup.arrayBuffer());
    const pieces = (...parts) => new File(parts, "broken.db");
    window.truncated = pieces(bytes.slice(0, bytes.length / 2));
    window.damaged = pieces(bytes.slice(0, bytes.length / 2), new Uint8Array(bytes.length / 2).fill(0x5a));
    // The ledger knows what the ticket was called.
    const text = new window.TextDecoder("latin1").decode(bytes);
    const tampered = bytes.slice();
    for (const { index } of text.matchAll(/"kept"/g)) tampered.set(new TextEncoder().encode('"kemp"'), index);
    window.tampered = pieces(tampered);
  });
  const before = await page.evaluate(folders);
  const refused = async (name, url, options) =>
    page.evaluate(([name, url, options]) => window.restored(window[name], url, options), [name, url, options]);
  const invalid = {
    random: "random.db is not an SQLite database",
    empty: "it has no tables of Nexa",
    foreign: "it has no tables of Nexa",
    truncated: "damaged",
    damaged: "",
    tampered: "",
  };
  for (const [url, options] of [["opfs:new.db"], ["opfs:safe.db", { overwrite: true }]]) {
    for (const [name, problem] of Object.entries(invalid)) {
      const said = await refused(name, url, options);
      assert.match(said, /^Invalid restore\.invalid: The file \w+\.db cannot be restored \(/, name);
      assert.ok(said.includes(problem), said);
    }
    assert.match(await refused("newer", url, options), /^Unavailable schema\.newer: .*newer\.db has schema 1000/);
  }
  assert.match(await refused("backup", "opfs:.hidden"), /^Invalid store\.name/);
  assert.match(await refused("backup", "memory:"), /^Unavailable store\.unsupported: .* restoring a backup/);
  assert.deepEqual(await page.evaluate(folders), before);
  assert.deepEqual(await subjects(page, "opfs:safe.db", who), ["kept"]);
  await page.close();
});

test("a database that Rust made is restored, and Rust goes on with what a browser has backed up", async () => {
  const place = mkdtempSync(join(tmpdir(), "nexa-backup-"));
  const quickstart = (name) => {
    const database = ["--db", `sqlite:${join(place, name)}`];
    const words = ["run", "--quiet", "--package", "quickstart", "--", ...database];
    return execFileSync("cargo", words, { cwd: folder(""), encoding: "utf8" });
  };
  quickstart("rust.db");
  const page = await browser.open(server.url);
  await page.evaluate(() => (document.body.innerHTML = `<input type="file"><a download="browser.db">save</a>`));
  await page.setInputFiles("input", join(place, "rust.db"));
  const org = "019a8d2c-5f00-7000-8000-000000000001";
  const leads = await page.evaluate(async (org) => {
    await window.nexa.restore(document.querySelector("input").files[0], "opfs:rust.db");
    const crm = await window.nexa.open("opfs:rust.db");
    const host = crm.system(org, "test");
    await host.ledger.verify({ rows: true });
    await host.ticket.create({ subject: "From the browser" });
    document.querySelector("a").href = URL.createObjectURL(await crm.backup());
    const leads = await host.lead.count();
    await crm.close();
    return leads;
  }, org);
  assert.ok(leads > 10);
  const saved = page.waitForEvent("download");
  await page.click("a");
  await (await saved).saveAs(join(place, "browser.db"));
  assert.match(quickstart("browser.db"), /nothing is done twice/);
  rmSync(place, { recursive: true });
  await page.close();
});

/** What the origin keeps: the folders of databases, and the sizes of their files. */
async function folders() {
  const all = {};
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(".nexa");
  for await (const [name, folder] of root.entries()) {
    all[name] = [];
    const pieces = await folder.getDirectoryHandle(".opaque");
    for await (const [piece, file] of pieces.entries()) all[name].push(`${piece} ${(await file.getFile()).size}`);
    all[name].sort();
  }
  return all;
}

test("a restore that was interrupted has happened, or has not", async () => {
  const page = await tab("opfs:cut.db");
  const who = await found(page);
  await page.evaluate(async (who) => {
    const session = window.crm.session(who);
    await session.ticket.create({ subject: "backed up" });
    window.backup = await window.crm.backup();
    await session.ticket.create({ subject: "later" });
    await window.crm.close();
    await window.nexa.restore(window.backup, "opfs:put.db");
  }, who);
  /** Puts the restored database of another place where a restore leaves it that is cut off. */
  const cut = (folder, name) =>
    page.evaluate(async ([folder, name]) => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(".nexa");
      const pieces = async (name) => {
        const folder = await root.getDirectoryHandle(name, { create: true });
        return folder.getDirectoryHandle(".opaque", { create: true });
      };
      const from = await (await pieces("put.db")).getFileHandle("database");
      const to = await (await pieces(folder)).getFileHandle(name, { create: true });
      // In a worker, because only there a file is written without a copy.
      const write = async () => {
        const { data: [from, to] } = await new Promise((resolve) => (globalThis.onmessage = resolve));
        const bytes = new Uint8Array(await (await from.getFile()).arrayBuffer());
        // Each begins with its name.
        bytes.set([..."cut.db"].map((letter) => letter.charCodeAt(0)));
        const access = await to.createSyncAccessHandle();
        access.write(bytes);
        access.close();
        globalThis.postMessage("written");
      };
      const worker = new window.Worker(URL.createObjectURL(new Blob([`(${write})()`])));
      worker.postMessage([from, to]);
      await new Promise((resolve) => (worker.onmessage = resolve));
      worker.terminate();
    }, [folder, name]);
  await cut(".cut.db.restoring", "0123");
  assert.deepEqual(await subjects(page, "opfs:cut.db", who), ["backed up", "later"]);
  assert.equal((await page.evaluate(folders))[".cut.db.restoring"], undefined);
  await cut("cut.db", "restored");
  assert.deepEqual(await subjects(page, "opfs:cut.db", who), ["backed up"]);
  assert.deepEqual(await subjects(page, "opfs:cut.db", who), ["backed up"]);
  await page.close();
});
