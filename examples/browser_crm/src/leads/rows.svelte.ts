import type { Filter, Lead, Session } from "nexa-crm";

import { sentence } from "../app/act.ts";
import { seek } from "./seek.ts";

const PAGE = 100;
/** What fills a screen, and is read before anything else. */
const SCREEN = 40;
/** How many pages are kept. */
const KEPT = 12;

/** So many pages are read on the way to one; what is farther away is looked for. */
const FAR = 4;

/** Where a page starts: after a cursor, of the list itself or of one that starts later. */
interface Cursor {
  after?: string;
  filter?: Filter | undefined;
}

interface Page {
  items: Lead[];
  next?: string;
}

/** What the table shows, and in which order. */
export interface Wanted {
  filter: Filter | undefined;
  sort: string[];
  text: string;
}

/** A list of any length, of which only the pages in sight are read. A cursor leads from each page to the next; by score one can jump. */
export class Rows {
  total = $state(0);
  /** Whether the rows are still those of another list than the one that is wanted. */
  stale = $state(true);
  problem = $state("");
  #pages = $state.raw(new Map<number, Lead[]>());
  #cursors = new Map<number, Cursor>([[0, {}]]);
  #session: Session | undefined;
  #wanted: Wanted | undefined;
  #turn = 0;
  #sight: [number, number] = [0, 0];
  #reading: Promise<void> = Promise.resolve();

  /** Whether there were no rows yet. */
  get loading(): boolean {
    return this.stale && this.#pages.size === 0;
  }

  at(index: number): Lead | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Asks anew: from the start for another list, and else what is in sight. The old rows stay until the new ones are here. */
  ask(session: Session, wanted: Wanted): void {
    const other = this.stale || session !== this.#session || JSON.stringify(wanted) !== JSON.stringify(this.#wanted);
    this.#session = session;
    this.#wanted = wanted;
    this.#turn += 1;
    if (other) {
      this.#cursors = new Map([[0, {}]]);
      this.#sight = [0, 0];
      this.stale = true;
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
    const screen = await this.#fetch({}, SCREEN);
    if (turn !== this.#turn) return;
    this.#take(0, screen, {}, new Map());
    this.total = screen.items.length;
    this.#answered("");
    if (!screen.next) return;
    const rest = await this.#fetch({ after: screen.next }, PAGE - SCREEN);
    if (turn !== this.#turn) return;
    const items = [...screen.items, ...rest.items];
    this.#take(0, { ...rest, items }, {});
    this.total = items.length;
    if (rest.next) await this.#count(turn);
  }

  /** The page in sight once more; the others are forgotten. */
  async #again(turn: number): Promise<void> {
    const [start] = this.#sight;
    const [at, cursor] = this.#nearest(start);
    const page = await this.#fetch(cursor, PAGE);
    if (turn !== this.#turn) return;
    this.#cursors = new Map([...this.#cursors].filter(([known]) => known <= at));
    this.#take(at, page, cursor, new Map());
    this.#answered("");
    if (page.next) await this.#count(turn);
    else this.total = at * PAGE + page.items.length;
  }

  /** Hits of a search are not counted; there is one more row as long as there is another page. */
  async #count(turn: number): Promise<void> {
    const filter = this.#wanted?.filter;
    const known = Math.max(...this.#cursors.keys()) * PAGE + 1;
    const total = this.#wanted?.text ? known : await this.#session?.lead.count(filter ? { filter } : {});
    if (turn === this.#turn) this.total = total ?? known;
  }

  async #fill(turn: number): Promise<void> {
    while (turn === this.#turn) {
      const missing = this.#sight.find((page) => !this.#pages.has(page) && page * PAGE < this.total);
      if (missing === undefined) return;
      if (missing - this.#nearest(missing)[0] > FAR) await this.#jump(missing, turn);
      const [reach, cursor] = this.#nearest(missing);
      if (this.#pages.has(reach) && !this.#cursors.has(reach + 1)) return;
      const page = await this.#fetch(cursor, PAGE);
      if (turn !== this.#turn) return;
      this.#take(reach, page, cursor);
      const known = reach * PAGE + page.items.length;
      if (this.#wanted?.text) this.total = page.next ? Math.max(this.total, known + 1) : known;
    }
  }

  /** The last page up to this one of which it is known where it starts. */
  #nearest(page: number): [number, Cursor] {
    const at = Math.max(...[...this.#cursors.keys()].filter((known) => known <= page));
    return [at, this.#cursors.get(at) ?? {}];
  }

  /** Finds where a page far away starts, where that can be found. */
  async #jump(page: number, turn: number): Promise<void> {
    const { filter, sort: [sort, ...more] = [], text } = this.#wanted ?? {};
    if (!this.#session || !sort?.endsWith("score") || more.length || text) return;
    const start = await seek(this.#session, filter, sort, page * PAGE);
    const before = page * PAGE - (start?.row ?? Infinity);
    if (!start || before < 0 || before > 1000) return;
    const { next } = before ? await this.#fetch({ filter: start.filter }, before) : { next: undefined };
    if (turn !== this.#turn || (before && !next)) return;
    this.#cursors.set(page, { filter: start.filter, ...(next && { after: next }) });
  }

  #take(at: number, page: Page, { filter }: Cursor, kept = this.#pages): void {
    this.#pages = new Map([...[...kept].filter(([page]) => page !== at).slice(1 - KEPT), [at, page.items]]);
    if (page.next) this.#cursors.set(at + 1, { after: page.next, filter });
    else this.#cursors.delete(at + 1);
  }

  async #fetch({ after, filter = this.#wanted?.filter }: Cursor, limit: number): Promise<Page> {
    const { sort = [], text = "" } = this.#wanted ?? {};
    const rest = { limit, ...(after && { after }), ...(filter && { filter }) };
    const { lead } = this.#session ?? {};
    if (!lead) return { items: [] };
    const { items, next } = await (text ? lead.search({ text, ...rest }).page() : lead.find({ sort, ...rest }).page());
    return { items, ...(typeof next === "string" && { next }) };
  }

  #refused(error: unknown, turn: number): void {
    if (turn === this.#turn) this.#answered(sentence(error));
  }

  #answered(problem: string): void {
    this.problem = problem;
    this.stale = false;
  }
}
