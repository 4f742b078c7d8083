/** What the browser keeps: a file in the private file system of the origin, which all its tabs share. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../support/browser.js";
import { catalog, folder, stories, text } from "../support/project.js";
import { serve } from "../support/server.js";

const kinds = Object.keys(catalog().kinds);
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
  await page.evaluate(async (url) => (window.crm = await window.nexa.open(url)), url);
  return page;
}

/** Makes a tenant, and answers who its admin is. */
const found = (page) =>
  page.evaluate(async () => {
    const lisa = await window.crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    return { org: lisa.org, user: lisa.userId };
  });

/** Begins to make so many leads; \`window.made\` are those that were answered. */
const begin = (page, who, count, name) =>
  page.evaluate(
    ([who, count, name]) => {
      const session = window.crm.session(who);
      window.made = [];
      window.all = Promise.all(
        Array.from({ length: count }, async (_, at) => {
          window.made.push(await session.lead.create({ last_name: `${name} ${at}` }));
        }),
      ).then(() => window.made.map((lead) => lead.id));
    },
    [who, count, name],
  );

const names = (page, who) =>
  page.evaluate(async (who) => {
    const leads = await window.crm.session(who).lead.find().list();
    return leads.map((lead) => lead.last_name).sort();
  }, who);

test("the stories end as they do on a server", async (context) => {
  const page = await browser.open(server.url);
  await page.exposeFunction("read", text);
  for (const [name, story] of stories()) {
    await context.test(name, async () => {
      const events = await page.evaluate(
        async ([name, story, kinds]) => {
          const { nexa, read, replay } = window;
          const channel = new BroadcastChannel("clock");
          const clock = (moment) => {
            const set = new Promise((resolve) => (channel.onmessage = resolve));
            channel.postMessage(Date.parse(moment));
            return set;
          };
          const crm = await nexa.open(`opfs:${name}.db`);
          try {
            return await replay({ nexa, crm, clock, read, kinds }, story);
          } finally {
            await crm.close();
            channel.close();
          }
        },
        [name, story, kinds],
      );
      assert.ok(events > 10);
    });
  }
  await page.close();
});

test("what was written is there after a reload, and after the browser was started again", async () => {
  let page = await tab("opfs:kept.db");
  const who = await found(page);
  await begin(page, who, 3, "Kept");
  await page.evaluate(() => window.all);
  await page.reload();
  await page.waitForFunction(() => document.title === "ready");
  await page.evaluate(async () => (window.crm = await window.nexa.open("opfs:kept.db")));
  assert.deepEqual(await names(page, who), ["Kept 0", "Kept 1", "Kept 2"]);
  await browser.stop();
  await browser.start();
  page = await tab("opfs:kept.db");
  assert.deepEqual(await names(page, who), ["Kept 0", "Kept 1", "Kept 2"]);
  assert.equal(await page.evaluate(({ org }) => window.crm.hasOrg(org), who), true);
  assert.ok((await page.evaluate((who) => window.crm.session(who).ledger.verify(), who)).events > 3);
  await page.close();
});

