/** A file that is tidied up when nobody asks for anything. */

import type { NativeTransport } from "./native.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";

/** How long nothing was asked for, in milliseconds. */
const QUIET = 100;

/** Calls into a file. What is put off until there is time is done before the tab is closed, where that is possible. */
export class Resting implements TextTransport {
  readonly #file: NativeTransport;
  #running = 0;
  #quiet: ReturnType<typeof setTimeout> | undefined;

  constructor(file: NativeTransport) {
    this.#file = file;
  }

  async text(call: TextCall): Promise<TextAnswer> {
    clearTimeout(this.#quiet);
    this.#running += 1;
    try {
      return await this.#file.text(call);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#wait();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#quiet);
    await this.#file.close();
  }

  #wait(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      // What cannot be written now, the next command reports.
      this.#file.rest().catch(() => undefined);
    }, QUIET);
  }
}
