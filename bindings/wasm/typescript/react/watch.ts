/** Who listens for what happens in a tenant: one feed for all of them, however many there are. */

import { Deferred } from "../deferred.js";
import { pause, type WireItem } from "../feed.js";
import type { Session } from "../session.js";

/** How long it waits before it looks again, in milliseconds. */
const LOOK = 500;
/** How long a feed that broke off waits before it goes on, in milliseconds. */
const AGAIN = 2000;
/** How many events are read at once. */
const LIMIT = 1000;

/** What a listener is told: the kinds whose records changed, or that everything may have. */
export type News = ReadonlySet<string> | "everything";

/** What a listener does with it. */
export type Listener = (news: News) => void;

interface Following {
  leaving: AbortController;
  /** Resolved once everything that happens from now on is told. */
  begun: Deferred<void>;
}

/** Follows the feed of a session while somebody listens. */
export class Watch {
  readonly #session: Session;
  readonly #listeners = new Set<Listener>();
  #following: Following | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Listens until what this answers is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#following ??= this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      // What happens while nobody listens is told to nobody: whoever listens next begins with an answer of its own.
      this.#following?.leaving.abort();
      this.#following = undefined;
    };
  }

  /** Waits until what happens from now on is told; what is asked afterwards misses nothing. */
  async begun(): Promise<void> {
    await this.#following?.begun.promise;
  }

  #follow(): Following {
    const following = { leaving: new AbortController(), begun: new Deferred<void>() };
    void this.#read(following);
    return following;
  }

  async #read({ leaving: { signal }, begun }: Following): Promise<void> {
    const left = (): boolean => signal.aborted;
    let position = "end";
    let known = true;
    while (!left()) {
      let wait = 0;
      try {
        const page = await this.#session.feedPage({ after: position, limit: LIMIT });
        position = page.next;
        begun.resolve();
        if (left()) return;
        if (!known) this.#tell("everything");
        else if (page.items.length > 0) this.#tell(newsOf(page.items));
        known = true;
        if (page.complete) wait = LOOK;
      } catch {
        // The server is away, or has another ledger by now: begin at its end, and take nothing for known.
        position = "end";
        known = false;
        begun.resolve();
        wait = AGAIN;
      }
      if (wait > 0) await pause(wait, signal);
    }
  }

  #tell(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }
}

function newsOf(items: readonly WireItem[]): News {
  const kinds = new Set<string>();
  for (const item of items) {
    if ("access_changed" in item) return "everything";
    kinds.add("changed" in item ? item.changed.kind : item.gone.kind);
  }
  return kinds;
}

const watches = new WeakMap<object, Watch>();

/** The watch of a session: the same for everybody who has that session. */
export function watchOf(session: Session): Watch {
  const known = watches.get(session);
  if (known) return known;
  const watch = new Watch(session);
  watches.set(session, watch);
  return watch;
}
