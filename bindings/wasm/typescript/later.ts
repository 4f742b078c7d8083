/** What happens later: who has something due, what a tick did, and the loop that does it. */

/** A tenant in which something is due. */
export interface Due {
  /** The tenant. */
  org: string;
  /** Since when, in UTC. */
  at: string;
}

/** What a tick did. */
export interface Ticked {
  /** How many timers fired, and how many units of the ledger a consumer was given. */
  done: number;
  /** When something is due next, in UTC, as far as that is known; now or before, when the limit left something. */
  next_due: string | null;
}

/** How a worker works. */
export interface WorkerOptions {
  /** How many milliseconds it waits when nothing is due: 1,000 unless said. */
  every?: number;
  /** Called for a tenant that could not be worked on; without a tenant when the storage did not say who is due. */
  onError?: (problem: unknown, org?: string) => void;
}

/** How many tenants a worker looks at before it asks again who is due, and how much it does in one of them. */
const LIMIT = 100;

/** What a worker needs of a crm. */
export interface Ticking {
  readonly closed: boolean;
  due(options: { limit: number }): Promise<Due[]>;
  tick(org: string, options: { limit: number }): Promise<Ticked>;
}

/** Does what is due in every tenant, again and again, until it is stopped or its crm is closed. */
export class CrmWorker {
  readonly #crm: Ticking;
  readonly #options: WorkerOptions;
  readonly #ended: Promise<void>;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(crm: Ticking, options: WorkerOptions) {
    this.#crm = crm;
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Stops it; ends when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#ended;
  }

  get #over(): boolean {
    return this.#stopped || this.#crm.closed;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      if ((await this.#once()) === 0) await this.#pause();
    }
  }

  async #once(): Promise<number> {
    let done = 0;
    try {
      for (const due of await this.#crm.due({ limit: LIMIT })) {
        if (this.#over) break;
        try {
          done += (await this.#crm.tick(due.org, { limit: LIMIT })).done;
        } catch (problem) {
          this.#report(problem, due.org);
        }
      }
    } catch (problem) {
      this.#report(problem);
    }
    return done;
  }

  #report(problem: unknown, org?: string): void {
    if (!this.#over) this.#options.onError?.(problem, org);
  }

  #pause(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.every ?? 1_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
