/**
 * Hooks for React: answers that stay true, what the actor may do, and commands with their refusals.
 *
 * ```tsx
 * import { SessionProvider, useAnswer, useCommand } from "nexa-crm/react";
 *
 * function Queue() {
 *   const open = useAnswer(["ticket"], (session) => session.ticket.find({ filter: where({ status: "open" }) }).page(), []);
 *   const claim = useCommand((session, ticket: TicketId) => session.ticket.claim({ ticket }));
 *   return <ul>{open.value?.items.map((one) => <li key={one.id} onClick={() => claim.run(one.id)}>{one.subject}</li>)}</ul>;
 * }
 * ```
 *
 * React 18 or newer is the host's own.
 *
 * @module
 */

import {
  createContext,
  createElement,
  type DependencyList,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

import type { Id, Ref } from "../base.js";
import { NexaError } from "../errors.js";
import type { Explanation } from "../explanation.js";
import type { KindName } from "../generated/session.js";
import type { Session } from "../session.js";
import { type Live, Question, WAITING } from "./live.js";
import { watchOf } from "./watch.js";

export type { Live } from "./live.js";

const SessionContext = createContext<Session | undefined>(undefined);

/** Gives a session to everything inside. */
export function SessionProvider(props: { session: Session; children?: ReactNode }): ReactElement {
  return createElement(SessionContext.Provider, { value: props.session }, props.children);
}

/** The session of the provider around. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("There is no session here; put a SessionProvider around this component.");
  return session;
}

/** An answer and how to ask for it again. */
export interface LiveAnswer<T> extends Live<T> {
  /** Asks again now. */
  readonly refresh: () => void;
}

/**
 * The answer to a question about records of these kinds, which is asked again whenever one of them changes, comes or goes, or what the
 * actor may see does. The question is another one when the session or a dependency is; until that is answered there is no value.
 */
export function useAnswer<T>(
  kinds: readonly KindName[],
  ask: (session: Session) => Promise<T>,
  dependencies: DependencyList,
): LiveAnswer<T> {
  const session = useSession();
  const question = useMemo(
    () => new Question(watchOf(session), kinds, () => ask(session)),
    // What is asked is the same while these are, as with every hook.
    [session, kinds.join(" "), ...dependencies],
  );
  const live = useSyncExternalStore(question.listen, question.read, () => WAITING);
  return useMemo(() => ({ ...live, refresh: question.refresh }), [live, question]);
}

/** What the actor may do with a record now, and if not, why not. It follows the changes of that kind. */
export function useExplanation<K extends KindName>(kind: K, record: Ref<Id<K>>): LiveAnswer<Explanation> {
  const named = typeof record === "string" ? record : JSON.stringify(record);
  return useAnswer([kind], (session) => session.explain(kind, record), [kind, named]);
}

/** A command that a page runs, and what came of the last time. */
export interface RunningCommand<I extends readonly unknown[], T> {
  /** Runs it; answers nothing where it was refused, which `problem` then says. */
  readonly run: (...input: I) => Promise<T | undefined>;
  /** Whether it is running. */
  readonly running: boolean;
  /** Why it was refused, or what else was thrown; absent once it runs again. */
  readonly problem: Error | undefined;
  /** The refusal by the field that it names, for a form: `problems.email`. */
  readonly problems: Readonly<Record<string, string>>;
  /** Forgets the problem. */
  readonly forget: () => void;
}

/** A command whose refusals are shown rather than thrown. */
export function useCommand<I extends readonly unknown[], T>(
  command: (session: Session, ...input: I) => Promise<T>,
): RunningCommand<I, T> {
  const session = useSession();
  const [running, setRunning] = useState(0);
  const [problem, setProblem] = useState<Error | undefined>(undefined);
  const newest = useRef(command);
  useEffect(() => {
    newest.current = command;
  });
  const run = useCallback(
    async (...input: I): Promise<T | undefined> => {
      setRunning((count) => count + 1);
      setProblem(undefined);
      try {
        return await newest.current(session, ...input);
      } catch (refused) {
        setProblem(refused instanceof Error ? refused : new Error(String(refused)));
        return undefined;
      } finally {
        setRunning((count) => count - 1);
      }
    },
    [session],
  );
  const forget = useCallback(() => {
    setProblem(undefined);
  }, []);
  const problems = useMemo(() => byField(problem), [problem]);
  return { run, running: running > 0, problem, problems, forget };
}

/** The sentence of a refusal under the field that it names; under no field, under the empty name. */
export function byField(problem: Error | undefined): Readonly<Record<string, string>> {
  if (!problem) return {};
  const field = problem instanceof NexaError ? problem.details["field"] : undefined;
  return { [typeof field === "string" ? field : ""]: problem.message };
}
