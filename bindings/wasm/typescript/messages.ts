/** What a page and its worker say to each other, and what the tabs of an origin do. */

import { thrown, type WireError } from "./errors.js";
import type { TextAnswer, TextCall } from "./transport.js";

/** A problem that can be sent: a refusal, or what else went wrong in words. */
export type Problem = WireError | string;

/** What came of a call. */
export type Outcome = { answer: TextAnswer } | { problem: Problem };

/** From the page to its worker. */
export type ToWorker =
  | { type: "call"; id: number; call: TextCall }
  | { type: "close" }
  | { type: "restore"; restoring: Restoring };

/** From the worker to its page. */
export type FromWorker =
  | { type: "opened" }
  | { type: "failed"; problem: Problem }
  | { type: "outcome"; id: number; outcome: Outcome }
  | { type: "closed" }
  | { type: "restored"; outcome: Outcome };

/** What is restored, and where. */
export interface Restoring {
  /** The backup. */
  backup: Blob;
  /** What the backup is called in errors. */
  name: string;
  /** The place, such as `opfs:crm.db`. */
  url: string;
  /** Whether a database that is there is replaced. */
  overwrite: boolean;
}

/** To the owner of a file, from another tab. */
export type ToOwner =
  | { type: "hello"; from: string }
  /** `again` says that an earlier owner may have done it, and was gone before it answered. */
  | { type: "call"; from: string; id: string; call: TextCall; again: boolean }
  | { type: "bye"; from: string };

/** From the owner to one tab, or to all when it is new. */
export type FromOwner = { type: "here" } | { type: "outcome"; id: string; outcome: Outcome };

/** What was thrown, so that it can be sent. */
export function portable(problem: unknown): Problem {
  const error = thrown(problem);
  return "toJSON" in error ? (error as { toJSON(): WireError }).toJSON() : error.message;
}

/** What was sent, so that it can be thrown. */
export function unpacked(problem: Problem): Error {
  return typeof problem === "string" ? new Error(problem) : thrown(problem);
}

/** What comes of a call. */
export async function outcome(work: Promise<TextAnswer>): Promise<Outcome> {
  try {
    return { answer: await work };
  } catch (problem) {
    return { problem: portable(problem) };
  }
}

/** The answer of a call, or what it was refused with. */
export function answered(outcome: Outcome): TextAnswer {
  if ("problem" in outcome) throw unpacked(outcome.problem);
  return outcome.answer;
}
