import type { Fetched, Filter, Lead, Session } from "nexa-crm";

import { sentence } from "../app/act.ts";

const PAGE = 100;
/** What fills a screen, and is read before anything else. */
const SCREEN = 40;

/** What the table shows, and in which order. */
export interface Wanted {
  filter: Filter | undefined;
  sort: string[];
  text: string;
}

/** Where a page starts. */
type Cursor = string | number | null;

/** A list of any length, of which only the pages in sight are read. A cursor leads from each page to the next. */
export class Rows {
  total = $state(0);
  loading = $state(true);
  problem = $state("");
  #pages = $state.raw(new Map<number, Lead[]>());
  #cursors: Cursor[] = [null];
  #session: Session | undefined;
  #wanted: Wanted | undefined;
  #turn = 0;
  #sight: [number, number] = [0, 0];
  #reading: Promise<void> | undefined;

  at(index: number): Lead | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks anew. The rows in sight stay until the new ones are here. */
  ask(session: Session, wanted: Wanted): void {
    const other = session !== this.#session || JSON.stringify(wanted) !== JSON.stringify(this.#wanted);
    this.#session = session;
    this.#wanted = wanted;
    this.#turn += 1;
    if (other) {
      this.#cursors = [null];
      this.#sight = [0, 0];
    }
    this.#reading = this.#first(session, wanted, this.#turn, other);
  }

  /** Reads what lies in sight, if it is not here yet. */
  see(first: number, last: number): void {
    this.#sight = [Math.floor(first / PAGE), Math.floor(Math.max(first, last - 1) / PAGE)];
    this.#reading = (this.#reading ?? Promise.resolve()).then(() => this.#fill(this.#turn));
  }

  async #first(session: Session, wanted: Wanted, turn: number, other: boolean): Promise<void> {
    const start = other ? 0 : this.#sight[0];
    try {
      const page = await this.#page(session, wanted, this.#cursors[start] ?? null, other ? SCREEN : PAGE);
      if (turn !== this.#turn) return;
      this.#pages = new Map([[start, page.items]]);
      this.#cursors.length = start + 1;
      this.#cursors[start + 1] = page.next ?? null;
      const known = start * PAGE + page.items.length;
      this.total = page.next && !other ? Math.max(known, this.total) : known;
      this.problem = "";
      this.loading = false;
      if (other && page.next) {
        const rest = await this.#page(session, wanted, page.next, PAGE - SCREEN);
        if (turn !== this.#turn) return;
        this.#pages = new Map([[start, [...page.items, ...rest.items]]]);
        this.#cursors[start + 1] = rest.next ?? null;
        this.total = start * PAGE + page.items.length + rest.items.length + (rest.next ? 1 : 0);
      }
      if (page.next && !wanted.text) {
        const total = await session.lead.count(wanted.filter ? { filter: wanted.filter } : {});
        if (turn !== this.#turn) return;
        this.total = total;
      }
      await this.#fill(turn);
    } catch (error) {
      if (turn === this.#turn) this.problem = sentence(error);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  async #fill(turn: number): Promise<void> {
    const session = this.#session;
    const wanted = this.#wanted;
    if (!session || !wanted) return;
    while (turn === this.#turn) {
      const [low, high] = this.#sight;
      const missing = [low, high].find((page) => !this.#pages.has(page) && page * PAGE < this.total);
      if (missing === undefined) return;
      const reach = Math.min(missing, this.#cursors.length - 1);
      const cursor = this.#cursors[reach];
      if (reach > 0 && !cursor) return;
      const page = await this.#page(session, wanted, cursor ?? null);
      if (turn !== this.#turn) return;
      this.#pages = new Map([...this.#pages, [reach, page.items]].slice(-12) as [number, Lead[]][]);
      this.#cursors[reach + 1] = page.next ?? null;
      if (wanted.text) this.total = Math.max(this.total, reach * PAGE + page.items.length + (page.next ? 1 : 0));
    }
  }

  async #page(session: Session, wanted: Wanted, after: Cursor, limit = PAGE): Promise<Fetched<Lead>> {
    const rest = { limit, ...(typeof after === "string" && { after }), ...(wanted.filter && { filter: wanted.filter }) };
    if (wanted.text) return session.lead.search({ text: wanted.text, ...rest }).page();
    return session.lead.find({ sort: wanted.sort, ...rest }).page();
  }
}
