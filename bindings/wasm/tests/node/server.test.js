/** The server, by the examples that Python's answers as well, and the client that asks either. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conflict, Forbidden, NotFound, open, RuleViolation, where } from "nexa-crm";
import { connect, overHttp } from "nexa-crm/http";
import { handler, openapi, Unauthenticated } from "nexa-crm/server";

import { documentOf, described } from "../../dist/server/openapi.js";
import { catalog, text } from "../support/project.js";
import { Kept, mismatch } from "../support/stories.js";

const { scenarios } = JSON.parse(text("tests/http/examples.json"));

/** A tenant with the callers of the examples. */
async function tenant(t) {
  const crm = await open("memory:");
  t.after(() => crm.close());
  const lisa = await crm.createOrg("Acme Support", { admin: { name: "Lisa", email: "lisa@acme.example" } });
  const alex = await lisa.user.create({ name: "Alex", email: "alex@acme.example", role: "agent" });
  const vera = await lisa.user.create({ name: "Vera", email: "vera@acme.example", role: "viewer" });
  const session = (user) => crm.session({ org: lisa.org, user });
  const callers = { lisa, alex: session(alex.id), vera: session(vera.id) };
  const words = Object.fromEntries(Object.entries(callers).map(([name, { userId }]) => [name, { id: userId }]));
  return { crm, callers, words: { ...words, org: { id: lisa.org } } };
}

const authenticating = (callers) => (request) =>
  callers[/^Bearer (.*)$/.exec(request.headers.get("authorization") ?? "")?.[1]];

function expanded(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ("$repeat" in value) return value.$repeat[0].repeat(value.$repeat[1]);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, expanded(one)]));
}

async function run(answer, step, kept) {
  const caller = step.as === undefined ? "lisa" : step.as;
  const headers = new Headers(caller === null ? {} : { Authorization: `Bearer ${caller}` });
  for (const [name, value] of Object.entries(step.send ?? {})) headers.set(name, value);
  const url = new URL(kept.fill(step.path), "http://crm.example");
  for (const [name, value] of Object.entries(kept.fill(step.query ?? {}))) {
    url.searchParams.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  let body;
  if ("json" in step) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(expanded(kept.fill(step.json)));
  }
  if ("text" in step) body = new TextEncoder().encode(step.text);
  const got = await answer(new Request(url, { method: step.method, headers, body }));
  const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await got.arrayBuffer());
  const label = `${step.method} ${step.path}`;
  assert.equal(got.status, step.status, `${label}: ${content}`);
  const isJson = content !== "" && (got.headers.get("content-type") ?? "").includes("json");
  const found = isJson ? JSON.parse(content) : null;
  kept.words.body = found;
  for (const [name, wanted] of Object.entries(step.headers ?? {})) {
    assert.equal(mismatch(got.headers.get(name), kept.fill(wanted), `${label}: ${name}`), undefined);
  }
  if ("body" in step) assert.equal(mismatch(found, kept.fill(step.body), label), undefined);
  if ("answer" in step) assert.equal(content, step.answer, label);
  if ("keep" in step) kept.words[step.keep] = found;
}

for (const { name, steps } of scenarios) {
  test(name, async (t) => {
    const { callers, words } = await tenant(t);
    const answer = handler({ authenticate: authenticating(callers), largestBody: 100_000 });
    const kept = new Kept();
    kept.words = words;
    for (const step of steps) await run(answer, step, kept);
  });
}

