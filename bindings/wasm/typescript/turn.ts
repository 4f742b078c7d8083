/** Whose turn it is on a file with one connection: a transaction that is open has it, and others wait for its end. */

import type { NativeTransaction } from "../native/nexa.js";
import { Deferred } from "./deferred.js";
import { Invalid, Unavailable } from "./errors.js";
import type { TextCall } from "./transport.js";

/** How long others wait for a transaction to end, in milliseconds. */
const PATIENCE = 5000;

/** A transaction in which nothing is asked for so long is rolled back, in milliseconds. */
const IDLE = 10_000;

function ended(): Unavailable {
  const message = "The transaction has ended; begin another one, and run all of it in that.";
  return new Unavailable({ kind: "unavailable", code: "transaction.ended", message });
}

function nested(): Invalid {
  const message =
    "A transaction of this storage is open here already; run everything in it, or begin another one when it has ended.";
  return new Invalid({ kind: "invalid", code: "transaction.nested", message });
}

function locked(): Unavailable {
  const message = "A transaction is open in this storage, and did not end within five seconds; try again.";
  return new Unavailable({ kind: "unavailable", code: "store.locked", message, retryable: true });
}

interface Open {
  id: string;
  native: Promise<NativeTransaction>;
  over: Deferred<void>;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** The turn. */
export class Turn {
  #open: Open | undefined;

  /** Whether somebody has it. */
  get taken(): boolean {
    return this.#open !== undefined;
  }

  /** Waits until nobody has it. Throws when that takes too long. */
  async free(): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (this.#open) {
      const left = deadline - Date.now();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<true>((resolve) => {
        timer = setTimeout(() => {
          resolve(true);
        }, left);
      });
      const waited = await Promise.race([late, this.#open.over.promise]);
      clearTimeout(timer);
      if (waited === true) throw locked();
    }
  }

  /** Takes it for a transaction. */
  async begin(begin: () => Promise<NativeTransaction>): Promise<string> {
    await this.free();
    // Another one that waited as well may have taken it.
    while (this.taken) await this.free();
    const open: Open = { id: crypto.randomUUID(), native: begin(), over: new Deferred(), idle: undefined };
    this.#open = open;
    try {
      await open.native;
    } catch (problem) {
      this.#open = undefined;
      open.over.resolve();
      throw problem;
    }
    this.#wait(open);
    return JSON.stringify({ transaction: open.id });
  }

  /** Makes a call in the transaction that has it. */
  async call({ transaction, operation, input, envelope }: TextCall): Promise<string> {
    const open = this.#open;
    if (open?.id !== transaction || !open) throw ended();
    clearTimeout(open.idle);
    const said = envelope && JSON.stringify(envelope);
    const native = await open.native;
    try {
      switch (operation) {
        case "transaction_begin":
          throw nested();
        case "transaction_commit":
          this.#open = undefined;
          await native.commit();
          return "null";
        case "transaction_rollback":
          await this.#rollBack(open);
          return "null";
        case "sql":
          return await native.sql(input);
        case "batch": {
          const { requests } = JSON.parse(input) as { requests: unknown };
          return await native.batch(JSON.stringify(requests), said);
        }
        case "explain": {
          const { kind, record } = JSON.parse(input) as { kind: string; record: unknown };
          return await native.explain(kind, JSON.stringify(record));
        }
        default:
          return await native.execute(operation, input, said);
      }
    } finally {
      if (this.#open === open) this.#wait(open);
      else open.over.resolve();
    }
  }

  /** Rolls back what is open. */
  async close(): Promise<void> {
    if (this.#open) await this.#rollBack(this.#open);
  }

  async #rollBack(open: Open): Promise<void> {
    clearTimeout(open.idle);
    if (this.#open === open) this.#open = undefined;
    await (await open.native).rollBack();
    open.over.resolve();
  }

  #wait(open: Open): void {
    open.idle = setTimeout(() => {
      void this.#rollBack(open);
    }, IDLE);
  }
}
