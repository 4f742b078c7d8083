/**
 * The dedicated worker of a page: it has the file when its tab owns it, and sends calls to the owner otherwise. One without a
 * name restores a backup.
 */

import { Member } from "./member.js";
import { type FromWorker, outcome, type Outcome, portable, type ToWorker } from "./messages.js";
import { browser, lockOf, restored } from "./world.js";

/** What of a worker's global scope is used. */
interface Scope {
  /** The storage. It is opened without being asked to, because what a page says first waits for the page. */
  name: string;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

const page = globalThis as unknown as Scope;
if (page.name === "") restoring();
else void sharing(new Member(lockOf(page.name), browser(page.name)));

/** Works on a file with the other tabs. */
async function sharing(member: Member): Promise<void> {
  page.addEventListener("message", ({ data }) => {
    switch (data.type) {
      case "call":
        void outcome(member.text(data.call)).then((came) => {
          page.postMessage({ type: "outcome", id: data.id, outcome: came }, carried(came));
        });
        break;
      case "close":
        void member.close().finally(() => {
          page.postMessage({ type: "closed" });
        });
    }
  });
  try {
    await member.joined();
    page.postMessage({ type: "opened" });
  } catch (problem) {
    page.postMessage({ type: "failed", problem: portable(problem) });
  }
}

/** What of an outcome moves to the page instead of being copied: the bytes of a file. */
function carried(came: Outcome): Transferable[] {
  return "answer" in came && typeof came.answer === "object" && "about" in came.answer ? [came.answer.bytes.buffer] : [];
}

/** Restores what it is given. */
function restoring(): void {
  page.addEventListener("message", ({ data }) => {
    if (data.type !== "restore") return;
    const work = restored(data.restoring).then(() => "null");
    void outcome(work).then((came) => {
      page.postMessage({ type: "restored", outcome: came });
    });
  });
}
