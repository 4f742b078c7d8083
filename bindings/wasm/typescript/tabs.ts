/** The transport into a page's worker, which shares a file with the other tabs. */

import { Deferred } from "./deferred.js";
import { closed, Unavailable, urlInvalid } from "./errors.js";
import { answered, type FromWorker, type Outcome, type ToWorker, unpacked } from "./messages.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";

/** What of a worker is used. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<FromWorker>) => unknown) | null;
  onerror: ((event: ErrorEvent) => unknown) | null;
  terminate(): void;
}

/** Opens a file that all tabs of the origin share. */
export async function openTabs(url: string): Promise<TextTransport> {
  const transport = new WorkerTransport(startWorker(url, url));
  await transport.open();
  return transport;
}

/** Starts the worker for a storage; its name says what it opens by itself. */
export function startWorker(url: string, name: string): WorkerLike {
  if (typeof Worker === "undefined" || !("locks" in navigator)) {
    throw urlInvalid(url, "this needs a browser with workers, Web Locks and a private file system");
  }
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name });
}

/** What is thrown when a worker has ended by itself. */
export function workerFailed(event: ErrorEvent): Unavailable {
  const problem = event.message || "its script cannot be loaded";
  const message = `The worker of the storage has failed: ${problem}. Load the page again.`;
  return new Unavailable({ kind: "unavailable", code: "crm.worker_failed", message, params: { problem } });
}

/** Calls into a worker. */
export class WorkerTransport implements TextTransport {
  readonly #worker: WorkerLike;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  readonly #opened = new Deferred<void>();
  readonly #closed = new Deferred<void>();
  #next = 0;
  #broken: Error | undefined;

  constructor(worker: WorkerLike) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      this.#hear(data);
    };
    worker.onerror = (event) => {
      this.#break(workerFailed(event));
    };
  }

  /** Waits until some tab owns the file. */
  async open(): Promise<void> {
    try {
      await this.#opened.promise;
    } catch (problem) {
      this.#worker.terminate();
      throw problem;
    }
  }

  async text(call: TextCall): Promise<TextAnswer> {
    if (this.#broken) throw this.#broken;
    const came = new Deferred<Outcome>();
    this.#next += 1;
    this.#waiting.set(this.#next, came.resolve);
    // A piece of a file has a buffer of its own, and is not needed here any more.
    const transfer = call.bytes instanceof Uint8Array ? [call.bytes.buffer as ArrayBuffer] : [];
    this.#worker.postMessage({ type: "call", id: this.#next, call }, transfer);
    return answered(await came.promise);
  }

  async close(): Promise<void> {
    if (!this.#broken) {
      this.#worker.postMessage({ type: "close" });
      await this.#closed.promise;
      this.#broken = closed();
    }
    this.#worker.terminate();
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case "opened":
        this.#opened.resolve();
        break;
      case "failed":
        this.#opened.reject(unpacked(message.problem));
        break;
      case "outcome":
        this.#waiting.get(message.id)?.(message.outcome);
        this.#waiting.delete(message.id);
        break;
      case "closed":
        this.#closed.resolve();
    }
  }

  /** The worker has ended by itself. */
  #break(error: Unavailable): void {
    this.#broken = error;
    this.#opened.reject(error);
    this.#closed.resolve();
    for (const done of this.#waiting.values()) done({ problem: error.toJSON() });
    this.#waiting.clear();
  }
}
