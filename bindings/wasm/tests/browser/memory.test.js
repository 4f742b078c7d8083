/** The stories in a page, in memory. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Browser } from "../support/browser.js";
import { FORMS, forms } from "../support/forms.js";
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

test("the stories end as they do on a server", async (context) => {
  const page = await browser.open(server.url);
  await page.exposeFunction("read", text);
  for (const [name, story] of stories()) {
    await context.test(name, async () => {
      const events = await page.evaluate(
        async ([story, kinds]) => {
          const real = Date.now;
          const clock = (moment) => (Date.now = () => Date.parse(moment));
          const { nexa, read, replay } = window;
          const crm = await nexa.open("memory:");
          try {
            return await replay({ nexa, crm, clock, read, kinds }, story);
          } finally {
            Date.now = real;
            await crm.close();
          }
        },
        [story, kinds],
      );
      assert.ok(events > 10);
    });
  }
  await page.close();
});

test("errors, explanations and imports of dropped files are the same in a page", async () => {
  const page = await browser.open(server.url);
  const said = await page.evaluate(async () => {
    const { nexa } = window;
    const crm = await nexa.open("memory:");
    const lisa = await crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
    const file = new File(["Email,Full Name\nada@example.com,Ada Byron\nnobody,\n"], "leads.csv");
    const reported = [];
    const report = await lisa.lead.importCsvFile(file, { progress: (done) => reported.push(done.bytes) });
    const ticket = await lisa.ticket.create({ subject: "One" });
    const refused = await lisa.ticket.close({ ticket: ticket.id }).catch((problem) => problem);
    const explained = await lisa.explain("ticket", ticket.id);
    await crm.close();
    const rule = refused instanceof nexa.RuleViolation && refused.code;
    return [report.created, report.refused, reported, rule, explained.refused["ticket.close"].code];
  });
  assert.deepEqual(said, [1, 1, [50], "ticket.not_resolved", "ticket.not_resolved"]);
  await page.close();
});

test("the rules are loaded without the storage", async () => {
  const page = await browser.open(server.url);
  const loaded = [];
  page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
  const code = await page.evaluate(async () => {
    const { loadRules } = await import("nexa-crm/rules");
    const rules = await loadRules();
    return rules.problem("ticket.comment", {}).code;
  });
  assert.equal(code, "command.malformed");
  assert.ok(loaded.includes("/native/rules_bg.wasm"));
  assert.ok(!loaded.includes("/native/nexa_bg.wasm"));
  await page.close();
});

test("it knows the normal forms of Unicode that the rules go by", async () => {
  const page = await browser.open(server.url);
  assert.deepEqual(await page.evaluate(forms), FORMS);
});
