/** Files as UTF-8, whatever they were written in. */

import type { Encoding } from "./generated/enums.js";

/** What a file is read from. */
export type Source =
  | Blob
  | string
  | ArrayBuffer
  | Uint8Array
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/** How many bytes tell the encoding. */
const SAMPLE = 64 * 1024;
const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** The byte order marks of UTF-8 and UTF-16. */
const MARKS = [UTF8_MARK, [0xff, 0xfe], [0xfe, 0xff]];

/** How many bytes a source has, when it says so. */
export function sizeOf(source: Source): number | undefined {
  if (typeof source === "string") return new TextEncoder().encode(source).length;
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return source.byteLength;
  return source instanceof Blob ? source.size : undefined;
}

/** The pieces of a source as they come. Text is UTF-8 already, which is what `true` says. */
async function* pieces(source: Source): AsyncGenerator<[bytes: Uint8Array, text: boolean], void, undefined> {
  if (source instanceof ArrayBuffer) return yield [new Uint8Array(source), false];
  if (source instanceof Uint8Array) return yield [source, false];
  if (typeof source === "string") return yield [new TextEncoder().encode(source), true];
  const stream = source instanceof Blob ? source.stream() : source;
  const each: AsyncIterable<Uint8Array | string> = Symbol.asyncIterator in stream ? stream : read(stream);
  for await (const piece of each) {
    yield typeof piece === "string" ? [new TextEncoder().encode(piece), true] : [piece, false];
  }
}

/** A stream where it cannot be iterated. */
async function* read<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader.releaseLock();
  }
}

/** A piece of a file: UTF-8, and how many bytes of the source it stands for. */
export interface Piece {
  utf8: Uint8Array;
  bytes: number;
  /** Whether the file begins with a byte order mark; said with the first piece. */
  marked?: boolean;
}

/** A source in UTF-8. What is no UTF-8 in a file that should be stays as it is; its row is refused later. */
export async function* utf8(source: Source, encoding: Encoding): AsyncGenerator<Piece, void, undefined> {
  let held: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | "none" | undefined;
  let first = true;
  for await (const [piece, text] of pieces(source)) {
    if (text) decoder ??= "none";
    if (decoder === undefined) {
      held = joined(held, piece);
      if (held.length < SAMPLE) continue;
      decoder = decoderOf(encoding, held);
      yield converted(decoder, held, true);
    } else {
      yield converted(decoder, piece, first);
    }
    first = false;
  }
  if (decoder === undefined) {
    decoder = decoderOf(encoding, held);
    yield converted(decoder, held, true);
  }
  if (decoder !== "none") yield { utf8: new TextEncoder().encode(decoder.decode()), bytes: 0 };
}

function converted(decoder: TextDecoder | "none", bytes: Uint8Array, first: boolean): Piece {
  const marked = first && MARKS.some((mark) => mark.every((byte, at) => bytes[at] === byte));
  if (decoder !== "none") {
    return { utf8: new TextEncoder().encode(decoder.decode(bytes, { stream: true })), bytes: bytes.length, marked };
  }
  const utf8 = marked && bytes[0] === UTF8_MARK[0] ? bytes.subarray(UTF8_MARK.length) : bytes;
  return { utf8, bytes: bytes.length, marked };
}

function decoderOf(encoding: Encoding, sample: Uint8Array): TextDecoder | "none" {
  const known = encoding === "detect" ? detected(sample) : encoding;
  if (known === "utf8") return "none";
  return new TextDecoder({ utf16_le: "utf-16le", utf16_be: "utf-16be", latin1: "windows-1252" }[known]);
}

/** By the byte order mark, or guessed: zeros beside letters are UTF-16, what is no UTF-8 is Windows-1252. */
function detected(sample: Uint8Array): Exclude<Encoding, "detect"> {
  if (sample[0] === 0xff && sample[1] === 0xfe) return "utf16_le";
  if (sample[0] === 0xfe && sample[1] === 0xff) return "utf16_be";
  let [even, odd] = [0, 0];
  sample.forEach((byte, at) => {
    if (byte !== 0) return;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  });
  const many = sample.length / 8;
  if (odd > many && even < odd / 8) return "utf16_le";
  if (even > many && odd < even / 8) return "utf16_be";
  return isLatin1(sample) ? "latin1" : "utf8";
}

/** Bytes beyond ASCII, none of which is part of a letter in UTF-8. */
function isLatin1(sample: Uint8Array): boolean {
  // The sample may end within a letter.
  const text = new TextDecoder().decode(sample, { stream: true });
  const foreign = text.replace(/[\0-\x7f]/g, "");
  return /^\ufffd+$/.test(foreign);
}

/** Two pieces as one. */
export function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
