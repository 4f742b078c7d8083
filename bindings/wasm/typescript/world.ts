/** Locks, channels and files of a browser, as a worker has them. */

import type { World } from "./member.js";
import { NativeTransport } from "./native.js";
import { Resting } from "./resting.js";
import type { TextTransport } from "./transport.js";

/** A file that another tab had open is let go of within this time after the lock, in milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 50;

/** The browser's world, for a storage such as `opfs:crm.db`. */
export function browser(url: string): World {
  return {
    lock: async (name, signal, work) => {
      await navigator.locks.request(name, { signal }, work);
    },
    channel: (name) => new BroadcastChannel(name),
    prepare: () => {
      NativeTransport.prepare();
    },
    open: () => opened(url),
    newId: () => crypto.randomUUID(),
  };
}

/** Opens the file. The browser lets go of a killed tab's lock and of its file, not always in this order. */
async function opened(url: string): Promise<TextTransport> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    try {
      return new Resting(await NativeTransport.open(url));
    } catch (problem) {
      const locked = (problem as { code?: unknown }).code === "store.locked";
      if (!locked || performance.now() > until) throw problem;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
