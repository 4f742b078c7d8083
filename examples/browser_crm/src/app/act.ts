import { NexaError } from "nexa-crm";

import { toasts } from "./toasts.svelte.ts";
import { workspace } from "./workspace.svelte.ts";

interface Report {
  /** What to say when it is done. */
  done?: string;
  /** What takes it back. */
  undo?: () => Promise<unknown>;
}

/** Does something; says when it is done, and why when it is refused. Answers nothing when it was refused. */
export async function act<T>(what: () => Promise<T>, report: Report = {}): Promise<T | undefined> {
  try {
    const result = await what();
    const { done, undo } = report;
    if (done) toasts.say(done, undo ? () => void act(undo, { done: "Undone" }) : undefined);
    workspace.changed();
    return result;
  } catch (error) {
    toasts.refuse(sentence(error));
    return undefined;
  }
}

/** The sentence of a refusal. */
export function sentence(error: unknown): string {
  return error instanceof NexaError ? error.message : error instanceof Error ? error.message : String(error);
}
