/** The door: a Crm, and the sessions that it gives out. */

import { closed, Invalid, thrown } from "./errors.js";
import { Feed, type FeedOptions, type WireFeed } from "./feed.js";
import type { Change } from "./generated/parts/common.js";
import { CrmWorker, type Due, type Ticked, type WorkerOptions } from "./later.js";
import { newSession, type Session } from "./session.js";
import type { Call, Transport } from "./transport.js";

/** What a new tenant is made of. */
export interface Founding {
  /** The first admin. */
  admin: { name: string; email: string };
  /** The currency of reports; USD unless said. */
  base_currency?: string;
  /** The time zone in which days and months are meant; UTC unless said. */
  time_zone?: string;
  /** The tenant's id, when the host names it. */
  id?: string;
}

/** The principal that acts, whom the host has authenticated: one of them. */
export type Actor =
  | { user: string; contact?: never; service?: never }
  | { contact: string; user?: never; service?: never }
  | { service: string; user?: never; contact?: never };

/** An open storage with its tenants, or the way to one. */
export class Crm {
  /** What sessions go through, as long as this is open. */
  readonly #transport: Transport = { call: (call) => this.#call(call) };
  readonly #carrier: Transport;
  #closed = false;

  constructor(carrier: Transport) {
    this.#carrier = carrier;
  }

  /** Makes a tenant with its first admin, and answers the admin's session. Raises `Conflict` (`id.taken`). */
  async createOrg(name: string, founding: Founding): Promise<Session> {
    const { admin, ...rest } = founding;
    const input = { name, ...rest, admin_name: admin.name, admin_email: admin.email };
    const made = (await this.#call({ operation: "create_org", input })) as { org: string; principal: string };
    return newSession(this.#transport, made.org, made.principal);
  }

  /** A session of a user, a customer or a service of the host, whom the host has authenticated. */
  session({ org, ...actor }: { org: string } & Actor): Session {
    const said = Object.entries(actor).filter(([, who]) => (who as string | undefined) !== undefined);
    const [only] = said;
    if (said.length !== 1 || !only) {
      const message = "A session is of a user, a contact or a service; name one of them.";
      throw new Invalid({ kind: "invalid", code: "command.malformed", message });
    }
    return newSession(this.#transport, org, only.join(":"));
  }

  /** A session of the host itself, for which every access is open; never hand it to a caller from outside. */
  system(org: string, cause: string): Session {
    return newSession(this.#transport, org, `system:${cause}`);
  }

  /** Whether the tenant exists. */
  async hasOrg(org: string): Promise<boolean> {
    return (await this.#call({ operation: "has_org", input: { org } })) as boolean;
  }

  /** Removes a tenant with everything it has, its history included. */
  async dropOrg(org: string): Promise<void> {
    await this.#call({ operation: "drop_org", input: { org } });
  }

  /**
   * The tenants in which something is due by a moment, now unless said; those first in which it is due longest. It reads nothing of a
   * tenant but its id and that moment. Raises `Invalid` (`page.size`) unless `limit` is 1 to 1,000.
   */
  async due({ now, limit = 100 }: { now?: Date; limit?: number } = {}): Promise<Due[]> {
    const input = { now: now?.toISOString(), limit };
    return (await this.#call({ operation: "due", input })) as Due[];
  }

  /**
   * Does what is due in a tenant now, each thing once, also when several tick at the same time: timers fire, and what follows from
   * events is done. Where nothing is due it writes nothing. Raises `Invalid` (`page.size`) unless `limit` is 1 to 1,000.
   */
  async tick(org: string, { limit = 1_000 }: { limit?: number } = {}): Promise<Ticked> {
    return (await this.#call({ operation: "tick", input: { org, limit } })) as Ticked;
  }

  /**
   * Starts doing what is due in every tenant, again and again, until it is stopped: in the tab or the server that has the storage open.
   * Several of them, also of several tabs, do everything once.
   */
  worker(options: WorkerOptions = {}): CrmWorker {
    return new CrmWorker(this, options);
  }

  /** Events of a tenant after a position, without a gap and without an access rule: for the trusted host. */
  feed(org: string, options: FeedOptions = {}): Feed<Change> {
    const fetch = (after: string, limit: number): Promise<WireFeed> =>
      this.#call({ org, operation: "feed", input: { after, limit, ...(options.only && { only: options.only }) } }) as Promise<WireFeed>;
    return new Feed<Change>(fetch, options);
  }

  /**
   * A backup: one moment of the whole file, all tenants, while work goes on. It is a plain SQLite file, which `restore`
   * takes, here and in the other languages. A `Blob` keeps it out of the page's memory until somebody reads it: give it to
   * `URL.createObjectURL`, to `fetch` as a body, or read its `stream()`.
   *
   * Raises `Unavailable`: `store.unsupported` for what is no file, as `memory:` and a storage of the host are, `store.io`,
   * `store.full`.
   */
  async backup(): Promise<Blob> {
    return (await this.#call({ operation: "backup", input: {} })) as Blob;
  }

  /** Lets go of the storage. Calls that are under way end; later ones are `crm.closed`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#carrier.close?.();
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  async #call(call: Call): Promise<unknown> {
    if (this.#closed) throw closed();
    try {
      return await this.#carrier.call(call);
    } catch (problem) {
      throw thrown(problem);
    }
  }
}
