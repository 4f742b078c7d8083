/** Files that come piece by piece, a call for each piece. */

import { Deferred } from "./deferred.js";
import { Unavailable } from "./errors.js";

/** How long the next piece may take, in milliseconds: an hour. Whoever sends a file may have been closed without a word. */
const PATIENCE = 3_600_000;

/** Sends a file of which the function answers the pieces. */
type Sending = (read: () => Promise<Uint8Array | undefined>) => Promise<string>;

/** A file that comes piece by piece: whoever gives a piece waits until it is asked for. */
class Coming {
  /** What became of it. */
  readonly sent: Promise<string>;
  /** Who waits for a piece, or the piece that waits for somebody to ask. */
  #wanted: Deferred<Uint8Array | undefined> | undefined;
  #held: { piece: Uint8Array; taken: Deferred<void> } | undefined;
  #ended = false;
  #stopped: Error | undefined;
  #next = 0;
  #last: Promise<unknown> = Promise.resolve();
  #silent: ReturnType<typeof setTimeout> | undefined;

  constructor(sending: Sending) {
    this.#listen();
    this.sent = sending(() => this.#read());
    this.sent.catch(() => {
      clearTimeout(this.#silent);
    });
  }

  /** Gives it a piece; ends when it is on its way into the store. */
  async give(number: number, piece: Uint8Array): Promise<void> {
    if (number >= this.#next) {
      this.#next = number + 1;
      this.#listen();
      this.#last = this.#hand(piece);
    }
    await this.#last;
  }

  /** Says that all pieces were given. */
  async end(): Promise<string> {
    clearTimeout(this.#silent);
    this.#ended = true;
    if (!this.#held) this.#wanted?.resolve(undefined);
    return this.sent;
  }

  /** Gives it up. */
  stop(problem: Error): void {
    clearTimeout(this.#silent);
    this.#stopped = problem;
    this.#wanted?.reject(problem);
  }

  async #hand(piece: Uint8Array): Promise<void> {
    if (this.#wanted) {
      this.#wanted.resolve(piece);
      this.#wanted = undefined;
      return;
    }
    const taken = new Deferred<void>();
    this.#held = { piece, taken };
    // A file that was refused takes no more.
    await Promise.race([taken.promise, this.sent]);
  }

  #read(): Promise<Uint8Array | undefined> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    if (this.#held) {
      const { piece, taken } = this.#held;
      this.#held = undefined;
      taken.resolve();
      return Promise.resolve(piece);
    }
    if (this.#ended) return Promise.resolve(undefined);
    this.#wanted = new Deferred();
    return this.#wanted.promise;
  }

  #listen(): void {
    clearTimeout(this.#silent);
    this.#silent = setTimeout(() => {
      this.stop(interrupted());
    }, PATIENCE);
    // In Node, the wait for a sender keeps no process alive.
    (this.#silent as unknown as { unref?: () => void }).unref?.();
  }
}

/** The files that come piece by piece, by the names that whoever sends them has given them. */
export class Incoming {
  readonly #coming = new Map<string, Coming>();

  /** Begins to take a file; a second time it is the same. */
  begin(upload: string, sending: Sending): void {
    if (this.#coming.has(upload)) return;
    // It is known until somebody has heard what became of it.
    this.#coming.set(upload, new Coming(sending));
  }

  /** Gives a file its next piece. Raises what the file was refused with, and `Unavailable` (`upload.interrupted`). */
  async give(upload: string, number: number, piece: Uint8Array): Promise<void> {
    await this.#find(upload).give(number, piece);
  }

  /** The upload, when all pieces were given. */
  async end(upload: string): Promise<string> {
    const coming = this.#find(upload);
    try {
      return await coming.end();
    } finally {
      this.#coming.delete(upload);
    }
  }

  /** Gives up a file; there need not be one. */
  async stop(upload: string): Promise<void> {
    const coming = this.#coming.get(upload);
    this.#coming.delete(upload);
    coming?.stop(interrupted());
    await coming?.sent.catch(() => undefined);
  }

  /** Gives up all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#coming.keys()].map((upload) => this.stop(upload)));
  }

  #find(upload: string): Coming {
    const coming = this.#coming.get(upload);
    if (!coming) throw interrupted();
    return coming;
  }
}

/** A file of which nobody knows the pieces that came before. */
function interrupted(): Unavailable {
  const message = "The upload was interrupted, because the tab that has the files open was closed or the stream stood still; send it again.";
  return new Unavailable({ kind: "unavailable", code: "upload.interrupted", message, retryable: true });
}
