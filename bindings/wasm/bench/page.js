/** The page in which everything is measured. With a name behind `?`, it opens what is stored under it and shows its first rows. */

import { leads } from "./leads.js";

const OPENED = {
  "Nexa, memory": async () => (await import("./nexa.js")).Nexa.open("memory:"),
  "Nexa, OPFS": async (name = "bench") => (await import("./nexa.js")).Nexa.open(`opfs:${name}.db`),
  "sql.js, memory": async () => (await import("./sqljs.js")).SqlJs.open(),
  "sql.js, whole file in IndexedDB": async (name) => (await import("./sqljs.js")).SqlJs.open(name),
  "PGlite, memory": async () => (await import("./pglite.js")).Pg.open("memory://"),
  "PGlite, IndexedDB": async (name = "bench") => (await import("./pglite.js")).Pg.open(`idb://${name}`),
};
const stores = new Map();
let made = 1_000_000;

/** What the program calls that measures. */
window.bench = {
  async open(what, name) {
    stores.set(what, await OPENED[what](name));
  },
  async fill(what, count) {
    await stores.get(what).fill(leads(0, count));
  },
  async close(what) {
    await stores.get(what).close();
    stores.delete(what);
  },
  /** Milliseconds for each of so many leads, one after another. */
  async create(what, count) {
    const store = stores.get(what);
    const some = leads(made, count);
    made += count;
    const began = performance.now();
    for (const lead of some) await store.create(lead);
    return (performance.now() - began) / count;
  },
  /** Milliseconds for a first page, on average of so many. */
  async page(what, count) {
    const store = stores.get(what);
    const began = performance.now();
    for (let at = 0; at < count; at += 1) {
      if ((await store.page()).length !== 50) throw new Error(`${what} has no full page`);
    }
    return (performance.now() - began) / count;
  },
  /** Milliseconds for each text. */
  async search(what, texts) {
    const store = stores.get(what);
    const taken = [];
    for (const text of texts) {
      const began = performance.now();
      if ((await store.search(text)).length === 0) throw new Error(`${what} finds nothing for ${text}`);
      taken.push(performance.now() - began);
    }
    return taken;
  },
};

const shown = decodeURIComponent(location.search.slice(1));
if (shown) {
  await window.bench.open(shown, "stored");
  const rows = await stores.get(shown).page();
  const table = document.querySelector("table");
  for (const lead of rows) {
    const line = table.insertRow();
    for (const name of ["first_name", "last_name", "company", "score"]) line.insertCell().textContent = lead[name];
  }
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  window.shown = performance.now();
}
document.title = "ready";
