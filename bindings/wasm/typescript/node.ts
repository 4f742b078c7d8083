/** What of Node's own modules is used. They are not named by literals: a bundler for browsers would look for them. */

import type * as Files from "node:fs/promises";
import type * as Paths from "node:path";

import { urlInvalid } from "./errors.js";

/** The parts of Node that keep things in folders. */
export interface NodeParts {
  fs: typeof Files;
  path: typeof Paths;
  /** Whether the system writes the names in folders down by itself. */
  writesNames: boolean;
  /** The number of this process. */
  pid: number;
  /** Whether a process with this number is at work. */
  isAlive: (pid: number) => boolean;
}

/** What of the process is used. */
interface Process {
  versions?: { node?: string };
  platform?: string;
  pid: number;
  kill: (pid: number, signal: number) => boolean;
}

/** Node's parts. Raises `Invalid` (`crm.url_invalid`) in a browser. */
export async function node(place: string): Promise<NodeParts> {
  const runtime = (globalThis as { process?: Process }).process;
  if (runtime?.versions?.node === undefined) throw urlInvalid(place, "a folder needs Node");
  const [files, paths] = ["node:fs/promises", "node:path"];
  const fs = (await import(/* @vite-ignore */ /* webpackIgnore: true */ files)) as typeof Files;
  const path = (await import(/* @vite-ignore */ /* webpackIgnore: true */ paths)) as typeof Paths;
  const isAlive = (pid: number): boolean => {
    try {
      return runtime.kill(pid, 0);
    } catch (problem) {
      // Somebody else's process is one as well.
      return (problem as { code?: unknown }).code === "EPERM";
    }
  };
  return { fs, path, writesNames: runtime.platform === "win32", pid: runtime.pid, isAlive };
}

/** Writes down the names in a folder. */
export async function syncFolder({ fs, writesNames }: NodeParts, folder: string): Promise<void> {
  if (writesNames) return;
  const opened = await fs.open(folder, "r");
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

/** What is there; undefined where it is not. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (problem) {
    if ((problem as { code?: unknown }).code === "ENOENT") return undefined;
    throw problem;
  }
}
