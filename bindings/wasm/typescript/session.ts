/** A session: somebody at work in a tenant. */

import type { Id, Ref } from "./base.js";
import { Download, type DownloadOptions, type WireDownload } from "./download.js";
import { thrown } from "./errors.js";
import { Explanation, type WireExplanation } from "./explanation.js";
import { Feed, type FeedOptions, type WireFeed } from "./feed.js";
import { send, type Sendable, type Swept, type Upload, type UploadOptions } from "./files.js";
import { OPERATIONS } from "./generated/names.js";
import type { AttachmentId } from "./generated/records/attachment.js";
import type { UserId } from "./generated/records/user.js";
import type { KindName, SessionOperations } from "./generated/session.js";
import type { OperationName, OperationTable } from "./generated/table.js";
import { operationsOf } from "./operations.js";
import { type Transaction, within } from "./transaction.js";
import type { Call, Envelope, Transport } from "./transport.js";

/** One operation of a batch, by name, with what it takes. */
export type Request = { [N in OperationName]: readonly [operation: N, input: OperationTable[N]["input"]] }[OperationName];

/** The answers of a batch, in the order of what was asked. */
export type Answers<R extends readonly Request[]> = { [I in keyof R]: OperationTable[R[I][0]]["output"] };

/** What an operation takes; nothing when it needs nothing. */
type Input<N extends OperationName> =
  Partial<Record<PropertyKey, never>> extends OperationTable[N]["input"]
    ? [input?: OperationTable[N]["input"]]
    : [input: OperationTable[N]["input"]];

/** The answer of a command, and whether the command was done now or before. */
export interface Once<T> {
  /** The answer. */
  value: T;
  /** Whether the command was done before: nothing changed, and this is what it answered. */
  replayed: boolean;
}

/** The commands of a kind, each with an answer that says whether it was given before. */
type OnceEach<O> = {
  [M in keyof O]: O[M] extends (...input: infer I) => Promise<infer T> ? (...input: I) => Promise<Once<T>> : O[M];
};

/** A session whose commands say whether they were done now or before. */
export type OnceSession = { [G in keyof SessionOperations]: OnceEach<SessionOperations[G]> };

/** What a session has besides the operations of each kind. */
export class SessionBase {
  /** The tenant. */
  readonly org: Id<"org">;
  /** The principal that acts, such as `user:0195f3a2-…`. */
  readonly actor: string;
  /** What is said with every command. */
  readonly envelope: Envelope;
  readonly #transport: Transport;

  constructor(transport: Transport, org: string, actor: string, envelope: Envelope = {}) {
    this.#transport = transport;
    this.org = org;
    this.actor = actor;
    this.envelope = envelope;
  }

  /** The user who acts; nobody when a contact, a service or the host does. */
  get userId(): UserId | undefined {
    return this.actor.startsWith("user:") ? this.actor.slice("user:".length) : undefined;
  }

  /**
   * The same session, whose commands say more: `session.with({ reason: "Customer called" }).ticket.close({ ticket })`.
   */
  with(envelope: Envelope): Session {
    return newSession(this.#transport, this.org, this.actor, { ...this.envelope, ...envelope });
  }

  /**
   * The same session, whose commands say whether they were done now or before:
   * `const { value, replayed } = await session.once("form-4711").lead.convert({ lead })`.
   *
   * Without a key it is replayed when the command itself answers again what came of it, as the conversion of a converted lead does.
   * Questions answer as ever.
   */
  once(idempotencyKey?: string): OnceSession {
    const key = idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey };
    return this.with({ ...key, mark_replays: true }) as unknown as OnceSession;
  }

  /** Runs an operation of the catalog by name: `session.execute("ticket.claim", { ticket: id })`. */
  async execute<N extends OperationName>(operation: N, ...input: Input<N>): Promise<OperationTable[N]["output"]>;
  async execute<S extends string>(operation: S extends OperationName ? never : S, input?: object): Promise<unknown>;
  async execute(operation: string, input: object = {}): Promise<unknown> {
    return this.#call(operation, input, true);
  }

