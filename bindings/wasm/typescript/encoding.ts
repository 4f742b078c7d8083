/** Files as UTF-8, whatever they were written in. */

/** What a file is read from. */
export type Source =
  | Blob
  | string
  | ArrayBuffer
  | Uint8Array
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

/** How many bytes decide the encoding. */
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

/** The first bytes of a source, kept so that they are read again, and all that follow. */
export class Beginning {
  readonly #pieces: AsyncIterator<[bytes: Uint8Array, text: boolean], void, undefined>;
  #held: Uint8Array = new Uint8Array();
  #text = false;
  #more = true;
  /** The encoding that the caller named. */
  readonly encoding: string;

  private constructor(source: Source, encoding: string) {
    this.#pieces = pieces(source)[Symbol.asyncIterator]();
    this.encoding = encoding;
  }

  /** Reads the beginning of a source. */
  static async of(source: Source, encoding = "detect"): Promise<Beginning> {
    const beginning = new Beginning(source, encoding.toLowerCase());
    while (beginning.#more && beginning.#held.length < SAMPLE) {
      const next = await beginning.#pieces.next();
      if (next.done) {
        beginning.#more = false;
        break;
      }
      beginning.#text ||= next.value[1];
      beginning.#held = joined(beginning.#held, next.value[0]);
    }
    return beginning;
  }

  get empty(): boolean {
    return this.#held.length === 0;
  }

  /** Whether it is UTF-8 because it was text. */
  get text(): boolean {
    return this.#text;
  }

  /** What a preview is asked of it: its bytes, or its text where the encoding is none that the library reads. */
  asked(): object {
    const sample = this.#held.subarray(0, SAMPLE);
    const more = this.#more || sample.length < this.#held.length;
    if (this.#text || this.encoding === "detect") return { bytes: base64(sample), more };
    return { csv: new TextDecoder(label(this.encoding)).decode(sample, { stream: more }), more };
  }

  /** All pieces from the first on. */
  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    yield this.#held;
    for (let next = await this.#pieces.next(); !next.done; next = await this.#pieces.next()) yield next.value[0];
  }

  /** Ends reading. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** A beginning and what follows in UTF-8. What is no UTF-8 in a file that should be stays as it is; its row is refused later. */
export async function* utf8(beginning: Beginning, encoding: string): AsyncGenerator<Piece, void, undefined> {
  const known = label(encoding);
  const decoder = beginning.text || known === "utf-8" ? undefined : new TextDecoder(known);
  let first = true;
  try {
    for await (const piece of beginning.pieces()) {
      yield converted(decoder, piece, first);
      first = false;
    }
    if (decoder !== undefined) yield { utf8: new TextEncoder().encode(decoder.decode()), bytes: 0 };
  } finally {
    await beginning.close();
  }
}

function converted(decoder: TextDecoder | undefined, bytes: Uint8Array, first: boolean): Piece {
  const marked = first && MARKS.some((mark) => mark.every((byte, at) => bytes[at] === byte));
  if (decoder !== undefined) {
    return { utf8: new TextEncoder().encode(decoder.decode(bytes, { stream: true })), bytes: bytes.length, marked };
  }
  const utf8 = marked && bytes[0] === UTF8_MARK[0] ? bytes.subarray(UTF8_MARK.length) : bytes;
  return { utf8, bytes: bytes.length, marked };
}

/** The name that a `TextDecoder` knows. */
function label(encoding: string): string {
  const known: Record<string, string> = {
    detect: "utf-8",
    utf8: "utf-8",
    utf16_le: "utf-16le",
    utf16_be: "utf-16be",
    cp1250: "windows-1250",
    cp1251: "windows-1251",
    cp1252: "windows-1252",
  };
  return known[encoding.toLowerCase()] ?? encoding.toLowerCase();
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

/** Two pieces as one. */
export function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
