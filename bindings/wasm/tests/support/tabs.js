/** A browser with several tabs, as far as they share a file: locks, channels, and a file that outlives them. */

import { Member } from "../../dist/member.js";
import { NativeTransport } from "../../dist/native.js";
import { overText } from "../../dist/transport.js";
import { Crm } from "nexa-crm";

/** Who waits for a lock gets it when it is free; what is granted lasts as long as the work. */
class Locks {
  held = 0;
  #queue = Promise.resolve();

  async request(signal, dead, work) {
    const before = this.#queue;
    let release;
    this.#queue = new Promise((resolve) => (release = resolve));
    const given = new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
      dead.then(() => reject(new Error("killed")));
      before.then(resolve);
    });
    try {
      await given;
    } catch (problem) {
      before.then(release);
      throw problem;
    }
    this.held += 1;
    if (this.held > 1) throw new Error("two have the lock");
    try {
      return await Promise.race([work(), dead]);
    } finally {
      this.held -= 1;
      release();
    }
  }
}

/** The tabs of one origin. */
export class Tabs {
  #name = `tabs/${crypto.randomUUID()}`;
  #locks = new Locks();
  /** How often the file was opened. */
  opened = 0;
  /** Calls that reached the file. */
  calls = [];
  /** Runs before and after each call that reaches the file. */
  before = async () => {};
  after = async () => {};
  /** What opening the file throws. */
  failing = undefined;

  async #file() {
    this.file ??= await NativeTransport.open("memory:", "memory:");
    return this.file;
  }

  /** Opens a tab. */
  async open() {
    const tab = new Tab(this.#locks, this.#name, async () => {
      if (this.failing) throw this.failing;
      this.opened += 1;
      const file = await this.#file();
      return {
        text: async (call) => {
          await this.before(call);
          this.calls.push(call);
          const answer = await file.text(call);
          await this.after(call);
          return answer;
        },
        close: async () => {},
      };
    });
    try {
      await tab.member.joined();
      return tab;
    } catch (problem) {
      await tab.member.close();
      throw problem;
    }
  }
}

/** The blobs that are on their way between tabs. */
const blobs = [];

/** A channel that carries blobs, as those of browsers do and Node's do not. */
class Channel extends BroadcastChannel {
  postMessage(message) {
    const bytes = message.call?.bytes;
    const sent = bytes instanceof Blob ? { ...message.call, bytes: undefined, blob: blobs.push(bytes) - 1 } : message.call;
    super.postMessage(sent ? { ...message, call: sent } : message);
  }

  set onmessage(hear) {
    super.onmessage = hear && (({ data }) => {
      const { blob, ...call } = data.call ?? {};
      hear({ data: blob === undefined ? data : { ...data, call: { ...call, bytes: blobs[blob] } } });
    });
  }
}

class Tab {
  #channels = [];
  #alive = true;
  #die;
  #dead = new Promise((resolve) => (this.#die = resolve));

  constructor(locks, name, openFile) {
    this.member = new Member(name, {
      lock: async (_, signal, work) => {
        await locks.request(signal, this.#dead, work).catch((problem) => this.#alive && Promise.reject(problem));
        if (!this.#alive) await new Promise(() => {});
      },
      channel: (one) => {
        const channel = new Channel(one);
        this.#channels.push(channel);
        return channel;
      },
      open: openFile,
      newId: () => crypto.randomUUID(),
    });
    this.crm = new Crm(overText(this.member));
  }

  /** Ends at once, without a word to anybody. */
  kill() {
    for (const channel of this.#channels) {
      channel.onmessage = null;
      channel.postMessage = () => {};
      channel.close();
    }
    this.#alive = false;
    this.#die();
  }
}
