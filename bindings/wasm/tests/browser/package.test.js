/** What a user installs: the packed file in an empty project, in Node, under the compiler, and built by Vite. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createServer } from "vite";

import { Browser } from "../support/browser.js";
import { folder } from "../support/project.js";
import { serve } from "../support/server.js";

const own = folder("bindings/wasm");
const project = mkdtempSync(join(tmpdir(), "nexa-project-"));
const run = (program, ...words) => execFileSync(program, words, { cwd: project, encoding: "utf8" });
const tool = (path, ...words) => run(process.execPath, join(own, "node_modules", path), ...words);

const STORY = `
export async function story(place: "memory:" | "opfs:packed.db"): Promise<string> {
  const crm = await open(place);
  const lisa = await crm.createOrg("Acme Support", { admin: { name: "Lisa", email: "lisa@acme.example" } });
  const ticket = await lisa.ticket.create({ subject: "Cannot log in", priority: "high" });
  const open_: number = await lisa.ticket.count({ filter: where({ status: "open" }) });
  const refused = await lisa.ticket.close({ ticket: ticket.id }).catch((problem: unknown) => problem);
  await crm.close();
  return \`\${ticket.number} \${open_} \${refused instanceof RuleViolation ? refused.code : ""}\`;
}
`;
const OUTCOME = "T-000001 1 ticket.not_resolved";

before(() => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", project], { cwd: own, encoding: "utf8" }),
  );
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${packed.filename}`);
  writeFileSync(join(project, "story.ts"), `import { open, RuleViolation, where } from "nexa-crm";\n${STORY}`);
});
after(() => rmSync(project, { recursive: true, force: true }));

test("it has what it needs, and nothing else", () => {
  const installed = join(project, "node_modules/nexa-crm");
  assert.deepEqual(readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")), ["nexa-crm"]);
  const files = readdirSync(installed).sort();
  assert.deepEqual(files, ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "dist", "native", "package.json"]);
  assert.ok(readdirSync(join(installed, "native")).includes("nexa_bg.wasm"));
});

test("the compiler takes its declarations as strictly as it can", () => {
  const options = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: "ES2022",
      module: "nodenext",
      lib: ["ES2022", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      types: [],
    },
    files: ["story.ts"],
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify(options));
  tool("typescript/bin/tsc", "--project", ".");
});

test("it runs in Node", () => {
  // The compiler has written story.js.
  writeFileSync(join(project, "run.js"), `import { story } from "./story.js";\nconsole.log(await story("memory:"));\n`);
  assert.equal(run(process.execPath, "--pending-deprecation", "--throw-deprecation", "run.js").trim(), OUTCOME);
});

/** Opens a page of the project, and checks how the story ended there. */
async function storyAt(url) {
  const browser = await new Browser().start();
  try {
    const tab = await browser.open(url);
    assert.equal(await tab.evaluate(() => window.story("memory:")), OUTCOME);
    assert.equal(await tab.evaluate(() => window.story("opfs:packed.db")), OUTCOME);
  } finally {
    await browser.end();
  }
}

test("Vite builds it, and the page works from a folder of its own", async () => {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><link rel="icon" href="data:,">
<script type="module" src="./main.ts"></script></html>`;
  writeFileSync(join(project, "index.html"), page);
  const main = `import { story } from "./story.ts";\nObject.assign(window, { story });\ndocument.title = "ready";\n`;
  writeFileSync(join(project, "main.ts"), main);
  tool("vite/bin/vite.js", "build", "--logLevel", "warn", "--base", "./");
  const server = await serve(join(project, "dist"), { page: null, clock: false });
  try {
    await storyAt(server.url);
  } finally {
    await server.close();
  }
});

test("Vite's development server serves it when it leaves the package alone", async () => {
  const optimizeDeps = { exclude: ["nexa-crm"] };
  const server = await createServer({ root: project, optimizeDeps, configFile: false, logLevel: "warn", server: { port: 0 } });
  await server.listen();
  try {
    await storyAt(`http://localhost:${server.httpServer.address().port}/`);
  } finally {
    await server.close();
  }
});
