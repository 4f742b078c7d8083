/** The JavaScript of the pages runs as it stands there. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

import { folder, text } from "../support/project.js";

// Where `nexa-crm` is this package.
const place = mkdtempSync(join(tmpdir(), "nexa-docs-"));
mkdirSync(join(place, "node_modules"));
symlinkSync(folder("bindings/wasm"), join(place, "node_modules/nexa-crm"), "dir");
after(() => rmSync(place, { recursive: true }));

for (const page of ["docs/javascript.md", "docs/http.md", "bindings/wasm/README.md"]) {
  test(page, async () => {
    const blocks = [...text(page).matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block);
    const script = join(place, `${page.replaceAll(/\W/g, "_")}.mjs`);
    writeFileSync(script, `import assert from "node:assert/strict";\nconst console = { log() {} };\n${blocks.join("")}`);
    await import(pathToFileURL(script).href);
  });
}
