import { NexaError } from "nexa-crm";
import { untrack } from "svelte";

import { workspace } from "./workspace.svelte.ts";

/** An answer that is asked again when somebody changes something, or somebody else comes to work. */
export class Answer<T> {
  data = $state.raw<T>();
  error = $state.raw<NexaError>();
  loading = $state(true);
}

/**
 * Asks while a component is shown. What the question reads before its first await decides when it is asked again.
 * What reads much waits until nothing has changed for `calm` milliseconds, so that it is in nobody's way.
 */
export function ask<T>(question: () => Promise<T> | undefined, calm = 0): Answer<T> {
  const answer = new Answer<T>();
  let turn = 0;
  let settled = $state(0);
  if (calm) {
    $effect(() => {
      void workspace.revision;
      void workspace.session;
      const timer = setTimeout(() => (settled += 1), calm);
      return () => clearTimeout(timer);
    });
  }
  $effect(() => {
    if (calm) {
      if (settled) run();
      return;
    }
    void workspace.revision;
    void workspace.session;
    run();
  });

  function run(): void {
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
  }
  return answer;
}
