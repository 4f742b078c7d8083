/** Files of a browser: bytes beside the database in the origin's private file system. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../support/browser.js";
import { folder } from "../support/project.js";
import { serve } from "../support/server.js";

const MIB = 1_048_576;

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

/** Opens a file in a new tab; `window.crm` is the crm there. */
async function tab(url) {
  const page = await browser.open(server.url);
  await prepare(page, url);
  return page;
}

/** Opens a file in a page, with what the tests say there. */
const prepare = (page, url) =>
  page.evaluate(async (url) => {
    window.crm = await window.nexa.open(url);
    /** A piece of 256 KiB that begins with its number. */
    const piece = (number) => {
      const bytes = new Uint8Array(262_144).fill(number % 251);
      new DataView(bytes.buffer).setUint32(0, number);
      return bytes;
    };
    /** A stream of so many pieces, which calls a function before each. */
    window.pieces = (count, before = () => undefined) => {
      let number = 0;
      return new ReadableStream(
        {
          async pull(into) {
            if (number === count) return into.close();
            await before(number);
            into.enqueue(piece(number));
            number += 1;
          },
        },
        { highWaterMark: 0 },
      );
    };
    /** Reads what a stream of pieces was, and answers how many there were. */
    window.check = async (download) => {
      let at = 0;
      for await (const bytes of download) {
        for (let from = 0; from < bytes.length; from += 262_144) {
          const number = at / 262_144;
          const part = bytes.subarray(from, from + 262_144);
          const starts = new DataView(part.buffer, part.byteOffset).getUint32(0);
          if (starts !== number || part[part.length - 1] !== number % 251) throw new Error(`piece ${number} is another`);
          at += part.length;
        }
      }
      return at / 262_144;
    };
    window.attach = async (session, file, said) => {
      const lead = await session.lead.create({ company: "Umbrella" });
      const upload = await session.upload(file, said);
      return session.attachment.add({ upload: upload.id, to: { kind: "lead", id: lead.id } });
    };
  }, url);

/** Makes a tenant that takes large files, and answers who its admin is. */
const found = (page) =>
  page.evaluate(async () => {
    const lisa = await window.crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    await lisa.organisation.configure({ files: { largest: 1_000_000_000 } });
    return { org: lisa.org, user: lisa.userId };
  });

/** The names of what lies in the folder of files of a database. */
const lying = (page, name) =>
  page.evaluate(async (name) => {
    const names = [];
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle(`.${name}.files`).catch(() => undefined);
    if (all) for await (const tenant of all.values()) for await (const file of tenant.keys()) names.push(file.slice(36));
    return names.sort();
  }, name);

const sweep = (page, who) => page.evaluate(({ org }) => window.crm.system(org, "sweep").sweepFiles(), who);

test("a file is read again after a reload, by another tab, and after the browser was started again", async () => {
  let page = await tab("opfs:files.db");
  const who = await found(page);
  const file = await page.evaluate(async (who) => {
    const session = window.crm.session(who);
    await window.attach(session, window.pieces(6), { name: "pieces.bin" });
    return window.attach(session, new File(["hello"], "hello.txt", { type: "text/plain" }));
  }, who);
  assert.deepEqual([file.name, file.declared_type, file.size], ["hello.txt", "text/plain", 5]);
  const read = (page) =>
    page.evaluate(
      async ([who, id]) => {
        const session = window.crm.session(who);
        const download = await session.download(id);
        const large = await session.attachment.find({ filter: window.nexa.where({ name: "pieces.bin" }) }).first();
        const part = await session.download(large.id, { range: [262_144, 262_148] });
        return [
          await (await download.blob()).text(),
          await new Response(download.stream()).text(),
          download.headers["Content-Disposition"],
          await window.check(await session.download(large.id)),
          [...(await part.bytes())],
        ];
      },
      [who, file.id],
    );
  const disposition = "attachment; filename=\"hello.txt\"; filename*=UTF-8''hello.txt";
  const expected = ["hello", "hello", disposition, 6, [0, 0, 0, 1]];
  assert.deepEqual(await read(page), expected);
  await page.reload();
  await page.waitForFunction(() => document.title === "ready");
  await prepare(page, "opfs:files.db");
  assert.deepEqual(await read(page), expected);
  const other = await tab("opfs:files.db");
  assert.deepEqual(await read(other), expected);
  await other.close();
  await browser.stop();
  await browser.start();
  page = await tab("opfs:files.db");
  assert.deepEqual(await read(page), expected);
  assert.deepEqual(await lying(page, "files.db"), [".blob", ".blob"]);
  assert.deepEqual(await sweep(page, who), { kept: 2, removed: 0, missing: [] });
  await page.close();
});