test("the document is made of the catalog as in Python", async () => {
  const made = described(documentOf(JSON.parse(text("tests/http/catalog.json"))), "A small one", "/crm");
  assert.deepEqual(made, JSON.parse(text("tests/http/openapi.json")));
  const whole = await openapi();
  const named = Object.values(whole.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
  assert.equal(new Set(named).size, named.length);
  assert.deepEqual(Object.keys(catalog().operations).filter((name) => !named.includes(name)), []);
});

test("it may begin anywhere, and what is elsewhere is not found", async (t) => {
  const { callers } = await tenant(t);
  const answer = handler({ authenticate: () => callers.lisa, root: "/crm", title: "Desk" });
  const at = (path, said) => answer(new Request(new URL(path, "http://crm.example"), said));
  const headers = { "Content-Type": "application/json" };
  const made = await at("/crm/leads", { method: "POST", headers, body: JSON.stringify({ last_name: "Byron" }) });
  assert.equal(made.headers.get("location"), `/crm/leads/${(await made.json()).id}`);
  assert.equal((await at(made.headers.get("location"))).status, 200);
  assert.equal((await at("/leads")).status, 404);
  assert.equal((await at("/crmleads")).status, 404);
  const document = await (await at("/crm/openapi.json")).json();
  assert.deepEqual([document.servers, document.info.title], [[{ url: "/crm" }], "Desk"]);
});

test("what the host throws shows nothing of the inside, and its own session is never given away", async (t) => {
  const { crm, callers } = await tenant(t);
  const said = [];
  const broken = [
    () => { throw new Error("password=hunter2"); },
    () => crm.system(callers.lisa.org, "web"),
  ];
  for (const authenticate of broken) {
    const answer = handler({ authenticate, onError: (problem) => said.push(problem.message) });
    const got = await answer(new Request("http://crm.example/leads"));
    assert.equal(got.status, 500);
    assert.deepEqual(Object.entries(await got.json()).filter(([name]) => name === "code"), [["code", "http.failed"]]);
  }
  assert.match(said.join(), /hunter2.*every access is open/);
  const refusing = handler({ authenticate: () => { throw new Unauthenticated('Basic realm="crm"'); } });
  const got = await refusing(new Request("http://crm.example/leads"));
  assert.deepEqual([got.status, got.headers.get("www-authenticate")], [401, 'Basic realm="crm"']);
});

/** The events of a stream, as they come. */
async function* eventsOf(response) {
  let held = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    held += piece;
    const blocks = held.split("\n\n");
    held = blocks.pop();
    for (const block of blocks) {
      const lines = Object.fromEntries(block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
      if (lines.event) yield lines;
    }
  }
}

test("the feed is sent as events, goes on where it was, and ends", async (t) => {
  const { callers: { lisa } } = await tenant(t);
  const listen = (headers, feedSeconds = 30) =>
    handler({ authenticate: () => lisa, feedSeconds })(
      new Request("http://crm.example/feed?kind=lead", { headers: { Accept: "text/event-stream", ...headers } }),
    );
  const first = await listen();
  assert.equal(first.headers.get("content-type"), "text/event-stream");
  const events = eventsOf(first);
  await lisa.lead.create({ last_name: "Byron" });
  const { value: one } = await events.next();
  await lisa.lead.create({ last_name: "King" });
  const { value: two } = await events.next();
  assert.equal(JSON.parse(one.data).command, "lead.create");
  await events.return();
  const again = [];
  for await (const event of eventsOf(await listen({ "Last-Event-ID": one.id }, 0.05))) again.push(event);
  assert.deepEqual(again, [two]);
});

test("the client has the same API over a server", async (t) => {
  const { crm, callers } = await tenant(t);
  const answer = handler({ authenticate: authenticating(callers), root: "/crm" });
  const asked = [];
  const options = (name) => ({
    headers: async () => ({ Authorization: `Bearer ${name}` }),
    fetch: (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return answer(request);
    },
  });
  await assert.rejects(connect("http://desk.example/crm", options("nobody")), (problem) => {
    return problem instanceof Forbidden && problem.code === "http.unauthenticated";
  });
  const s = await connect("http://desk.example/crm/", options("lisa"));
  assert.deepEqual([s.org, s.userId], [callers.lisa.org, callers.lisa.userId]);
  const lead = await s.lead.create({ last_name: "Byron", company: "Engines" });
  assert.deepEqual(await s.lead.get({ lead: lead.id }), await callers.lisa.lead.get({ lead: lead.id }));
  assert.deepEqual((await s.lead.find({ filter: where({ company: "Engines" }) }).list()).map(({ id }) => id), [lead.id]);
  await assert.rejects(s.lead.qualify({ lead: lead.id }), (problem) => problem instanceof RuleViolation);
  await assert.rejects(s.ticket.get({ ticket: lead.id }), (problem) => problem instanceof NotFound && problem.details.kind === "ticket");
  await assert.rejects(s.with({ expected_version: 7 }).lead.contact({ lead: lead.id }), (problem) => {
    return problem instanceof Conflict && problem.code === "version.conflict" && problem.details.expected === 7;
  });
  const once = s.once("form-4711");
  assert.deepEqual((await once.lead.create({ last_name: "King" })).replayed, false);
  assert.deepEqual((await once.lead.create({ last_name: "King" })).replayed, true);
  await s.with({ reason: "Called – twice" }).lead.contact({ lead: lead.id });
  assert.equal((await s.lead.history({ lead: lead.id }).list()).at(-1).reason, "Called – twice");
  assert.equal((await s.batch([["lead.rescore", { lead: lead.id }]]))[0].id, lead.id);
  assert.ok((await s.explain("lead", lead.id)).allows("lead.lose"));
  assert.equal(await s.lead.count(), 2);
  const commands = [];
  for await (const event of s.feed({ only: { kind: "lead" } })) commands.push(event.command);
  assert.equal(commands[0], "lead.create");
  const report = await s.lead.importCsvFile(new Blob(["Email,Last Name\nada@example.com,Lovelace\n"]));
  assert.equal(report.created, 1);

  const bytes = new Uint8Array(2_500_000).map((_, at) => at % 251);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 300_000) yield bytes.subarray(at, at + 300_000);
  }
  for (const file of [new File([bytes], "big.bin", { type: "application/pdf" }), pieces()]) {
    const upload = await s.upload(file, { name: "big bin (1).bin" });
    assert.deepEqual([upload.size, upload.name], [bytes.length, "big bin (1).bin"]);
    const attachment = await s.attachment.add({ upload: upload.id, to: { kind: "lead", id: lead.id } });
    const download = await s.download(attachment.id);
    assert.deepEqual([download.name, download.size, download.range], [upload.name, bytes.length, [0, bytes.length]]);
    assert.deepEqual(await download.bytes(), bytes);
    assert.match(download.headers["Content-Disposition"], /^attachment;/);
    const part = await s.download(attachment.id, { range: [5, 1_500_009] });
    assert.deepEqual(await part.bytes(), bytes.slice(5, 1_500_009));
  }
  assert.ok(asked.includes("POST /crm/operations/lead.create") && asked.includes("POST /crm/uploads"));

  const other = await open(overHttp("http://desk.example/crm", options("vera")));
  await assert.rejects(other.createOrg("Mine", { admin: { name: "V", email: "v@acme.example" } }), { code: "store.unsupported" });
  const vera = other.session({ org: s.org, user: callers.vera.userId });
  await assert.rejects(vera.lead.create({ last_name: "X" }), { name: "Forbidden", code: "access.denied" });
  const torn = await open(overHttp("http://desk.example", { fetch: async () => new Response("<html>", { status: 502 }) }));
  await assert.rejects(torn.session({ org: s.org, user: "u" }).lead.count(), { name: "Unavailable", code: "http.failed" });
  await crm.close();
});
