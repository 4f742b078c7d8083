/** Where the compiled part is found in Node: in the package's folder. */

import { readFile } from "node:fs/promises";

/** The bytes of a compiled file. */
export function source(name: string): { module_or_path: Promise<BufferSource> } {
  const bytes = readFile(new URL(`../native/${name}`, import.meta.url));
  return { module_or_path: bytes as Promise<BufferSource> };
}
