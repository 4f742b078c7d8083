/** Files of the project. */

import { readdirSync, readFileSync } from "node:fs";

const ROOT = new URL("../../../../", import.meta.url);

/** The text of a file, by its path from the project's root, or its bytes in `base64`. */
export function text(path, encoding = "utf8") {
  return readFileSync(new URL(path, ROOT), encoding);
}

/** The stories by their names. */
export function stories() {
  const names = readdirSync(new URL("tests/stories/", ROOT)).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => [name, JSON.parse(text(`tests/stories/${name}`))]);
}

/** The catalog, which is the union of its files. */
export function catalog() {
  const whole = {};
  for (const name of readdirSync(new URL("schema/catalog/", ROOT))) {
    for (const [part, entries] of Object.entries(JSON.parse(text(`schema/catalog/${name}`)))) {
      whole[part] = typeof entries === "object" ? { ...whole[part], ...entries } : entries;
    }
  }
  return whole;
}

/** A folder of the project as a path. */
export function folder(path) {
  return new URL(path, ROOT).pathname;
}
