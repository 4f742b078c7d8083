/** A folder that one process has for itself, in Node. */

import { Unavailable } from "./errors.js";
import { type NodeParts, unlessMissing } from "./node.js";

/** Whoever makes a lock has said within this time who it is, in milliseconds. */
const NAMING = 10_000;

/** The locks of this process, by what stands in them. */
const held = new Set<string>();

/** A lock that is held. */
export interface Lock {
  /** Gives the folder free. */
  release: () => Promise<void>;
}

/**
 * Takes a folder for this process. A process that was killed has left its lock behind; it is taken over. Raises `Unavailable`
 * (`store.locked`).
 */
export async function lock(parts: NodeParts, folder: string): Promise<Lock> {
  const { fs, path, pid } = parts;
  const place = path.join(folder, "lock");
  const own = `${String(pid)} ${crypto.randomUUID()}`;
  for (;;) {
    if (await created(parts, place, own)) break;
    const found = await unlessMissing(fs.readFile(place, "utf8"));
    if (found === undefined) continue;
    if (found === "" ? await isNew(parts, place) : isHeld(parts, found)) throw locked(folder);
    // Two may find what was left behind; the one that moves it away takes the folder.
    const aside = path.join(folder, `lock.${crypto.randomUUID()}`);
    await unlessMissing(fs.rename(place, aside));
    const moved = await unlessMissing(fs.readFile(aside, "utf8"));
    if (moved !== undefined && moved !== found) {
      // It was the lock of somebody who was quicker.
      await fs.link(aside, place).catch(() => undefined);
      await fs.rm(aside, { force: true });
      throw locked(folder);
    }
    await fs.rm(aside, { force: true });
  }
  held.add(own);
  // Once: later it may be somebody else's.
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    await fs.rm(place, { force: true });
    held.delete(own);
  };
  return { release: () => (released ??= release()) };
}

async function created({ fs }: NodeParts, place: string, own: string): Promise<boolean> {
  try {
    await fs.writeFile(place, own, { flag: "wx" });
    return true;
  } catch (problem) {
    if ((problem as { code?: unknown }).code === "EEXIST") return false;
    throw problem;
  }
}

/** Whether somebody has made a lock just now, and not yet said who. */
async function isNew({ fs }: NodeParts, place: string): Promise<boolean> {
  const found = await unlessMissing(fs.stat(place));
  return found !== undefined && Date.now() - found.mtimeMs < NAMING;
}

/** Whether a process that is at work has the lock; a number may have been given again, to this process too. */
function isHeld({ pid, isAlive }: NodeParts, text: string): boolean {
  const [word = ""] = text.split(" ");
  const owner = Number(word);
  return owner === pid ? held.has(text) : Number.isInteger(owner) && owner > 0 && isAlive(owner);
}

function locked(folder: string): Unavailable {
  const message = "Another process has the folder open, or another Crm of this one; close it, or ask it over HTTP.";
  return new Unavailable({ kind: "unavailable", code: "store.locked", message, params: { folder }, retryable: true });
}
