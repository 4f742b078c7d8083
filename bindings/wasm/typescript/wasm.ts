/** Where the compiled part is found. */

/** What of Node is used. */
interface Files {
  readFile: (path: URL) => Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * What a compiled file is loaded from: in Node its bytes. In a browser nothing has to be said, since the script beside
 * the file knows its address, where bundlers find it as well.
 */
export async function source(name: string): Promise<{ module_or_path: BufferSource } | undefined> {
  const runtime = (globalThis as { process?: { versions?: { node?: string } } }).process;
  if (runtime?.versions?.node === undefined || "window" in globalThis) return undefined;
  // Not written as a literal: a bundler for browsers would look for it.
  const files = "node:fs/promises";
  const { readFile } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ files)) as Files;
  return { module_or_path: await readFile(new URL(/* @vite-ignore */ `../native/${name}`, import.meta.url)) };
}
