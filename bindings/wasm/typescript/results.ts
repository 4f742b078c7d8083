/** What a question found, fetched page by page as it is read. */

import { LISTS, MAPS } from "./generated/names.js";

/** How many records are fetched at once while one reads on. */
const PAGE = 200;
/** How many a single page has unless said. */
const FIRST_PAGE = 50;

/** One page, and the cursor of the next. */
export interface Fetched<T> {
  /** The items. */
  items: T[];
  /** Where the next page starts; absent on the last. */
  next?: string | number | null;
}

/** A question for items, as the wire has it. */
export interface Asked {
  after?: string | number | null;
  limit?: number | null;
}

/** What a question found. `for await` fetches page after page; nothing is asked before. */
export class Results<T> implements AsyncIterable<T> {
  readonly #fetch: (input: Asked) => Promise<Fetched<T>>;
  readonly #asked: Asked;

  /** Of a question, and what fetches one page of it. */
  constructor(asked: Asked, fetch: (input: Asked) => Promise<Fetched<T>>) {
    this.#asked = asked;
    this.#fetch = fetch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let left = this.#asked.limit ?? Infinity;
    let after = this.#asked.after;
    while (left > 0) {
      const page = await this.#fetch(this.#page(Math.min(PAGE, left), after));
      yield* page.items;
      left -= page.items.length;
      after = page.next;
      if (after === undefined || after === null) return;
    }
  }

  /** One page: `limit` of them, or 50; after the page whose `next` is given. */
  async page(after = this.#asked.after): Promise<Fetched<T>> {
    return this.#fetch(this.#page(this.#asked.limit ?? FIRST_PAGE, after));
  }

  /** All of them. */
  async list(): Promise<T[]> {
    const all: T[] = [];
    for await (const item of this) all.push(item);
    return all;
  }

  /** The first, if there is one. */
  async first(): Promise<T | undefined> {
    const page = await this.#fetch(this.#page(1, this.#asked.after));
    return page.items[0];
  }

  #page(limit: number, after: Asked["after"]): Asked {
    const asked = { ...this.#asked, limit };
    delete asked.after;
    return after === undefined || after === null ? asked : { ...asked, after };
  }
}

/** Gives records those that came along, by relation. */
export function relate(record: Record<string, unknown>, related: Record<string, Record<string, unknown>>): void {
  const own: Record<string, unknown> = {};
  for (const [relation, records] of Object.entries(related)) {
    let at: unknown = record;
    for (const part of relation.split(".")) {
      at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined;
    }
    const found = typeof at === "string" ? records[at] : undefined;
    if (typeof found === "object" && found !== null) own[relation] = whole(found as Record<string, unknown>);
  }
  record["related"] = own;
}

/** A record that came along, with lists and maps where nothing is in them. */
function whole(record: Record<string, unknown>): Record<string, unknown> {
  const filled = { ...record };
  for (const name of LISTS) if (filled[name] === null) filled[name] = [];
  for (const name of MAPS) if (filled[name] === null) filled[name] = {};
  return filled;
}
