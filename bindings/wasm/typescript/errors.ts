/** Refusals as errors. */

import type { ErrorCode, ErrorCodes } from "./generated/codes.js";

/** The kinds of errors. */
export type ErrorKind = ErrorCodes[ErrorCode];

/** A refusal as it is on the wire. */
export interface WireError {
  kind: string;
  code: string;
  message: string;
  params?: Record<string, unknown> | null;
  retryable?: boolean;
}

/** A code of the catalog, or one of the host's own. */
export type Code = ErrorCode | (string & Record<never, never>);

/**
 * A refusal. Look at its class for what to do, and at `code` for why.
 *
 * The message is a sentence for people; `code` is stable, such as `lead.bant_incomplete`; `details` are the parameters
 * of the sentence.
 */
export class NexaError extends Error {
  /** What sort of refusal it is. */
  readonly kind: ErrorKind | "";
  /** The stable code. */
  readonly code: Code;
  /** The parameters of the sentence. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;

  constructor(wire: WireError) {
    super(wire.message);
    this.kind = wire.kind as ErrorKind;
    this.code = wire.code;
    this.details = wire.params ?? {};
    this.retryable = wire.retryable ?? false;
  }

  /** As it is on the wire. */
  toJSON(): WireError {
    return {
      kind: this.kind,
      code: this.code,
      message: this.message,
      params: { ...this.details },
      retryable: this.retryable,
    };
  }
}

/** The input is malformed or out of range. */
export class Invalid extends NexaError {
  declare readonly kind: "invalid";
}

/** There is no such record, or the actor may not see it. */
export class NotFound extends NexaError {
  declare readonly kind: "not_found";
}

/** The actor may not do this. */
export class Forbidden extends NexaError {
  declare readonly kind: "forbidden";
}

/** A rule of the domain refuses. */
export class RuleViolation extends NexaError {
  declare readonly kind: "rule";
}

/** Somebody else was first. */
export class Conflict extends NexaError {
  declare readonly kind: "conflict";
}

/** The storage or the world outside does not answer. */
export class Unavailable extends NexaError {
  declare readonly kind: "unavailable";
}

const CLASSES: Readonly<Record<string, new (wire: WireError) => NexaError>> = {
  invalid: Invalid,
  not_found: NotFound,
  forbidden: Forbidden,
  rule: RuleViolation,
  conflict: Conflict,
  unavailable: Unavailable,
};

// Bundlers shorten the names of classes, but not those of properties.
for (const [name, Class] of Object.entries({
  NexaError,
  Invalid,
  NotFound,
  Forbidden,
  RuleViolation,
  Conflict,
  Unavailable,
})) {
  Class.prototype.name = name;
}

/** Whether something is a refusal as it is on the wire. */
export function isWireError(problem: unknown): problem is WireError {
  return (
    typeof problem === "object" &&
    problem !== null &&
    typeof (problem as WireError).code === "string" &&
    typeof (problem as WireError).message === "string"
  );
}

/** The error of a refusal as it is on the wire. */
export function refusal(wire: WireError): NexaError {
  const Class = CLASSES[wire.kind] ?? NexaError;
  return new Class(wire);
}

/** What was thrown, as an error: a refusal or a trap of the compiled part as one of ours, all else as it is. */
export function thrown(problem: unknown): Error {
  if (problem instanceof WebAssembly.RuntimeError) return panicked(problem.message);
  if (problem instanceof Error) return problem;
  return isWireError(problem) ? refusal(problem) : new Error(String(problem));
}

/** What a closed Crm answers. */
export function closed(): Unavailable {
  const message = "This Crm was closed; open it again.";
  return new Unavailable({ kind: "unavailable", code: "crm.closed", message });
}

/** What a place does not offer. */
export function unsupported(what: string): Unavailable {
  const message = `This backend does not offer ${what}; use one that does.`;
  return new Unavailable({ kind: "unavailable", code: "store.unsupported", message, params: { what } });
}

/** What the compiled part answers once it does not know itself any more. */
function panicked(problem: string): Unavailable {
  const message = `The library met a state it does not know: ${problem}. Load the page again.`;
  return new Unavailable({ kind: "unavailable", code: "crm.panicked", message, params: { problem } });
}

/** An address that is none. */
export function urlInvalid(url: string, problem: string): Invalid {
  // It may hold a password.
  const shown = `${/^[a-z0-9]{1,20}(?=:)/i.exec(url)?.[0] ?? "what is given"}:…`;
  const message = `The URL ${shown} cannot be opened: ${problem}.`;
  return new Invalid({ kind: "invalid", code: "crm.url_invalid", message, params: { url: shown, problem } });
}
