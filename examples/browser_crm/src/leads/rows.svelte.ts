import type { Fetched, Filter, Lead, Session } from "nexa-crm";

import { sentence } from "../app/act.ts";

const PAGE = 100;
/** What fills a screen, and is read before anything else. */
const SCREEN = 40;
/** How many pages are kept. */
const KEPT = 12;

/** Where a page starts. */
type Cursor = string | number | null;

/** What the table shows, and in which order. */
export interface Wanted {
  filter: Filter | undefined;
  sort: string[];
  text: string;
}

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
  #reading: Promise<void> = Promise.resolve();

  at(index: number): Lead | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks anew: from the start for another list, and else what is in sight. The old rows stay until the new ones are here. */
  ask(session: Session, wanted: Wanted): void {
    const other = session !== this.#session || JSON.stringify(wanted) !== JSON.stringify(this.#wanted);
    this.#session = session;
    this.#wanted = wanted;
    this.#turn += 1;
    if (other) {
      this.#cursors = [null];
      this.#sight = [0, 0];
    }
    this.#reading = this.#read(this.#turn, other);
  }

  /** Reads what lies in sight, if it is not here yet. */
  see(first: number, last: number): void {
    this.#sight = [Math.floor(first / PAGE), Math.floor(Math.max(first, last - 1) / PAGE)];
    this.#reading = this.#reading.then(() => this.#fill(this.#turn)).catch((error: unknown) => this.#refused(error, this.#turn));
  }

  async #read(turn: number, other: boolean): Promise<void> {
    try {
      if (other) await this.#screen(turn);
      else await this.#again(turn);
      if (turn === this.#turn) await this.#fill(turn);
    } catch (error) {
      this.#refused(error, turn);
    }
  }

  /** A screenful, then the rest of its page, then how many there are. */
  async #screen(turn: number): Promise<void> {
    const screen = await this.#fetch(null, SCREEN);
    if (turn !== this.#turn) return;
    this.#take(0, screen, new Map());
    this.total = screen.items.length;
    this.loading = false;
    this.problem = "";
    if (!screen.next) return;
    const rest = await this.#fetch(screen.next, PAGE - SCREEN);
    if (turn !== this.#turn) return;
    this.#take(0, { ...rest, items: [...screen.items, ...rest.items] });
    this.total = PAGE;
    await this.#count(turn);
  }

  /** The page in sight once more; the others are forgotten. */
  async #again(turn: number): Promise<void> {
    const [start] = this.#sight;
    const page = await this.#fetch(this.#cursors[start] ?? null, PAGE);
    if (turn !== this.#turn) return;
    this.#cursors.length = start + 1;
    this.#take(start, page, new Map());
    if (page.next) await this.#count(turn);
    else this.total = start * PAGE + page.items.length;
  }

  /** Hits of a search are not counted; there is one more row as long as there is another page. */
  async #count(turn: number): Promise<void> {
    const filter = this.#wanted?.filter;
    const known = (this.#cursors.length - 1) * PAGE + 1;
    const total = this.#wanted?.text ? known : await this.#session?.lead.count(filter ? { filter } : {});
    if (turn === this.#turn) this.total = total ?? known;
  }

  async #fill(turn: number): Promise<void> {
    while (turn === this.#turn) {
      const missing = this.#sight.find((page) => !this.#pages.has(page) && page * PAGE < this.total);
      if (missing === undefined) return;
      const reach = Math.min(missing, this.#cursors.length - 1);
      const cursor = this.#cursors[reach] ?? null;
      if (reach > 0 && !cursor) return;
      const page = await this.#fetch(cursor, PAGE);
      if (turn !== this.#turn) return;
      this.#take(reach, page);
      const known = reach * PAGE + page.items.length;
      if (this.#wanted?.text) this.total = page.next ? Math.max(this.total, known + 1) : known;
    }
  }

  #take(at: number, page: Fetched<Lead>, kept = this.#pages): void {
    this.#pages = new Map([...[...kept].filter(([page]) => page !== at).slice(1 - KEPT), [at, page.items]]);
    this.#cursors[at + 1] = page.next ?? null;
  }

  async #fetch(after: Cursor, limit: number): Promise<Fetched<Lead>> {
    const { filter, sort = [], text = "" } = this.#wanted ?? {};
    const rest = { limit, ...(typeof after === "string" && { after }), ...(filter && { filter }) };
    const { lead } = this.#session ?? {};
    if (!lead) return { items: [] };
    return text ? lead.search({ text, ...rest }).page() : lead.find({ sort, ...rest }).page();
  }

  #refused(error: unknown, turn: number): void {
    if (turn !== this.#turn) return;
    this.problem = sentence(error);
    this.loading = false;
  }
}
