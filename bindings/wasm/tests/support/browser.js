/** Debian's Chromium with a profile of its own, and pages in which nothing may go to the console as an error. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

const PROGRAM = process.env.NEXA_CHROMIUM ?? "/usr/bin/chromium";

/** A browser that can be started again with what it has kept. */
export class Browser {
  problems = [];
  #profile = mkdtempSync(join(tmpdir(), "nexa-chromium-"));

  async start() {
    this.context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: PROGRAM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    });
    return this;
  }

  /** Opens an address in a new tab, and waits until its page is ready. */
  async open(url) {
    const page = await this.context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.problems.push(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (problem) => this.problems.push(String(problem)));
    await page.goto(url);
    await page.waitForFunction(() => document.title === "ready");
    return page;
  }

  /**
   * How many bytes of memory each process has, by its number; or by how many all have grown since then at their peaks. As Linux counts
   * them.
   */
  memory({ peak = false, since } = {}) {
    const parents = new Map();
    const bytes = new Map();
    for (const id of readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name))) {
      try {
        const status = readFileSync(`/proc/${id}/status`, "utf8");
        parents.set(id, /^PPid:\s+([0-9]+)/m.exec(status)?.[1]);
        bytes.set(id, 1024 * Number((peak ? /^VmHWM:\s+([0-9]+)/m : /^VmRSS:\s+([0-9]+)/m).exec(status)?.[1] ?? 0));
        if (readFileSync(`/proc/${id}/cmdline`, "utf8").includes(`--user-data-dir=${this.#profile}`)) parents.set(id, "browser");
      } catch {
        // It has ended meanwhile.
      }
    }
    const ours = (id) => id === "browser" || (parents.has(id) && ours(parents.get(id)));
    const mine = new Map([...bytes].filter(([id]) => ours(id)));
    if (!since) return mine;
    return [...mine].reduce((sum, [id, size]) => sum + Math.max(0, size - (since.get(id) ?? 0)), 0);
  }

  /** Ends the browser; its profile stays. */
  async stop() {
    await this.context.close();
  }

  /** Ends everything. Nothing may have gone wrong on the way. */
  async end() {
    await this.stop();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(this.problems, []);
  }
}
