/** The host's own rows and Nexa's records in one transaction, in the file of a browser. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../support/browser.js";
import { folder } from "../support/project.js";
import { serve } from "../support/server.js";

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

/** Opens a file in a new tab, with a table of the host's. */
async function shop(url) {
  const page = await browser.open(server.url);
  const who = await page.evaluate(async (url) => {
    window.crm = await window.nexa.open(url);
    window.lisa = await window.crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    await window.lisa.transaction((tx) => tx.sql("CREATE TABLE orders (number integer PRIMARY KEY, lead blob, total real)"));
    return { org: window.lisa.org, user: window.lisa.userId };
  }, url);
  return { page, who };
}

/** What is in the table, and the leads. */
const kept = (page) =>
  page.evaluate(async () => ({
    orders: await window.lisa.transaction(async (tx) => [...(await tx.sql("SELECT number, total FROM orders ORDER BY number"))]),
    leads: (await window.lisa.lead.find().list()).map((lead) => lead.last_name).sort(),
  }));

test("both are kept, or neither", async () => {
  const { page } = await shop("opfs:kept.db");
  const seen = await page.evaluate(async () => {
    const { lisa, nexa } = window;
    return lisa.transaction(async (tx) => {
      const lead = await tx.lead.create({ last_name: "Byron" });
      const made = await tx.sql("INSERT INTO orders VALUES ($1, $2, $3)", [7, nexa.idBytes(lead.id), 99.5]);
      const [order] = await tx.sql("SELECT * FROM orders WHERE lead = ?", [nexa.idBytes(lead.id)]);
      return { changed: made.changed, same: order.lead === lead.id, order, seen: await tx.lead.count() };
    });
  });
  assert.deepEqual([seen.changed, seen.same, seen.order.total, seen.seen], [1, true, 99.5, 1]);
  const thrown = await page.evaluate(async () => {
    try {
      await window.lisa.transaction(async (tx) => {
        await tx.lead.create({ last_name: "Lovelace" });
        await tx.sql("INSERT INTO orders (number) VALUES (8)");
        throw new Error("no");
      });
    } catch (problem) {
      return problem.message;
    }
  });
  assert.equal(thrown, "no");
  await page.evaluate(() =>
    window.lisa.transaction(async (tx) => {
      await tx.sql("INSERT INTO orders (number) VALUES (9)");
      await tx.rollback();
    }),
  );
  assert.deepEqual(await kept(page), { orders: [{ number: 7, total: 99.5 }], leads: ["Byron"] });
});

test("a refusal leaves the transaction usable, and Nexa's tables are not the host's", async () => {
  const { page } = await shop("opfs:refused.db");
  const codes = await page.evaluate(async () => {
    const codes = [];
    await window.lisa.transaction(async (tx) => {
      const tries = [
        () => tx.sql("INSERT INTO order (number) VALUES (1)"),
        () => tx.sql("UPDATE nexa_leads SET score = 100"),
        () => tx.sql("COMMIT"),
        () => tx.sql("INSERT INTO orders (number) VALUES (1), (1)"),
        () => tx.lead.create({}),
        () => tx.transaction(() => undefined),
      ];
      for (const one of tries) await one().catch((problem) => codes.push(problem.code));
      await tx.sql("INSERT INTO orders (number) VALUES (1)");
    });
    return codes;
  });
  assert.deepEqual(codes.slice(0, 4), [
    "transaction.sql_failed", "transaction.sql_prohibited", "transaction.sql_prohibited", "transaction.constraint",
  ]);
  assert.equal(codes.length, 6);
  assert.equal(codes[5], "transaction.nested");
  assert.deepEqual((await kept(page)).orders, [{ number: 1, total: null }]);
});

test("others wait for its end, and see nothing of it before", async () => {
  const { page, who } = await shop("opfs:waits.db");
  const other = await browser.open(server.url);
  await other.evaluate(async () => (window.crm = await window.nexa.open("opfs:waits.db")));
  await page.evaluate(() => {
    window.begun = new Promise((begun) => {
      window.work = window.lisa.transaction(async (tx) => {
        await tx.lead.create({ last_name: "Byron" });
        begun();
        await new Promise((done) => (window.end = done));
      });
    });
    return window.begun;
  });
  const counted = other.evaluate(async (who) => window.crm.session(who).lead.count(), who);
  const early = await Promise.race([counted, new Promise((wait) => setTimeout(() => wait("waits"), 300))]);
  assert.equal(early, "waits");
  await page.evaluate(() => (window.end(), window.work));
  assert.equal(await counted, 1);
});

test("a tab that closes keeps nothing", async () => {
  const { page, who } = await shop("opfs:closed.db");
  const other = await browser.open(server.url);
  await other.evaluate(async () => (window.crm = await window.nexa.open("opfs:closed.db")));
  await page.evaluate(() => {
    return new Promise((begun) => {
      void window.lisa.transaction(async (tx) => {
        await tx.lead.create({ last_name: "Byron" });
        begun();
        await new Promise(() => undefined);
      });
    });
  });
  await page.close();
  assert.equal(await other.evaluate(async (who) => window.crm.session(who).lead.count(), who), 0);
});
