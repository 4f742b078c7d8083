/** Locks, channels and files of a browser, as a worker has them. */

import type { World } from "./member.js";
import type { Restoring } from "./messages.js";
import { NativeTransport } from "./native.js";
import { opfsFiles } from "./opfs.js";
import { Resting } from "./resting.js";

/** The name of the lock of who has a storage open. */
export function lockOf(url: string): string {
  return `nexa-crm/1/${url}`;
}

/** A file that another tab had open is let go of within this time after the lock, in milliseconds. */
const PATIENCE = 10_000;
const PAUSE = 50;

/** The browser's world, for a storage such as `opfs:crm.db`. */
export function browser(url: string): World {
  const files = opfsFiles(url.slice("opfs:".length));
  return {
    lock: async (name, signal, work) => {
      await navigator.locks.request(name, { signal }, work);
    },
    channel: (name) => new BroadcastChannel(name),
    prepare: () => {
      NativeTransport.prepare();
    },
    open: () => patiently("store.locked", async () => new Resting(await NativeTransport.open(url, files))),
    newId: () => crypto.randomUUID(),
  };
}

/** Puts a backup at its place, where nobody opens anything meanwhile. */
export async function restored(restoring: Restoring): Promise<void> {
  await navigator.locks.request(lockOf(restoring.url), { ifAvailable: true }, async (lock) => {
    if (lock) await patiently("restore.target_open", () => NativeTransport.restore(restoring, false));
    else await NativeTransport.restore(restoring, true);
  });
}

/** Tries again what finds a file held. The browser lets go of a killed tab's lock and of its file, not always in this order. */
async function patiently<T>(held: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await work();
    } catch (problem) {
      const again = (problem as { code?: unknown }).code === held;
      if (!again || performance.now() > until) throw problem;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
