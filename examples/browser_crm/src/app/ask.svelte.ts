import { NexaError } from "nexa-crm";
import { untrack } from "svelte";

import { workspace } from "./workspace.svelte.ts";

/** An answer that is asked again when somebody changes something, or somebody else comes to work. */
export class Answer<T> {
  data = $state.raw<T>();
  error = $state.raw<NexaError>();
  loading = $state(true);
}

/** Asks while a component is shown. What the question reads before its first await decides when it is asked again. */
export function ask<T>(question: () => Promise<T> | undefined): Answer<T> {
  const answer = new Answer<T>();
  let turn = 0;
  $effect(() => {
    void workspace.revision;
    void workspace.session;
    const mine = ++turn;
    const asked = question();
    if (!asked) {
      answer.data = undefined;
      answer.loading = false;
      return;
    }
    untrack(() => {
      answer.loading = answer.data === undefined;
    });
    asked.then(
      (data) => {
        if (mine !== turn) return;
        answer.data = data;
        answer.error = undefined;
        answer.loading = false;
      },
      (error: unknown) => {
        if (mine !== turn) return;
        answer.data = undefined;
        answer.error = error instanceof NexaError ? error : undefined;
        answer.loading = false;
      },
    );
  });
  return answer;
}
