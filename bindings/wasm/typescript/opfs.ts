/** The bytes of files in the origin's private file system, in a folder beside the database; in a dedicated worker. */

import type { FileStore, FileWriter } from "./files.js";

/** What of a worker's file handles is used. The names of types for pages leave these out. */
interface WorkerFile extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, options: { at: number }): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }>;
  move(name: string): Promise<void>;
}

/** A file that is whole; one that is being written has another ending. */
const WHOLE = ".blob";
const COMING = ".coming";

/** The store of the files of a database of this name. No name of a database begins with a dot. */
export function opfsFiles(database: string): FileStore {
  const folder = `.${database}.files`;
  return {
    put: async (org, id) => writer(await made(folder, org), id),
    get: async (org, id, from, to) => {
      const kept = await found(folder, org);
      const handle = kept && (await unlessMissing(kept.getFileHandle(id + WHOLE)));
      const file = await handle?.getFile();
      return file && new Uint8Array(await file.slice(from, to).arrayBuffer());
    },
    delete: async (org, id) => {
      const kept = await found(folder, org);
      for (const ending of [COMING, WHOLE]) if (kept) await unlessMissing(kept.removeEntry(id + ending));
    },
    list: async (org, after = "", limit) => {
      const kept = await found(folder, org);
      const ids = new Set<string>();
      if (kept) {
        for await (const name of kept.keys()) {
          const id = name.slice(0, name.lastIndexOf("."));
          if (id > after) ids.add(id);
        }
      }
      return [...ids].sort().slice(0, limit);
    },
  };
}

/** The folder of a tenant, which is made where there is none. */
async function made(folder: string, org: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle(folder, { create: true });
  return all.getDirectoryHandle(org, { create: true });
}

/** The folder of a tenant where there is one. */
async function found(folder: string, org: string): Promise<FileSystemDirectoryHandle | undefined> {
  const root = await navigator.storage.getDirectory();
  const all = await unlessMissing(root.getDirectoryHandle(folder));
  return all && unlessMissing(all.getDirectoryHandle(org));
}

/** What is there; undefined where it is not. */
async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (problem) {
    if ((problem as { name?: unknown }).name === "NotFoundError") return undefined;
    throw problem;
  }
}

/** Writes aside. A file gets its name once all of it is on the disk, so that half of one is never taken for it. */
async function writer(kept: FileSystemDirectoryHandle, id: string): Promise<FileWriter> {
  const coming = (await kept.getFileHandle(id + COMING, { create: true })) as WorkerFile;
  const open = await coming.createSyncAccessHandle();
  open.truncate(0);
  let at = 0;
  return {
    write: (bytes) => {
      for (let from = 0; from < bytes.length; ) {
        const written = open.write(bytes.subarray(from), { at });
        if (written === 0) throw new Error("the browser has no room for the file");
        from += written;
        at += written;
      }
    },
    finish: async () => {
      open.flush();
      open.close();
      // Not every browser puts one file in the place of another.
      await unlessMissing(kept.removeEntry(id + WHOLE));
      await coming.move(id + WHOLE);
    },
    abort: async () => {
      open.close();
      await unlessMissing(kept.removeEntry(id + COMING));
    },
  };
}
