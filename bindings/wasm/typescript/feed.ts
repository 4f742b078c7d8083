/** The change feed. */

import type { Id } from "./base.js";
import type { Change } from "./generated/parts/common.js";

const LIMIT = 1000;
/** How long a feed that follows waits before it looks again, in milliseconds. */
const [SHORTEST, LONGEST] = [10, 500];

/** A record left the actor's view; forget it. */
export interface Gone {
  /** Tells it from a change. */
  gone: true;
  /** The number of the event in the tenant's ledger. */
  seq: number;
  /** Where to go on after it. */
  position: string;
  /** The kind of the record. */
  kind: string;
  /** The record. */
  id: Id;
}

/** One entry of a feed: what changed, or what went out of sight (`"gone" in event`). */
export type FeedEvent = Change | Gone;

/** Where a feed begins, and whether it ends. */
export interface FeedOptions {
  /** The position after which it begins, as `position` of a feed or an event has it; the start unless said. */
  after?: string | 0;
  /** Whether to wait for more instead of ending with the ledger. */
  follow?: boolean;
  /** Ends a feed that waits. */
  signal?: AbortSignal;
}

/** A page of a feed as it is on the wire. */
export interface WireFeed {
  items: readonly ({ changed: Change } | { gone: Omit<Gone, "gone"> })[];
  next: string;
  complete: boolean;
}

/** Events in the order of the ledger: `for await (const event of session.feed({ after }))`. */
export class Feed implements AsyncIterable<FeedEvent> {
  /** Everything up to here was given; go on after it another time. */
  position: string;
  readonly #fetch: (after: string, limit: number) => Promise<WireFeed>;
  readonly #options: FeedOptions;

  /** Of what fetches a page after a position. */
  constructor(fetch: (after: string, limit: number) => Promise<WireFeed>, options: FeedOptions) {
    this.position = String(options.after ?? 0);
    this.#fetch = fetch;
    this.#options = options;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedEvent, void, undefined> {
    const { follow = false, signal } = this.#options;
    let wait = SHORTEST;
    while (!signal?.aborted) {
      const page = await this.#fetch(this.position, LIMIT);
      for (const item of page.items) {
        const event = "changed" in item ? item.changed : { gone: true as const, ...item.gone };
        this.position = event.position ?? this.position;
        yield event;
      }
      this.position = page.next;
      if (!page.complete) continue;
      if (!follow) return;
      wait = page.items.length > 0 ? SHORTEST : Math.min(wait * 2, LONGEST);
      await pause(wait, signal);
    }
  }
}

/** Waits, unless a signal ends it before. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
