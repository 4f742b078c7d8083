/** The tab that owns a file: it answers its own calls and those of the others. */

import type { Channel } from "./member.js";
import { type FromOwner, outcome, type ToOwner } from "./messages.js";
import { repeated } from "./repeat.js";
import type { TextAnswer, TextCall, TextTransport } from "./transport.js";

/** The tab that owns a file, as long as it does. */
export class Owner {
  readonly #carrier: TextTransport;
  readonly #calls: Channel;
  readonly #channelTo: (member: string) => Channel;
  readonly #members = new Map<string, Channel>();
  /** Calls of others that are under way; one that comes a second time is answered once. */
  readonly #known = new Set<string>();
  readonly #work = new Set<Promise<unknown>>();

  constructor(carrier: TextTransport, calls: Channel, channelTo: (member: string) => Channel) {
    this.#carrier = carrier;
    this.#calls = calls;
    this.#channelTo = channelTo;
    calls.onmessage = ({ data }) => {
      this.#hear(data as ToOwner);
    };
  }

  /** Makes a call; `again` says that an earlier owner may have made it. */
  async text(call: TextCall, again = false): Promise<TextAnswer> {
    const work = again ? repeated(this.#carrier, call) : this.#carrier.text(call);
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  /** Hears no more, ends what is under way, and lets go of the file. What comes now is for the next owner. */
  async close(): Promise<void> {
    this.#calls.onmessage = null;
    this.#calls.close();
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
    for (const channel of this.#members.values()) channel.close();
    await this.#carrier.close();
  }

  #hear(asked: ToOwner): void {
    switch (asked.type) {
      case "hello":
        this.#send(asked.from, { type: "here" });
        break;
      case "bye":
        this.#members.get(asked.from)?.close();
        this.#members.delete(asked.from);
        break;
      case "call":
        void this.#answer(asked);
    }
  }

  async #answer({ from, id, call, again }: Extract<ToOwner, { type: "call" }>): Promise<void> {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const work = outcome(this.text(call, again)).then((came) => {
      this.#known.delete(id);
      this.#send(from, { type: "outcome", id, outcome: came });
    });
    this.#work.add(work);
    await work;
    this.#work.delete(work);
  }

  #send(member: string, message: FromOwner): void {
    let channel = this.#members.get(member);
    if (!channel) {
      channel = this.#channelTo(member);
      this.#members.set(member, channel);
    }
    channel.postMessage(message);
  }
}
