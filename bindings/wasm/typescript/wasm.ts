/** Where the compiled part is found. */

import { Unavailable } from "./errors.js";

/** The compiled part, where it is not beside the script: its bytes, the compiled module, the answer of a `fetch`, or its address. */
export type WasmSource = BufferSource | WebAssembly.Module | Response | URL | string;

/** What of Node is used. */
interface Files {
  readFile: (path: URL) => Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * What a compiled file is loaded from: in Node its bytes. In a browser nothing has to be said, since the script beside
 * the file knows its address, where bundlers find it as well. Raises `Unavailable` (`crm.wasm_missing`).
 */
export async function source(name: string, given?: WasmSource): Promise<{ module_or_path: WasmSource } | undefined> {
  const runtime = (globalThis as { process?: { versions?: { node?: string } } }).process;
  // A test of a page has a window in Node, and a `fetch` that may know no files.
  const isNode = runtime?.versions?.node !== undefined;
  const address = given ?? (isNode ? new URL(/* @vite-ignore */ `../native/${name}`, import.meta.url) : undefined);
  if (address === undefined) return undefined;
  const file = address instanceof URL || typeof address === "string" ? String(address) : "";
  if (!isNode || !file.startsWith("file:")) return given === undefined ? undefined : { module_or_path: given };
  // Not written as a literal: a bundler for browsers would look for it.
  const files = "node:fs/promises";
  const node = await (import(/* @vite-ignore */ /* webpackIgnore: true */ files) as Promise<Files>).catch(() => undefined);
  // A page of Electron runs beside Node, and may load none of its modules; it finds the file by itself.
  if (!node) return given === undefined ? undefined : { module_or_path: given };
  const { readFile } = node;
  try {
    return { module_or_path: await readFile(new URL(file)) };
  } catch (problem) {
    const message =
      `The compiled part ${name} is not at ${file}; keep nexa-crm out of the bundle, or name the file: ` +
      `open(place, { wasm: new URL("./${name}", import.meta.url) }).`;
    const found = new Unavailable({ kind: "unavailable", code: "crm.wasm_missing", message, params: { name } });
    found.cause = problem;
    throw found;
  }
}