test("what is refused, or breaks off, leaves nothing", async () => {
  const page = await tab("opfs:refused.db");
  const who = await found(page);
  const codes = await page.evaluate(async (who) => {
    const session = window.crm.session(who);
    await session.organisation.configure({ files: { largest: 1_000_000 } });
    const refused = (file, said) => session.upload(file, { name: "x.bin", ...said }).catch((problem) => problem.code ?? problem.message);
    const broken = window.pieces(9, (number) => {
      if (number === 3) throw new Error("the line was cut");
    });
    return [
      await refused(window.pieces(100)),
      await refused(new Blob([new Uint8Array(1_000_001)])),
      await refused(broken),
      await refused(new Blob([])),
      await refused(new Blob(["x"]), { sha256: "0".repeat(64) }),
    ];
  }, who);
  assert.deepEqual(codes, [
    "attachment.too_large",
    "attachment.too_large",
    "the line was cut",
    "attachment.empty",
    "attachment.hash_mismatch",
  ]);
  assert.deepEqual(await lying(page, "refused.db"), []);
  await page.close();
});

test("a tab that is killed while it sends leaves no row, and what it wrote of the bytes goes", async () => {
  const one = await tab("opfs:killed-files.db");
  const who = await found(one);
  await one.evaluate(async (who) => {
    const session = window.crm.session(who);
    await window.attach(session, new Blob(["kept"]), { name: "kept.txt" });
    await new Promise((written) => {
      const standing = window.pieces(9, (number) => number === 6 && new Promise(() => written()));
      void session.upload(standing, { name: "half.bin" });
    });
  }, who);
  const two = await tab("opfs:killed-files.db");
  await one.goto("about:blank");
  assert.equal(await two.evaluate((who) => window.crm.session(who).attachment.count(), who), 1);
  assert.deepEqual(await lying(two, "killed-files.db"), [".blob", ".coming"]);
  const swept = await sweep(two, who);
  assert.deepEqual(swept.missing, []);
  const text = await two.evaluate(async (who) => {
    const session = window.crm.session(who);
    const file = await session.attachment.find().first();
    return (await (await session.download(file.id)).blob()).text();
  }, who);
  assert.equal(text, "kept");
  await two.close();
  await one.close();
});

test("a large file passes through both workers piece by piece: memory does not grow with it", async () => {
  const one = await tab("opfs:large.db");
  const who = await found(one);
  const two = await tab("opfs:large.db");
  const passing = async (count) =>
    two.evaluate(
      async ([who, count]) => {
        const session = window.crm.session(who);
        const file = await window.attach(session, window.pieces(count), { name: "large.bin" });
        return [file.size, await window.check(await session.download(file.id))];
      },
      [who, count],
    );
  const idle = browser.memory();
  await passing(200);
  const small = browser.memory({ peak: true });
  const grown = browser.memory({ peak: true, since: idle });
  assert.deepEqual(await passing(1600), [400 * MIB, 1600]);
  const more = browser.memory({ peak: true, since: small });
  console.log(`a file of 50 MiB took ${Math.round(grown / MIB)} MiB in all processes at their peaks, one of 400 MiB ${Math.round(more / MIB)} more`);
  // What the browser's collectors of garbage leave for later is not what is held.
  assert.ok(more < 300 * MIB, `memory grew by ${more} bytes`);
  await two.close();
  await one.close();
});
