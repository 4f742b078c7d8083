/** A file that is read. */

/** Which bytes of a file are asked for, and for what. */
export interface DownloadOptions {
  /** The first byte, and the one behind the last; all unless said. What is beyond the end is left out. */
  range?: readonly [start: number, end: number];
  /** Whether a plain picture is to be shown where it is; anything else is saved to disk all the same. */
  inline?: boolean;
}

/** What a call answers: what the file is, and the first of the bytes that were asked for. */
export interface WireDownload {
  name: string;
  type: string;
  size: number;
  range: [start: number, end: number];
  headers: Record<string, string>;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Asks for more bytes, by their range. */
type More = (range: [start: number, end: number]) => Promise<WireDownload>;

/**
 * The bytes of a file, and the headers that a server sends with them:
 * `new Response(download.stream(), { headers: download.headers })`. It can be read more than once; bytes are fetched when they are
 * asked for, a piece at a time.
 */
export class Download implements AsyncIterable<Uint8Array<ArrayBuffer>> {
  /** The name of the file. */
  readonly name: string;
  /** What its bytes are. */
  readonly type: string;
  /** How many bytes the whole file has. */
  readonly size: number;
  /** The bytes that follow: the first, and the one behind the last. */
  readonly range: readonly [start: number, end: number];
  /** Headers of HTTP, which keep a browser from running what it gets. A server sends all of them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #more: More;
  /** The piece that came with the headers, until somebody has it. */
  #first: Uint8Array<ArrayBuffer> | undefined;

  /** Of what a call answered, and what asks for more. */
  constructor({ name, type, size, range, headers, bytes }: WireDownload, more: More) {
    this.name = name;
    this.type = type;
    this.size = size;
    this.range = range;
    this.headers = headers;
    this.#first = bytes;
    this.#more = more;
  }

  /** The bytes piece by piece: `for await (const piece of download)`. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const [start, end] = this.range;
    for (let at = start; at < end; ) {
      const piece = this.#first ?? (await this.#more([at, end])).bytes;
      this.#first = undefined;
      at += piece.length;
      yield piece;
    }
  }

  /** The bytes as a stream, such as the body of a response. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const pieces = this[Symbol.asyncIterator]();
    return new ReadableStream(
      {
        async pull(into) {
          const next = await pieces.next();
          if (next.done) into.close();
          else into.enqueue(next.value);
        },
        async cancel() {
          await pieces.return();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * All bytes as a `Blob`, which the browser keeps on its disk when it is large: `URL.createObjectURL(await download.blob())`. What a
   * browser would run, such as an SVG, has no type that says so.
   */
  async blob(): Promise<Blob> {
    const pieces: Blob[] = [];
    for await (const piece of this) {
      const kept = new Blob([piece]);
      pieces.push(kept);
      // The browser answers when it has all of it.
      await kept.slice(0, 1).arrayBuffer();
    }
    return new Blob(pieces, { type: this.headers["Content-Type"] ?? "application/octet-stream" });
  }

  /** All bytes. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const [start, end] = this.range;
    const all = new Uint8Array(end - start);
    let at = 0;
    for await (const piece of this) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
