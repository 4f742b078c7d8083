// Makes of the catalog what `nexa-crm/server` knows of operations: their paths, and the document of OpenAPI. `npm run build` runs it.

import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { documentOf } from "./dist/server/openapi.js";
import { routes } from "./dist/server/routes.js";

const CATALOG = new URL("../../schema/catalog/", import.meta.url);
const SERVER = new URL("dist/server/", import.meta.url);

const catalog = {};
for (const name of readdirSync(CATALOG).sort()) {
  for (const [part, entries] of Object.entries(JSON.parse(readFileSync(new URL(name, CATALOG), "utf8")))) {
    catalog[part] = typeof entries === "object" ? { ...catalog[part], ...entries } : entries;
  }
}
const written = { table: ["ROUTES", routes(catalog)], document: ["DOCUMENT", documentOf(catalog)] };
for (const [name, [constant, value]] of Object.entries(written)) {
  // A text that is parsed is loaded in half of the time that a literal takes.
  const text = JSON.stringify(JSON.stringify(value));
  writeFileSync(new URL(`${name}.js`, SERVER), `export const ${constant} = JSON.parse(${text});\n`);
  copyFileSync(new URL(`typescript/server/${name}.d.ts`, import.meta.url), new URL(`${name}.d.ts`, SERVER));
}
