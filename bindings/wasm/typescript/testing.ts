/**
 * For tests of hosts: a tenant in memory, and a factory for records.
 *
 * ```ts
 * import { tenant } from "nexa-crm/testing";
 *
 * const { crm, session, make } = await tenant();
 * const ticket = await make.ticket({ priority: "high" });
 * assert.equal((await session.ticket.claim({ ticket: ticket.id })).assignee?.user, session.userId);
 * await crm.close();
 * ```
 *
 * The clock is that of the runtime: the fake timers of a test runner set it.
 *
 * @module
 */

import type { Crm } from "./crm.js";
import type { Account } from "./generated/records/account.js";
import type { Contact } from "./generated/records/contact.js";
import type { Deal } from "./generated/records/deal.js";
import type { Lead } from "./generated/records/lead.js";
import type { Task } from "./generated/records/task.js";
import type { Ticket } from "./generated/records/ticket.js";
import type { User } from "./generated/records/user.js";
import type { OperationTable } from "./generated/table.js";
import { open, type OpenOptions, type Place } from "./open.js";
import type { Session } from "./session.js";

/** A tenant for one test. */
export interface TestTenant {
  /** The Crm, new for each test; close it in the end. */
  crm: Crm;
  /** The session of the first admin. */
  session: Session;
  /** What makes records in the tenant. */
  make: Factory;
}

/** A new tenant, in memory unless another place is named, with its first admin. */
export async function tenant(place: Place = "memory:", options: OpenOptions = {}): Promise<TestTenant> {
  const crm = await open(place, options);
  const session = await crm.createOrg("Test", { admin: { name: "Ada", email: "ada@host.example" } });
  return { crm, session, make: new Factory(session) };
}

/** The fields with which a kind is created, each of which may be left out. */
type Fields<N extends `${string}.create`> = N extends keyof OperationTable ? Partial<OperationTable[N]["input"]> : never;

/** Makes records with what they need; any field can be given. Each call makes another one. */
export class Factory {
  readonly #session: Session;
  #made = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** An agent. */
  async user(fields: Fields<"user.create"> = {}): Promise<User> {
    const number = this.#next();
    return this.#session.user.create({ name: `Agent ${number}`, email: `agent${number}@host.example`, role: "agent", ...fields });
  }

  /** A company. */
  async account(fields: Fields<"account.create"> = {}): Promise<Account> {
    return this.#session.account.create({ name: `Company ${this.#next()}`, ...fields });
  }

  /** A person. */
  async contact(fields: Fields<"contact.create"> = {}): Promise<Contact> {
    const number = this.#next();
    const person = { first_name: "Sam", last_name: `Person ${number}`, email: `person${number}@customer.example` };
    return this.#session.contact.create({ ...person, ...fields });
  }

  /** Somebody who may buy. */
  async lead(fields: Fields<"lead.create"> = {}): Promise<Lead> {
    const number = this.#next();
    const somebody = { last_name: `Lead ${number}`, email: `lead${number}@prospect.example`, company: `Prospect ${number}` };
    return this.#session.lead.create({ ...somebody, ...fields });
  }

  /** A sale in the making. */
  async deal(fields: Fields<"deal.create"> = {}): Promise<Deal> {
    return this.#session.deal.create({ name: `Deal ${this.#next()}`, ...fields });
  }

  /** An issue of a customer. */
  async ticket(fields: Fields<"ticket.create"> = {}): Promise<Ticket> {
    return this.#session.ticket.create({ subject: `Issue ${this.#next()}`, ...fields });
  }

  /** Something to do. */
  async task(fields: Fields<"task.create"> = {}): Promise<Task> {
    return this.#session.task.create({ title: `Task ${this.#next()}`, ...fields });
  }

  #next(): string {
    this.#made += 1;
    return String(this.#made);
  }
}
