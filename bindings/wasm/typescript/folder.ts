/**
 * The bytes of files in a folder, in Node. The folder is as `FolderBlobs` of Rust and `files=` of Python have it, and can be shared with
 * them: `FOLDER/TENANT/kept/0f/….blob` is a file that is whole, `FOLDER/TENANT/coming/…` one that is being written.
 */

import type { FileStore, FileWriter } from "./files.js";
import { node, type NodeParts, syncFolder, unlessMissing } from "./node.js";

/** Into how many folders the files of a tenant are spread. */
const SHARDS = 256;

const NAME = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** The store of the files in a folder, which is made where there is none. Raises `Invalid` (`crm.url_invalid`) in a browser. */
export async function folderFiles(folder: string): Promise<FileStore> {
  const parts = await node(folder);
  await parts.fs.mkdir(folder, { recursive: true });
  return new FolderFiles(parts, parts.path.resolve(folder));
}

class FolderFiles implements FileStore {
  readonly #parts: NodeParts;
  readonly #fs: NodeParts["fs"];
  readonly #path: NodeParts["path"];
  readonly #root: string;

  constructor(parts: NodeParts, root: string) {
    this.#parts = parts;
    this.#fs = parts.fs;
    this.#path = parts.path;
    this.#root = root;
  }

  async put(org: string, id: string): Promise<FileWriter> {
    const { coming, shard, whole } = this.#place(org, id);
    await this.#make(this.#path.dirname(coming));
    const file = await this.#fs.open(coming, "w");
    return {
      write: async (bytes) => {
        await file.writeFile(bytes);
      },
      finish: async () => {
        await file.sync();
        await file.close();
        await this.#make(shard);
        await this.#fs.rename(coming, whole);
        await syncFolder(this.#parts, shard);
      },
      abort: async () => {
        await file.close();
        await this.#fs.rm(coming, { force: true });
      },
    };
  }

  async get(org: string, id: string, from: number, to: number): Promise<Uint8Array | undefined> {
    const file = await unlessMissing(this.#fs.open(this.#place(org, id).whole, "r"));
    if (!file) return undefined;
    try {
      const length = Math.min(to, (await file.stat()).size) - from;
      const bytes = new Uint8Array(Math.max(length, 0));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async delete(org: string, id: string): Promise<void> {
    const { coming, shard, whole } = this.#place(org, id);
    for (const path of [coming, whole]) await this.#fs.rm(path, { force: true });
    await unlessMissing(syncFolder(this.#parts, shard));
  }

  /** By the last byte of the ids, and then as they are. Only those of one byte are held at once. */
  async list(org: string, after: string | undefined, limit: number): Promise<string[]> {
    const last = after && simple(after);
    const tenant = this.#path.join(this.#root, simple(org));
    const coming = await this.#names(this.#path.join(tenant, "coming"));
    const found: string[] = [];
    for (let byte = 0; byte < SHARDS && found.length < limit; byte += 1) {
      const shard = byte.toString(16).padStart(2, "0");
      if (last !== undefined && shard < shardOf(last)) continue;
      const kept = await this.#names(this.#path.join(tenant, "kept", shard));
      const names = new Set([...kept, ...coming.filter((name) => shardOf(name) === shard)]);
      const next = [...names].filter((name) => last === undefined || shard !== shardOf(last) || name > last);
      found.push(...next.sort());
    }
    return found.slice(0, limit).map((name) => name.replace(NAME, "$1-$2-$3-$4-$5"));
  }

  /** Where the bytes of a key are. */
  #place(org: string, id: string): { coming: string; shard: string; whole: string } {
    const name = simple(id);
    const tenant = this.#path.join(this.#root, simple(org));
    const shard = this.#path.join(tenant, "kept", shardOf(name));
    return { coming: this.#path.join(tenant, "coming", name), shard, whole: this.#path.join(shard, `${name}.blob`) };
  }

  /** The names of files in a folder that are identifiers; what else lies there is none of ours. */
  async #names(folder: string): Promise<string[]> {
    const names = (await unlessMissing(this.#fs.readdir(folder))) ?? [];
    return names.map((name) => name.replace(/\.blob$/, "")).filter((name) => NAME.test(name));
  }

  /** Makes a folder with those above it, each with its name on the disk. */
  async #make(folder: string): Promise<void> {
    if (await unlessMissing(this.#fs.access(folder).then(() => true))) return;
    const above = this.#path.dirname(folder);
    await this.#make(above);
    await this.#fs.mkdir(folder, { recursive: true });
    await syncFolder(this.#parts, above);
  }
}

/** An identifier without its dashes, as files are named. */
function simple(id: string): string {
  return id.replaceAll("-", "");
}

/** The folder of a name: its last byte, as the first ones are those of a moment. */
function shardOf(name: string): string {
  return name.slice(-2);
}
