/** Where the compiled part is found: in tests of pages, and where a bundler has moved the script. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { build } from "vite";

import { folder } from "../support/project.js";

const own = folder("bindings/wasm");
const place = mkdtempSync(join(tmpdir(), "nexa-loading-"));
after(() => rmSync(place, { recursive: true }));

/** What a program prints that runs in a process of its own. */
function run(name, lines) {
  const path = join(place, name);
  writeFileSync(path, lines);
  return execFileSync(process.execPath, ["--no-warnings", path], { encoding: "utf8" }).trim();
}

const COUNT = `const crm = await open("memory:");
const lisa = await crm.createOrg("A", { admin: { name: "L", email: "l@a.example" } });
console.log(await lisa.lead.count());`;

test("a test of a page has a window, and a fetch that knows no files", () => {
  const window = `globalThis.window = globalThis.document = {};
globalThis.fetch = () => { throw new TypeError('URL scheme "file" is not supported'); };`;
  const printed = run(
    "page.mjs",
    `${window}
const { open } = await import(${JSON.stringify(join(own, "dist/index.js"))});
const { loadRules } = await import(${JSON.stringify(join(own, "dist/rules.js"))});
${COUNT}
console.log((await loadRules()).problem("lead.create", { email: 7 }).code);`,
  );
  assert.equal(printed, "0\nfield.invalid");
});

test("a bundled server says what is missing, and takes it from where it is named", async () => {
  mkdirSync(join(place, "node_modules/nexa-crm"), { recursive: true });
  for (const part of ["dist", "native", "package.json"]) {
    cpSync(join(own, part), join(place, "node_modules/nexa-crm", part), { recursive: true });
  }
  writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(
    join(place, "server.js"),
    `import { open } from "nexa-crm";
export const missing = await open("memory:").catch((problem) => problem.code);
export const crm = await open("memory:", { wasm: new URL("./nexa.wasm", import.meta.url) });
console.log(missing, await crm.hasOrg("00000000-0000-7000-8000-000000000000"));
await crm.close();
`,
  );
  await build({
    root: place,
    logLevel: "error",
    ssr: { noExternal: true },
    build: { ssr: join(place, "server.js"), outDir: join(place, "out"), target: "es2022" },
  });
  copyFileSync(join(own, "native/nexa_bg.wasm"), join(place, "out/nexa.wasm"));
  const printed = execFileSync(process.execPath, ["--no-warnings", join(place, "out/server.js")], { encoding: "utf8" });
  assert.equal(printed.trim(), "crm.wasm_missing false");
});
