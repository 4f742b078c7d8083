/** Rows of a CSV file, as bytes: where each ends, and what separates its fields. */

import { joined, type Piece } from "./encoding.js";

const [QUOTE, RETURN, FEED] = [0x22, 0x0d, 0x0a];
/** The most bytes that a row may have; one that seems longer has a quote that is not closed, and ends with its line. */
const ROW_BYTES = 4 << 20;

/** One row: its bytes with the end of its line, where it starts, and how far the source is. */
export interface Row {
  bytes: Uint8Array;
  /** The line on which it starts, as an editor counts. */
  line: number;
  /** How many lines it covers. */
  lines: number;
  /** Bytes of the source that were read so far. */
  read: number;
}

/** Where a row ends that starts at `start`; -1 when its end is not there yet. */
function endOfRow(bytes: Uint8Array, start: number, delimiter: number, ended: boolean): number {
  let at = start;
  let fieldStart = true;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (fieldStart && byte === QUOTE) {
      at = endOfQuoted(bytes, at + 1);
      if (at < 0) break;
      fieldStart = false;
    } else if (byte === FEED) {
      return at + 1;
    } else {
      fieldStart = byte === delimiter;
      at += 1;
    }
  }
  if (ended) return bytes.length;
  return bytes.length - start > ROW_BYTES ? bytes.indexOf(FEED, start) + 1 || bytes.length : -1;
}

/** Behind the quote that closes a field, or -1. */
function endOfQuoted(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start); at >= 0; at = bytes.indexOf(QUOTE, at + 2)) {
    // Two stand for one; the last byte may have another behind it.
    if (at + 1 === bytes.length) return -1;
    if (bytes[at + 1] !== QUOTE) return at + 1;
  }
  return -1;
}

/** A carriage return alone ends the rows of a file whose first line ends so. */
function bareReturns(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(RETURN);
  return at >= 0 && at + 1 < bytes.length && bytes[at + 1] !== FEED && !bytes.subarray(0, at).includes(FEED);
}

/** The first bytes of a file and all that follow. */
export class CsvFile {
  readonly #pieces: AsyncIterator<Piece>;
  #bytes: Uint8Array = new Uint8Array();
  #read = 0;
  #ended = false;
  #returns = false;
  /** What stands between two fields. */
  delimiter = ",";
  /** The line of the header. */
  #header = 1;
  /** Whether the file begins with a byte order mark, as one for spreadsheets does. */
  marked = false;

  constructor(pieces: AsyncIterable<Piece>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** Reads the beginning: what separates fields, and the line on which the header is. */
  async open(delimiter: string, header: number): Promise<void> {
    while (!this.#ended && this.#bytes.length < 64 * 1024) await this.#more();
    this.#returns = bareReturns(this.#bytes);
    if (this.#returns) this.#bytes = feeds(this.#bytes);
    this.#header = header;
    this.delimiter = delimiter;
  }

  async #more(): Promise<void> {
    const next = await this.#pieces.next();
    if (next.done) {
      this.#ended = true;
      return;
    }
    this.#read += next.value.bytes;
    this.marked ||= next.value.marked ?? false;
    this.#bytes = joined(this.#bytes, this.#returns ? feeds(next.value.utf8) : next.value.utf8);
  }

  /** The rows, the header first. */
  async *rows(): AsyncGenerator<Row, void, undefined> {
    const delimiter = this.delimiter.charCodeAt(0);
    let at = 0;
    let line = 1;
    // What stands above the header belongs to no row, and its quotes mean nothing.
    for (; line < this.#header; line += 1) at = this.#bytes.indexOf(FEED, at) + 1;
    for (;;) {
      const end = endOfRow(this.#bytes, at, delimiter, this.#ended);
      if (end < 0) {
        this.#bytes = this.#bytes.subarray(at);
        at = 0;
        await this.#more();
        continue;
      }
      if (end === at) return;
      const bytes = this.#bytes.subarray(at, end);
      const lines = bytes.reduce((count, byte) => count + (byte === FEED ? 1 : 0), 0);
      yield { bytes, line, lines, read: this.#read };
      line += lines;
      at = end;
    }
  }

  /** Ends reading. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** Rows that end with a carriage return, ended by a line feed. */
function feeds(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte === RETURN ? FEED : byte));
}
