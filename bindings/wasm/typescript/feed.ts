/** The change feed. */

import type { Id } from "./base.js";
import type { Filter } from "./filter.js";
import type { Change } from "./generated/parts/common.js";
import type { KindName } from "./generated/session.js";

/** How many events are read at once. */
export const LIMIT = 1000;
/** How long a feed that follows waits at least before it looks again, in milliseconds. */
export const SHORTEST = 10;
/** How long it waits at most. */
export const LONGEST = 500;

/** What the actor may see changed as a whole, such as with their role or groups: read everything anew. */
export interface AccessChanged {
  /** Distinguishes it from a change. */
  access_changed: true;
  /** The number of the event in the tenant's ledger. */
  seq: number;
  /** Where to go on after it. */
  position: string;
}

/** A record left the actor's view, by itself or with another that it hangs on; forget it. */
export interface Gone {
  /** Distinguishes it from a change. */
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

/**
 * One entry of a feed: what changed, what went out of sight (`"gone" in event`), or that everything is to be read anew
 * (`"access_changed" in event`).
 */
export type FeedEvent = Change | Gone | AccessChanged;

/** Where a feed begins, and whether it ends. */
export interface FeedOptions {
  /** The position after which it begins, as `position` of a feed or an event has it; `"end"` for what happens next; the start unless said. */
  after?: string | 0;
  /** Whether to wait for more instead of ending with the ledger. */
  follow?: boolean;
  /** Ends a feed that waits. */
  signal?: AbortSignal;
  /** Only the changes of records of one kind, and of these those that match a filter. */
  only?: FeedOnly;
}

/** The changes that a feed has alone. */
export interface FeedOnly {
  /** The kind of the records. */
  kind: KindName;
  /**
   * What the changes match: it may ask what happened (`changed`, `was`, `became`), and else is asked of the record as it was after the
   * change.
   */
  filter?: Filter;
}

/** The field has another value after the change; in the filter of a feed. */
export function changed(field: string): Filter {
  return { changed: field.replaceAll("__", ".") };
}

/** The record matched before the change; in the filter of a feed. */
export function was<W>(filter: Filter<W>): Filter<W> {
  return { was: filter };
}

/** The record matches after the change, and did not before; in the filter of a feed: `became(where({ status: "closed" }))`. */
export function became<W>(filter: Filter<W>): Filter<W> {
  return { became: filter };
}

/** An item as it is on the wire. */
export type WireItem =
  | { changed: Change }
  | { gone: Omit<Gone, "gone"> }
  | { access_changed: Omit<AccessChanged, "access_changed"> };

function read(item: WireItem): FeedEvent {
  if ("changed" in item) return item.changed;
  if ("gone" in item) return { gone: true, ...item.gone };
  return { access_changed: true, ...item.access_changed };
}

/** A page of a feed as it is on the wire. */
export interface WireFeed {
  items: readonly WireItem[];
  next: string;
  complete: boolean;
}

/** Events in the order of the ledger: `for await (const event of session.feed({ after }))`. That of a Crm has changes alone. */
export class Feed<E extends FeedEvent = FeedEvent> implements AsyncIterable<E> {
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

  async *[Symbol.asyncIterator](): AsyncGenerator<E, void, undefined> {
    const { follow = false, signal } = this.#options;
    let wait = SHORTEST;
    while (!signal?.aborted) {
      const page = await this.#fetch(this.position, LIMIT);
      for (const item of page.items) {
        const event = read(item);
        this.position = event.position ?? this.position;
        yield event as E;
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
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
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
