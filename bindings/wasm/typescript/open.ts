/** Where a Crm keeps its data, or finds it. */

import { Crm } from "./crm.js";
import { urlInvalid } from "./errors.js";
import type { FileStore } from "./files.js";
import { folderFiles } from "./folder.js";
import { type FilePlace, NativeTransport } from "./native.js";
import type { HostStore } from "./store.js";
import { openTabs } from "./tabs.js";
import { type Call, overText, type Transport } from "./transport.js";
import type { WasmSource } from "./wasm.js";

/**
 * `memory:`, `opfs:NAME` for a file that the browser keeps, `folder:PATH` for a folder of Node, a storage that the host has written, or what carries calls
 * to where the rules are.
 */
export type Place =
  | "memory:"
  | `opfs:${string}`
  | `folder:${string}`
  | { store: HostStore }
  | { execute: (call: Call) => Promise<unknown>; close?: () => Promise<void> };

/** How a place is opened. */
export interface OpenOptions {
  /**
   * Where the bytes of files are: a folder, in Node; `memory:`, which `memory:` has unless said; or a store that the host has written. For
   * `opfs:NAME` they are beside the database, for `folder:PATH` in its folder `files` unless said. A storage of the host has no place for them unless it is said: `blobs.not_configured`.
   */
  files?: string | FileStore;
  /**
   * Where the compiled part `nexa_bg.wasm` is, for `memory:` and a storage of the host: for a server that was bundled, which has lost the
   * file beside the script. Whoever opens first says it for all.
   */
  wasm?: WasmSource;
}

/**
 * Opens a place. `memory:` forgets when it is closed; `opfs:NAME` is shared by all tabs of an origin; `folder:PATH` belongs to one
 * process of Node.
 *
 * Raises `Invalid` (`crm.url_invalid`), and what the storage refuses, such as `Unavailable` (`store.locked`).
 */
export async function open(place: Place, options: OpenOptions = {}): Promise<Crm> {
  return new Crm(await transport(place, options));
}

/**
 * The same at once, for a page that shows something before its data is there. Calls wait until the place is open, and throw
 * what opening it throws.
 */
export function opening(place: Place, options: OpenOptions = {}): Crm {
  const carrier = transport(place, options);
  // Who calls hears of it.
  carrier.catch(() => undefined);
  return new Crm({
    call: async (call) => (await carrier).call(call),
    close: () => carrier.then(
      (opened) => opened.close?.(),
      () => undefined,
    ),
  });
}

async function transport(place: Place, { files, wasm }: OpenOptions): Promise<Transport> {
  if (typeof place === "object") {
    if ("store" in place) return overText(await NativeTransport.openStore(place.store, await filesOf(files), wasm));
    if (files !== undefined) throw urlInvalid("execute:", "the bytes of files are where calls are carried to; leave files out");
    const { execute, close } = place;
    return close ? { call: execute, close } : { call: execute };
  }
  if (place === "memory:") return overText(await NativeTransport.open(place, (await filesOf(files)) ?? "memory:", wasm));
  if (typeof place === "string" && place.startsWith("opfs:") && place !== "opfs:") {
    if (files !== undefined) throw urlInvalid(place, "the bytes of files are beside the database; leave files out");
    return overText(await openTabs(place));
  }
  if (typeof place === "string" && place.startsWith("folder:") && place !== "folder:") {
    return inFolder(place.slice("folder:".length), files, wasm);
  }
  throw urlInvalid(place, "open memory:, opfs:NAME, folder:PATH, { store } or { execute }");
}

/** Tenants in a folder, which is free again when closing has answered. */
async function inFolder(folder: string, files: string | FileStore | undefined, wasm: WasmSource | undefined): Promise<Transport> {
  // A page, which has none, does not load it.
  const { folderStore } = await import("./tenants.js");
  const store = await folderStore(folder);
  const free = async (): Promise<void> => store.close?.();
  try {
    const carrier = overText(await NativeTransport.openStore(store, await filesOf(files ?? `${folder}/files`), wasm));
    return { call: (call) => carrier.call(call), close: () => Promise.resolve(carrier.close?.()).finally(free) };
  } catch (problem) {
    await free();
    throw problem;
  }
}

/** Where the bytes of files are, as the compiled part takes it. */
async function filesOf(files: string | FileStore | undefined): Promise<FilePlace | undefined> {
  return typeof files === "string" && files !== "memory:" ? folderFiles(files) : files;
}