test("calls wait for a file that is still opening, and hear why it does not open", async () => {
  const page = await browser.open(server.url);
  const name = await page.evaluate(async () => {
    window.crm = window.nexa.opening("opfs:soon.db");
    const lisa = await window.crm.createOrg("Soon", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    return (await lisa.organisation.get({ org: lisa.org })).name;
  });
  assert.equal(name, "Soon");
  const refused = await page.evaluate(async () => {
    const crm = window.nexa.opening("opfs:no name");
    const problem = await crm.hasOrg("019a8d2c-5f00-7000-8000-0000000000b1").catch((problem) => problem);
    await crm.close();
    return problem.code;
  });
  assert.equal(refused, "store.name");
  await page.close();
});

/** The sizes of a database's files with something in them, beyond the page in which the browser's layer names each. */
const sizes = (page, name) =>
  page.evaluate(async (name) => {
    let folder = await navigator.storage.getDirectory();
    for (const part of [".nexa", name, ".opaque"]) folder = await folder.getDirectoryHandle(part);
    const all = [];
    for await (const file of folder.values()) all.push((await file.getFile()).size - 4096);
    return all.filter((size) => size > 0);
  }, name);

test("the log is brought into the file when nobody asks for anything", { timeout: 30_000 }, async () => {
  const page = await tab("opfs:rest.db");
  const who = await found(page);
  // Somebody asks all the time, at first.
  await page.evaluate(({ org }) => {
    window.busy = true;
    window.asking = (async () => {
      while (window.busy) await window.crm.hasOrg(org);
    })();
  }, who);
  await begin(page, who, 3, "Rest");
  await page.evaluate(() => window.all);
  assert.equal((await sizes(page, "rest.db")).length, 2);
  await page.evaluate(async () => {
    window.busy = false;
    await window.asking;
  });
  while ((await sizes(page, "rest.db")).length > 1) await page.waitForTimeout(50);
  assert.deepEqual(await names(page, who), ["Rest 0", "Rest 1", "Rest 2"]);
  await page.close();
});

test("two tabs work on one file, and see each other's work", async () => {
  const [one, two] = [await tab("opfs:two.db"), await tab("opfs:two.db")];
  const who = await found(one);
  await begin(one, who, 40, "One");
  await begin(two, who, 40, "Two");
  await Promise.all([one, two].map((page) => page.evaluate(() => window.all)));
  for (const page of [one, two]) assert.equal((await names(page, who)).length, 80);
  const refused = await two.evaluate(async (who) => {
    const session = window.crm.session(who);
    const { id } = await session.ticket.create({ subject: "One" });
    const problem = await session.ticket.close({ ticket: id }).catch((problem) => problem);
    return [problem instanceof window.nexa.RuleViolation, problem.code];
  }, who);
  assert.deepEqual(refused, [true, "ticket.not_resolved"]);
  await one.close();
  await two.close();
});

test("a tab that closes in good order hands the file over", async () => {
  const [one, two] = [await tab("opfs:over.db"), await tab("opfs:over.db")];
  const who = await found(one);
  await begin(two, who, 60, "Two");
  await one.evaluate(() => window.crm.close());
  await two.evaluate(() => window.all);
  assert.equal((await names(two, who)).length, 60);
  // The same page may come back, as one of the others now.
  await one.evaluate(async () => (window.crm = await window.nexa.open("opfs:over.db")));
  assert.equal((await names(one, who)).length, 60);
  await one.close();
  await two.close();
});

test("a file whose former owner lets go of it piece by piece is opened when all of it is free", async () => {
  const page = await tab("opfs:slow.db");
  const who = await found(page);
  await page.evaluate(() => window.crm.close());
  const there = await page.evaluate(async ({ org }) => {
    // Another worker has the piece that is looked at last, as one has that is being killed, and soon ends.
    const held = async () => {
      let folder = await navigator.storage.getDirectory();
      for (const part of [".nexa", "slow.db", ".opaque"]) folder = await folder.getDirectoryHandle(part);
      const pieces = [];
      for await (const piece of folder.values()) pieces.push(piece);
      const access = await pieces.at(-1).createSyncAccessHandle();
      globalThis.postMessage("held");
      setTimeout(() => access.close(), 500);
    };
    const worker = new window.Worker(URL.createObjectURL(new Blob([`(${held})()`])));
    await new Promise((resolve) => (worker.onmessage = resolve));
    const crm = await window.nexa.open("opfs:slow.db");
    const there = await crm.hasOrg(org);
    await crm.close();
    worker.terminate();
    return there;
  }, who);
  assert.equal(there, true);
  await page.close();
});

for (const [how, kill] of [
  ["closed", (page) => page.close()],
  ["left for another page", (page) => page.goto("about:blank")],
]) {
  test(`when the owner's tab is ${how} in the middle of work, nothing is lost and nothing done twice`, async () => {
    for (let round = 0; round < 3; round += 1) {
      const file = `opfs:killed-${how.length}-${round}.db`;
      const one = await tab(file);
      const who = await found(one);
      const others = [await tab(file), await tab(file)];
      await begin(one, who, 100, "One");
      await Promise.all(others.map((page, at) => begin(page, who, 100, `Other ${at}`)));
      await others[0].waitForFunction((count) => window.made.length > count, round * 30);
      await kill(one);
      const ids = (await Promise.all(others.map((page) => page.evaluate(() => window.all)))).flat();
      assert.equal(new Set(ids).size, 200);
      const all = await names(others[1], who);
      assert.equal(new Set(all).size, all.length, "nothing is there twice");
      assert.equal(all.filter((name) => name.startsWith("Other")).length, 200, "nothing is lost");
      const { events } = await others[0].evaluate((who) => window.crm.session(who).ledger.verify(), who);
      assert.ok(events >= all.length);
      for (const page of [one, ...others]) await page.close();
    }
  });
}
