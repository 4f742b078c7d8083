/**
 * One of the tabs that share a file. Whoever has the lock owns the file; the others send their calls to the owner. When
 * the owner goes, the lock goes to another, and calls that had no answer are made again.
 *
 * Owner and members meet on broadcast channels: one to the owner, one to each member, one on which a new owner is announced.
 */

import { Deferred } from "./deferred.js";
import { closed } from "./errors.js";
import { answered, type FromOwner, outcome, type Outcome, portable, type Problem, type ToOwner } from "./messages.js";
import { Owner } from "./owner.js";
import { repeatable } from "./repeat.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";

/** How long the next try to own the file waits after one that failed, in milliseconds. */
const PAUSE = 1000;

/** An owner that is at work says so within this time, in milliseconds; one that is going does not. */
const GREETING = 20;

/** A channel that reaches everybody who has one of the same name. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
  close(): void;
}

/** What a member needs of the world. */
export interface World {
  /** Does the work while it has the lock of this name; waits for the lock before. */
  lock(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void>;
  /** Joins a channel. */
  channel(name: string): Channel;
  /** Loads what opening needs, while the lock is still somebody else's. */
  prepare?(): void;
  /** Opens the file, which nobody else has open any more, or soon will not. */
  open(): Promise<TextTransport>;
  /** A new identifier. */
  newId(): string;
}

interface Waiting {
  call: TextCall;
  /** Whether an owner may have got it before. */
  sent: boolean;
  done: (outcome: Outcome) => void;
}

/** One of the tabs that share a file. */
export class Member implements TextTransport {
  readonly #world: World;
  readonly #name: string;
  readonly #id: string;
  /** What owners send this member, and what they send everybody. */
  readonly #answers: Channel;
  readonly #news: Channel;
  readonly #toOwner: Channel;
  readonly #waiting = new Map<string, Waiting>();
  readonly #leaving = new AbortController();
  readonly #joined = new Deferred<void>();
  readonly #gone: Promise<void>;
  #owner: Owner | undefined;

  constructor(name: string, world: World) {
    this.#world = world;
    this.#name = name;
    this.#id = world.newId();
    this.#answers = world.channel(`${name}/${this.#id}`);
    this.#news = world.channel(`${name}/news`);
    this.#toOwner = world.channel(`${name}/owner`);
    this.#answers.onmessage = ({ data }) => {
      this.#hear(data as FromOwner);
    };
    this.#news.onmessage = () => {
      this.#joined.resolve();
      this.#sendAll();
    };
    const unanswered = setTimeout(() => world.prepare?.(), GREETING);
    const answered = (): void => {
      clearTimeout(unanswered);
    };
    // Whoever does not ask whether it joined does not hear why it did not.
    this.#joined.promise.then(answered, answered);
    this.#send({ type: "hello", from: this.#id });
    this.#gone = this.#own();
  }

  #hasLeft(): boolean {
    return this.#leaving.signal.aborted;
  }

  /** Waits until there is an owner. Throws what opening the file throws when this member has to open it. */
  async joined(): Promise<void> {
    await this.#joined.promise;
  }

  /** Whether this member owns the file. */
  get owns(): boolean {
    return this.#owner !== undefined;
  }

  async text(call: TextCall): Promise<TextAnswer> {
    if (this.#hasLeft()) throw closed();
    // Nobody makes a call again for an owner: when it goes, so does whoever called.
    if (this.#owner) return this.#owner.text(call);
    const came = new Deferred<Outcome>();
    const id = this.#world.newId();
    const waiting: Waiting = { call: repeatable(call, () => this.#world.newId()), sent: false, done: came.resolve };
    this.#waiting.set(id, waiting);
    this.#sendCall(id, waiting);
    return answered(await came.promise);
  }

  /** Leaves: answers what it was asked, lets go of the file, and hands it over. */
  async close(): Promise<void> {
    if (!this.#hasLeft()) {
      this.#send({ type: "bye", from: this.#id });
      this.#leaving.abort();
    }
    await this.#gone;
    for (const channel of [this.#answers, this.#news, this.#toOwner]) channel.close();
    this.#fail(portable(closed()));
    this.#joined.reject(closed());
  }

  /** Owns the file as often as the lock comes here, until this member leaves. */
  async #own(): Promise<void> {
    while (!this.#hasLeft()) {
      try {
        await this.#world.lock(this.#name, this.#leaving.signal, () => this.#lead());
      } catch (problem) {
        if (this.#hasLeft()) return;
        this.#joined.reject(problem);
        this.#fail(portable(problem));
        // Another member may be luckier before this one tries again.
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  /** Owns the file until this member leaves. */
  async #lead(): Promise<void> {
    const carrier = await this.#world.open();
    const owner = new Owner(carrier, this.#world.channel(`${this.#name}/owner`), (member) =>
      this.#world.channel(`${this.#name}/${member}`),
    );
    this.#owner = owner;
    this.#joined.resolve();
    this.#news.postMessage("owner");
    for (const [id, { call, sent }] of this.#waiting) {
      void outcome(owner.text(call, sent)).then((came) => {
        this.#settle(id, came);
      });
    }
    await aborted(this.#leaving.signal);
    this.#owner = undefined;
    await owner.close();
  }

  #hear(message: FromOwner): void {
    this.#joined.resolve();
    if (message.type === "outcome") this.#settle(message.id, message.outcome);
  }

  #settle(id: string, came: Outcome): void {
    this.#waiting.get(id)?.done(came);
    this.#waiting.delete(id);
  }

  #fail(problem: Problem): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { problem });
  }

  #send(message: ToOwner): void {
    this.#toOwner.postMessage(message);
  }

  #sendCall(id: string, waiting: Waiting): void {
    this.#send({ type: "call", from: this.#id, id, call: waiting.call, again: waiting.sent });
    waiting.sent = true;
  }

  #sendAll(): void {
    for (const [id, waiting] of this.#waiting) this.#sendCall(id, waiting);
  }
}

/** Waits until a signal says so. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}
