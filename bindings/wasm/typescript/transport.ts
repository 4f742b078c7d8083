/** What carries calls to where the rules are. */

/** What is common to all commands. */
export interface Envelope {
  /** The same key with the same command answers the first result again, for 24 hours. */
  idempotency_key?: string;
  /** The call in the ledger: a UUID of version 7 that the client makes; the same with the same command answers the first result, for ever. */
  unit?: string;
  /** The version of the target that the caller has seen; otherwise `version.conflict`. */
  expected_version?: number;
  /** Check and answer, but change nothing. */
  dry_run?: boolean;
  /** Whether an answer says if the command was done before: `{ value, replayed }`. */
  mark_replays?: boolean;
  /** Why the command runs, in the caller's words; kept in the ledger. */
  reason?: string;
  /** The rule, import or workflow that runs this; kept in the ledger. */
  cause?: string;
  /** The user on whose behalf the actor acts; kept in the ledger. */
  on_behalf_of?: string;
  /** The host's name for the request; kept in the ledger. */
  request_id?: string;
}

/** One call, as plain data. */
export interface Call {
  /** The tenant; absent for a call that is not made in one. */
  org?: string;
  /** The principal that acts, such as `user:ID`; absent for a call of the host. */
  principal?: string;
  /**
   * An operation of the catalog, or `batch`, `explain`, `feed`, `export`, `create_org`, `has_org`, `drop_org`, `backup`,
   * `due`, `tick`, `upload`, `upload_begin`, `upload_piece`, `upload_end`, `upload_stop`, `download`, `sweep_files`, `transaction_begin`, and
   * in a transaction `sql`, `transaction_commit`, `transaction_rollback`, with an object as the input of each.
   */
  operation: string;
  /** What the operation takes. */
  input: unknown;
  /** What is common to all commands. */
  envelope?: Envelope;
  /** The transaction in which the call is made, as `transaction_begin` named it. */
  transaction?: string;
  /** The bytes of an `upload` as a `Blob`, or of an `upload_piece`. */
  bytes?: Blob | Uint8Array;
}

/** What carries calls. A refusal is thrown, as a `NexaError` or as it is on the wire. */
export interface Transport {
  /** Makes a call, and gives its answer. */
  call(call: Call): Promise<unknown>;
  /** Lets go of what it holds. */
  close?(): Promise<void>;
}

/** The same as it goes to a worker or another tab: what it takes is JSON, so that anything that JSON can write is taken. */
export interface TextCall extends Omit<Call, "input"> {
  input: string;
}

/** What a file is, as JSON, and some of its bytes. */
export interface FileAnswer {
  about: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** An answer as JSON; a backup and bytes of a file as they are. */
export type TextAnswer = string | Blob | FileAnswer;

/** What carries calls as text. */
export interface TextTransport {
  /** Makes a call, and gives its answer. A refusal is thrown. */
  text(call: TextCall): Promise<TextAnswer>;
  /** Lets go of what it holds. */
  close(): Promise<void>;
}

/** A call with its input as text. */
export function asText(call: Call): TextCall {
  const { input, envelope, ...rest } = call;
  const text: TextCall = { ...rest, input: JSON.stringify(input ?? {}) };
  return envelope ? { ...text, envelope: { ...envelope } } : text;
}

/** What carries calls, over what carries text. */
export function overText(carrier: TextTransport): Transport {
  return {
    call: async (call) => {
      const answer = await carrier.text(asText(call));
      if (typeof answer === "string") return JSON.parse(answer) as unknown;
      return answer instanceof Blob ? answer : { ...(JSON.parse(answer.about) as object), bytes: answer.bytes };
    },
    close: () => carrier.close(),
  };
}
