/**
 * Measures the package beside others in one page of one browser: `cargo xtask bench browser`. `--short` has little data, and
 * shows that it runs.
 */

import { Browser } from "../tests/support/browser.js";
import { folder } from "../tests/support/project.js";
import { serve } from "../tests/support/server.js";
import { TYPED } from "./leads.js";
import { table } from "./table.js";

const short = process.argv.includes("--short");
const TURNS = short ? 2 : 7;
const PAGES = short ? 2 : 20;
const MANY = short ? 1_000 : 50_000;
const STORED = short ? 500 : 10_000;

const MEMORY = ["Nexa, memory", "sql.js, memory", "PGlite, memory"];
const KEPT = ["Nexa, OPFS", "PGlite, IndexedDB"];
const FILES = ["Nexa, OPFS", "sql.js, whole file in IndexedDB", "PGlite, IndexedDB"];

const median = (all) => all.toSorted((one, other) => one - other)[Math.floor(all.length / 2)];

/** Lets everybody take a turn, one after another and beginning with another each time; what each took, by turn. */
async function turns(all, measure) {
  const taken = new Map(all.map((one) => [one, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (let at = 0; at < all.length; at += 1) {
      const one = all[(turn + at) % all.length];
      taken.get(one).push(await measure(one));
    }
  }
  return taken;
}

/** A line for Nexa, and one for each of the others with the ratio of the turns that were taken together. */
function lines(what, taken, wanted) {
  const [[own, ours], ...others] = taken;
  const first = { what, who: own, milliseconds: median(ours), wanted };
  return [first, ...others.map(([who, theirs]) => ({ what, who, milliseconds: median(theirs), ratio: median(theirs.map((time, turn) => time / ours[turn])) }))];
}

/** The median of what was typed, and the slowest. */
const summed = (taken, sum) => new Map([...taken].map(([who, turns]) => [who, turns.map(sum)]));

const server = await serve(folder("bindings/wasm"), { page: null, clock: false, kept: true });
const address = `${server.url}bench/page.html`;
const browser = await new Browser().start();
const figures = [];
try {
  const page = await browser.open(address);
  const call = (name, ...words) => page.evaluate(([name, words]) => window.bench[name](...words), [name, words]);
  for (const [place, all, { creates, create, search }] of [
    ["memory", MEMORY, { creates: 300, create: 0.2, search: 30 }],
    ["stored", KEPT, { creates: 40, search: 30 }],
  ]) {
    const count = short ? 20 : creates;
    for (const one of all) {
      await call("open", one);
      await call("create", one, count);
    }
    figures.push(...lines(`lead created, ${place}`, await turns(all, (one) => call("create", one, count)), create));
    for (const one of all) await call("fill", one, MANY);
    const among = `of ${MANY.toLocaleString("en")}, ${place}`;
    figures.push(...lines(`page of 50 by score ${among}`, await turns(all, (one) => call("page", one, PAGES))));
    const typed = await turns(all, (one) => call("search", one, TYPED));
    figures.push(...lines(`search as you type ${among}`, summed(typed, median), search));
    figures.push(...lines(`the slowest of them ${among}`, summed(typed, (times) => Math.max(...times))));
    for (const one of all) await call("close", one);
  }
  for (const one of FILES) {
    await call("open", one, "stored");
    await call("fill", one, STORED);
    await call("close", one);
  }
  await page.close();
  const first = async (one) => {
    const tab = await browser.open(`${address}?${encodeURIComponent(one)}`);
    const time = await tab.evaluate(() => window.shown);
    await tab.close();
    return time;
  };
  for (const one of FILES) await first(one);
  figures.push(...lines(`first rows of ${STORED.toLocaleString("en")} stored`, await turns(FILES, first), 500));
  console.log(`Chromium ${browser.context.browser()?.version() ?? ""}`);
} finally {
  await browser.end();
  await server.close();
}
console.log(table(figures, short));
if (!short && figures.some(({ milliseconds, wanted }) => wanted !== undefined && milliseconds > wanted)) process.exitCode = 1;
