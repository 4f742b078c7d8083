/** Files: what is sent, and what is read. */

import type { Id } from "./base.js";

/** Where the bytes of files are kept. Methods answer at once or with a promise. */
export interface FileStore {
  /** Begins to keep bytes under a key; nobody gets them before they are finished. Under a key that has bytes they are replaced. */
  put(org: string, id: string): FileWriter | Promise<FileWriter>;
  /** The bytes from one place up to another, fewer at the end; undefined where nothing is under the key. */
  get(org: string, id: string, from: number, to: number): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Removes what is under a key, and what was never finished; there need not be anything. */
  delete(org: string, id: string): void | Promise<void>;
  /** The ids of a tenant's keys after one of them, in an order of the store's own, also of what was never finished. */
  list(org: string, after: string | undefined, limit: number): string[] | Promise<string[]>;
}

/** Bytes on their way into a store of files. */
export interface FileWriter {
  /** Takes the next bytes. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Keeps them; when it answers, they are there for good. */
  finish(): void | Promise<void>;
  /** Forgets them. */
  abort(): void | Promise<void>;
}

/** What can be sent: a `File` that was chosen, any `Blob`, bytes, or a stream of bytes, such as a body of `fetch` or a file of Node. */
export type Sendable = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What is said of a file that is sent. */
export interface UploadOptions {
  /** The name; that of the `File` unless said. */
  name?: string;
  /** What it is, such as `application/pdf`: kept as a claim. That of the `Blob` unless said. */
  declaredType?: string;
  /** The SHA-256 of the bytes in hexadecimal digits; bytes with another are refused. */
  sha256?: string;
}

/** Bytes that were sent, to be attached by whoever sent them within a day. */
export interface Upload {
  /** By this `attachment.add` attaches it. */
  id: Id<"upload">;
  /** The name of the file. */
  name: string;
  /** Whether the name was too long, and cut. */
  name_cut: boolean;
  /** What the sender says it is. */
  declared_type: string | null;
  /** What its first bytes say it is; `application/octet-stream` where they say nothing. */
  type: string;
  /** How many bytes it has. */
  size: number;
  /** Their hash, in hexadecimal digits. */
  sha256: string;
}

/** What a sweep found. */
export interface Swept {
  /** How many things the store of files had of the tenant. */
  kept: number;
  /** How many of them no record knows: they were removed. */
  removed: number;
  /** The hashes of files whose bytes are missing. */
  missing: string[];
}

/** A call of a session, with bytes beside it. */
export type SendingCall = (operation: string, input: object, bytes?: Blob | Uint8Array) => Promise<unknown>;

/** The pieces of a stream are gathered up to this many bytes. */
const SMALLEST = 256 * 1024;
/** More bytes than these are not held at once. */
const LARGEST = 1024 * 1024;

/** Sends a file: a `Blob` as a whole, of which a worker and another tab get no copy, and a stream piece by piece. */
export async function send(call: SendingCall, file: Sendable, options: UploadOptions): Promise<Upload> {
  const { name, declaredType, sha256 } = options;
  const bytes = file instanceof Uint8Array || file instanceof ArrayBuffer ? new Blob([file as Uint8Array<ArrayBuffer>]) : file;
  const type = bytes instanceof Blob && bytes.type !== "" ? bytes.type : undefined;
  const said = { name: name ?? nameOf(file), declared_type: declaredType ?? type, sha256 };
  if (bytes instanceof Blob) return (await call("upload", said, bytes)) as Upload;
  const upload = crypto.randomUUID();
  await call("upload_begin", { upload, ...said });
  try {
    let number = 0;
    for await (const piece of gathered(bytes)) {
      await call("upload_piece", { upload, number }, piece);
      number += 1;
    }
    return (await call("upload_end", { upload })) as Upload;
  } catch (problem) {
    // What cannot be stopped now stops by itself.
    await call("upload_stop", { upload }).catch(() => undefined);
    throw problem;
  }
}

/** The name of a file that was chosen; none of other bytes. */
function nameOf(file: Sendable): string {
  const { name } = file as { name?: unknown };
  return typeof name === "string" ? name : "";
}

/** The pieces of a stream, neither too small nor too large. Each has its own buffer, because a view is sent with all that it is of. */
async function* gathered(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of each(stream)) {
    for (let at = 0; at < piece.length; at += LARGEST) {
      // A copy, which `slice` of Node's `Buffer` does not make.
      const part = new Uint8Array(piece.subarray(at, at + LARGEST));
      held.push(part);
      size += part.length;
      if (size < SMALLEST) continue;
      yield whole(held, size);
      [held, size] = [[], 0];
    }
  }
  if (size > 0) yield whole(held, size);
}

function whole(parts: Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** What a stream has, also where it cannot be iterated. Whoever stops reading ends it. */
async function* each<T>(stream: ReadableStream<T> | AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  if (Symbol.asyncIterator in stream) {
    yield* stream;
    return;
  }
  const reader = (stream as ReadableStream<T>).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A function that answers the next piece of a blob, and nothing at its end. */
export function piecesOf(blob: Blob): () => Promise<Uint8Array | undefined> {
  let at = 0;
  return async () => {
    if (at >= blob.size) return undefined;
    const piece = blob.slice(at, at + LARGEST);
    at += piece.size;
    return new Uint8Array(await piece.arrayBuffer());
  };
}
