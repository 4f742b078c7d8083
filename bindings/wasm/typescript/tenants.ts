/**
 * Tenants in a folder, in Node: `FOLDER/TENANT.jsonl` has a line for each unit of work, whole and on the disk before it is answered. One
 * process has the folder; it holds the tenants that it works on in memory.
 */

import { lock, type Lock } from "./lock.js";
import { node, type NodeParts, syncFolder, unlessMissing } from "./node.js";
import type { HostStore, StoredEvent, StoredRow, Tenant, WrittenUnit } from "./store.js";

/** The first line of each file. */
const FORMAT = '{"format":1}\n';
/** A file that is longer is written anew when most of it is of the past. */
const WORTHWHILE = 1024 * 1024;

const NAME = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Where a tenant's file ends. */
interface End {
  seq: number;
  size: number;
}

/**
 * The store of the tenants in a folder, which is made where there is none. Raises `Invalid` (`crm.url_invalid`) in a browser, and
 * `Unavailable` (`store.locked`).
 */
export async function folderStore(folder: string): Promise<HostStore> {
  const parts = await node(folder);
  const root = parts.path.resolve(folder);
  await parts.fs.mkdir(root, { recursive: true });
  return new FolderStore(parts, root, await lock(parts, root));
}

class FolderStore implements HostStore {
  readonly #parts: NodeParts;
  readonly #root: string;
  readonly #lock: Lock;
  readonly #ends = new Map<string, End>();

  constructor(parts: NodeParts, root: string, held: Lock) {
    this.#parts = parts;
    this.#root = root;
    this.#lock = held;
  }

  async head(org: string): Promise<number> {
    const known = this.#ends.get(org);
    if (known) return known.seq;
    await this.load(org);
    return this.#ends.get(org)?.seq ?? 0;
  }

  async load(org: string): Promise<Tenant> {
    const place = this.#place(org);
    const bytes = await unlessMissing(this.#parts.fs.readFile(place));
    if (bytes === undefined) return { rows: [], events: [] };
    // What a process that was killed had not written to its end was never answered.
    const size = bytes.lastIndexOf(10) + 1;
    if (size < bytes.length) await this.#parts.fs.truncate(place, size);
    if (size === 0) return { rows: [], events: [] };
    const tenant = read(new TextDecoder().decode(bytes.subarray(0, size)));
    this.#ends.set(org, { seq: tenant.events.at(-1)?.seq ?? 0, size });
    if (size > WORTHWHILE) {
      const text = snapshot(tenant);
      if (text.length * 2 < size) await this.#write(org, text, tenant);
    }
    return tenant;
  }

  async commit(org: string, unit: WrittenUnit): Promise<void> {
    const end = this.#ends.get(org) ?? { seq: await this.head(org), size: this.#ends.get(org)?.size ?? 0 };
    if (end.seq !== unit.after) throw new Error("somebody else has written");
    if (unit.erased.length > 0) {
      // What was erased may stand nowhere any more, in no earlier line either.
      const tenant = apply(await this.load(org), unit);
      await this.#write(org, snapshot(tenant), tenant);
      return;
    }
    const begun = end.size > 0;
    const text = new TextEncoder().encode(`${begun ? "" : FORMAT}${JSON.stringify(unit)}\n`);
    const place = this.#place(org);
    const file = await this.#parts.fs.open(place, "a");
    try {
      await file.writeFile(text);
      await file.datasync();
    } catch (problem) {
      // Half a line would join the next one.
      await file.truncate(end.size).catch(() => undefined);
      this.#ends.delete(org);
      throw problem;
    } finally {
      await file.close();
    }
    if (!begun) await syncFolder(this.#parts, this.#root);
    this.#ends.set(org, { seq: unit.events.at(-1)?.seq ?? end.seq, size: end.size + text.length });
  }

  async dropOrg(org: string): Promise<void> {
    await this.#parts.fs.rm(this.#place(org), { force: true });
    await syncFolder(this.#parts, this.#root);
    this.#ends.delete(org);
  }

  async close(): Promise<void> {
    await this.#lock.release();
  }

  /** Puts a tenant in the place of what its file had. */
  async #write(org: string, text: string, tenant: Tenant): Promise<void> {
    const { fs } = this.#parts;
    const place = this.#place(org);
    const coming = `${place}.coming`;
    const bytes = new TextEncoder().encode(text);
    const file = await fs.open(coming, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(coming, place);
    await syncFolder(this.#parts, this.#root);
    this.#ends.set(org, { seq: tenant.events.at(-1)?.seq ?? 0, size: bytes.length });
  }

  #place(org: string): string {
    if (!NAME.test(org)) throw new Error("a tenant is named by a UUID");
    return this.#parts.path.join(this.#root, `${org}.jsonl`);
  }
}

/** A tenant as the lines of its file made it. */
function read(text: string): Tenant {
  const rows = new Map<string, StoredRow>();
  const events: StoredEvent[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const unit = JSON.parse(line) as WrittenUnit | { format: number };
    if (!("format" in unit)) add(rows, events, unit);
    else if (unit.format !== 1) throw new Error(`the folder is of a newer version, with the format ${String(unit.format)}`);
  }
  return { rows: [...rows.values()], events };
}

function apply(tenant: Tenant, unit: WrittenUnit): Tenant {
  const rows = new Map(tenant.rows.map((row) => [keyOf(row), row]));
  const events = tenant.events.map((event) => ({ ...event }));
  add(rows, events, unit);
  return { rows: [...rows.values()], events };
}

function add(rows: Map<string, StoredRow>, events: StoredEvent[], unit: WrittenUnit): void {
  for (const { kind, id, row } of unit.rows) {
    if (row === null) rows.delete(keyOf({ kind, id }));
    else rows.set(keyOf({ kind, id }), { kind, id, row });
  }
  for (const seq of unit.erased) {
    const event = events[seq - 1];
    if (event) Object.assign(event, { salt: null, reason: null, payload: null });
  }
  for (const event of unit.events) events.push(event);
}

function keyOf({ kind, id }: { kind: string; id: string }): string {
  return `${kind} ${id}`;
}

/** A tenant as the only line of its file. */
function snapshot({ rows, events }: Tenant): string {
  const unit: WrittenUnit = { after: 0, rows, events, erased: [] };
  return `${FORMAT}${JSON.stringify(unit)}\n`;
}
