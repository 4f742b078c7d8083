/** The dedicated worker of a page: it has the file when its tab owns it, and sends calls to the owner otherwise. */

import { Member } from "./member.js";
import { type FromWorker, outcome, portable, type ToWorker } from "./messages.js";
import { browser } from "./world.js";

/** What of a worker's global scope is used. */
interface Scope {
  /** The storage. It is opened without being told, because what a page says first waits for the page. */
  name: string;
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

const page = globalThis as unknown as Scope;
const member = new Member(`nexa-crm/1/${page.name}`, browser(page.name));

async function open(): Promise<void> {
  try {
    await member.joined();
    page.postMessage({ type: "opened" });
  } catch (problem) {
    page.postMessage({ type: "failed", problem: portable(problem) });
  }
}

page.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "call":
      void outcome(member.text(data.call)).then((came) => {
        page.postMessage({ type: "outcome", id: data.id, outcome: came });
      });
      break;
    case "close":
      void member.close().finally(() => {
        page.postMessage({ type: "closed" });
      });
  }
});

void open();
