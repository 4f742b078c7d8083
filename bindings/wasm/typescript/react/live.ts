/** An answer that stays true: it is asked for again when what it is made of changed. */

import type { News, Watch } from "./watch.js";

/** What is known of an answer now. */
export interface Live<T> {
  /** The newest answer; absent until there is one. */
  readonly value: T | undefined;
  /** Why there is no newer one: a `NexaError`, or what else was thrown. */
  readonly problem: Error | undefined;
  /** Whether it is being asked for. */
  readonly asking: boolean;
}

/** Nothing is known yet. */
export const WAITING: Live<never> = { value: undefined, problem: undefined, asking: true };

/** One question, for as long as somebody looks at its answer. */
export class Question<T> {
  readonly #watch: Watch;
  readonly #kinds: readonly string[];
  readonly #ask: () => Promise<T>;
  readonly #listeners = new Set<() => void>();
  #live: Live<T> = WAITING;
  #stop: (() => void) | undefined;
  /** The number of the last time that it was asked. */
  #asked = 0;
  #due = false;

  /** A question about records of these kinds. */
  constructor(watch: Watch, kinds: readonly string[], ask: () => Promise<T>) {
    this.#watch = watch;
    this.#kinds = kinds;
    this.#ask = ask;
  }

  /** What is known of the answer; the same object until something else is known. */
  readonly read = (): Live<T> => this.#live;

  /** Looks at the answer until what this returns is called. */
  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#stop) {
      this.#stop = this.#watch.listen((news) => {
        this.#hear(news);
      });
      void this.#watch.begun().then(this.refresh);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
      // An answer on its way is nobody's.
      this.#asked += 1;
    };
  };

  /** Asks again. Of several answers on their way, that to the last question counts. */
  readonly refresh = (): void => {
    if (!this.#stop) return;
    const asked = ++this.#asked;
    this.#due = false;
    if (!this.#live.asking) this.#say({ ...this.#live, asking: true });
    const came = (live: Live<T>): void => {
      if (asked !== this.#asked) return;
      this.#say(live);
      if (this.#due) this.refresh();
    };
    this.#ask().then(
      (value) => {
        came({ value, problem: undefined, asking: false });
      },
      (problem: unknown) => {
        const error = problem instanceof Error ? problem : new Error(String(problem));
        came({ value: this.#live.value, problem: error, asking: false });
      },
    );
  };

  #hear(news: News): void {
    if (news !== "everything" && !this.#kinds.some((kind) => news.has(kind))) return;
    // While it is asked, one more time is enough, however much changes meanwhile.
    if (this.#live.asking && this.#asked > 0) this.#due = true;
    else this.refresh();
  }

  #say(live: Live<T>): void {
    this.#live = live;
    for (const listener of [...this.#listeners]) listener();
  }
}