  /** Runs several operations, all or none: `session.batch([["lead.contact", { lead: id }], …])`. */
  async batch<const R extends readonly Request[]>(requests: R): Promise<Answers<R>> {
    const wire = requests.map(([operation, input]) => ({ run: operation, with: input }));
    return (await this.#call("batch", { requests: wire }, true)) as Answers<R>;
  }

  /**
   * Does work in a transaction, in which the host's own SQL and operations are kept together, or not at all:
   *
   * ```ts
   * await session.transaction(async (tx) => {
   *   await tx.sql("INSERT INTO orders (number) VALUES ($1)", [7]);
   *   await tx.lead.convert({ lead });
   * });
   * ```
   *
   * What the work throws is thrown, and nothing is kept; a refusal that is caught inside leaves the transaction usable. Use `tx` alone
   * inside. Others wait five seconds at most for its end; ten seconds without a call in it end it (`transaction.ended`).
   *
   * Raises `Invalid` (`transaction.nested`), `Conflict` (`transaction.not_committed`), `Unavailable` (`transaction.ended`,
   * `store.locked`; `store.unsupported` where the storage keeps no tables, as `memory:`).
   */
  async transaction<T>(work: (tx: Transaction) => T | Promise<T>): Promise<T> {
    const ask = (over: Transport, operation: string, input: object): Promise<unknown> =>
      this.#over(over, operation, input, false);
    const inside = (over: Transport): Session => newSession(over, this.org, this.actor, this.envelope);
    return within(this.#transport, inside, ask, work);
  }

  /** What the actor may do with a record now, and if not, why not. */
  async explain<K extends KindName>(kind: K, record: Ref<Id<K>>): Promise<Explanation> {
    return new Explanation((await this.#call("explain", { kind, record }, false)) as WireExplanation);
  }

  /**
   * Events after a position, as far as the actor may see them. Ends with the ledger, or waits for more with `follow`.
   */
  feed(options: FeedOptions = {}): Feed {
    const fetch = (after: string, limit: number): Promise<WireFeed> =>
      this.#call("feed", { after, limit, ...(options.only && { only: options.only }) }, false) as Promise<WireFeed>;
    return new Feed(fetch, options);
  }

  /**
   * Sends a file of any length, to be attached within a day: `attachment.add({ upload: (await session.upload(file)).id, to })`. Bytes pass
   * beside the door, a piece at a time. What is refused, or breaks off, leaves nothing.
   *
   * Raises `Invalid` (`attachment.name`, `attachment.empty`, `attachment.too_large`, `attachment.hash_mismatch`), `RuleViolation`
   * (`attachment.type_blocked`, `attachment.quota`), `Forbidden`, `Unavailable` (`blobs.not_configured`, `blobs.failed`; for a stream
   * `upload.interrupted`), and what the stream throws.
   */
  async upload(file: Sendable, options: UploadOptions = {}): Promise<Upload> {
    return send((operation, input, bytes) => this.#call(operation, input, false, bytes), file, options);
  }

  /**
   * Reads a file, or some of its bytes, for whoever sees what it hangs on.
   *
   * Raises `NotFound`, `RuleViolation` (`attachment.gone`), `Invalid` (`attachment.range`), `Unavailable` (`blobs.missing`).
   */
  async download(attachment: Ref<AttachmentId>, options: DownloadOptions = {}): Promise<Download> {
    const { range, inline } = options;
    const read = (range?: readonly [number, number]): Promise<WireDownload> =>
      this.#call("download", { attachment, range, inline }, false) as Promise<WireDownload>;
    return new Download(await read(range), read);
  }

  /** Removes bytes that no record knows, and names what is missing, for a session of the host: after one of the two was restored. */
  async sweepFiles(): Promise<Swept> {
    return (await this.#call("sweep_files", {}, false)) as Swept;
  }

  /** The same, for requests that come as data: `batchOf([{ run: "lead.contact", with: { lead: id } }])`. */
  async batchOf(requests: unknown): Promise<unknown> {
    return this.#call("batch", { requests: requests ?? null }, true);
  }

  /** One page of the feed as it is on the wire, of which `feed` is made. */
  async feedPage(asked: { after: string; limit: number; only?: object }): Promise<WireFeed> {
    return (await this.#call("feed", asked, false)) as WireFeed;
  }

  /** One page of an export, of which `exportText` of each kind is made. */
  async exportPage(input: object): Promise<unknown> {
    return this.#call("export", input, false);
  }

  async #call(operation: string, input: object, enveloped: boolean, bytes?: Blob | Uint8Array): Promise<unknown> {
    return this.#over(this.#transport, operation, input, enveloped, bytes);
  }

  async #over(
    transport: Transport,
    operation: string,
    input: object,
    enveloped: boolean,
    bytes?: Blob | Uint8Array,
  ): Promise<unknown> {
    const call: Call = { org: this.org, principal: this.actor, operation, input };
    if (bytes) call.bytes = bytes;
    if (enveloped && Object.keys(this.envelope).length > 0) call.envelope = this.envelope;
    try {
      return await transport.call(call);
    } catch (problem) {
      throw thrown(problem);
    }
  }
}

/** Somebody at work in a tenant: `session.ticket.claim({ ticket: id })`. */
export interface Session extends SessionBase, SessionOperations {}

for (const group of Object.keys(OPERATIONS)) {
  // The tenant's own kind has another name, because `org` is its id.
  const property = group === "org" ? "organisation" : group.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  Object.defineProperty(SessionBase.prototype, property, {
    configurable: true,
    get(this: SessionBase) {
      const operations = operationsOf(this, group);
      Object.defineProperty(this, property, { value: operations });
      return operations;
    },
  });
}

/** A session over a transport. */
export function newSession(transport: Transport, org: string, actor: string, envelope: Envelope = {}): Session {
  return new SessionBase(transport, org, actor, envelope) as Session;
}
