/**
 * A CRM that other products embed: one compiled rulebook, used as if it had been written for TypeScript.
 *
 * ```ts
 * import { open, where } from "nexa-crm";
 *
 * const crm = await open("memory:"); // or "opfs:crm.db", "folder:crm_data", { store }, { execute }
 * const lisa = await crm.createOrg("Acme Support", { admin: { name: "Lisa", email: "lisa@acme.example" } });
 * const t = await lisa.ticket.create({ subject: "Cannot access dashboard", priority: "high" });
 * await lisa.ticket.claim({ ticket: t.id });
 * for await (const t of lisa.ticket.find({ filter: where({ status: "open" }) })) console.log(t.number, t.subject);
 * ```
 *
 * @module
 */

export type * from "./base.js";
export { Crm, type Actor, type Founding } from "./crm.js";
export type { Source } from "./encoding.js";
export {
  type Code,
  Conflict,
  type ErrorKind,
  Forbidden,
  Invalid,
  isWireError,
  NexaError,
  NotFound,
  refusal,
  RuleViolation,
  Unavailable,
  type WireError,
} from "./errors.js";
export { Explanation, type Permission } from "./explanation.js";
export { Download, type DownloadOptions } from "./download.js";
export type { Exportable, ExportOptions, ExportRequest } from "./exports.js";
export {
  type AccessChanged,
  became,
  changed,
  Feed,
  type FeedEvent,
  type FeedOnly,
  type FeedOptions,
  type Gone,
  was,
} from "./feed.js";
export type { FileStore, FileWriter, Sendable, Swept, Upload, UploadOptions } from "./files.js";
export {
  and,
  type Filter,
  has,
  hasNone,
  not,
  now,
  type Op,
  or,
  type Pointing,
  type Relative,
  through,
  today,
  where,
  type WireFilter,
} from "./filter.js";
export * from "./generated/index.js";
export type { CsvOptions, Importable, Progress, RowOptions } from "./imports.js";
export { CrmWorker, type Due, type Ticked, type WorkerOptions } from "./later.js";
export { open, opening, type OpenOptions, type Place } from "./open.js";
export { restore, type RestoreOptions } from "./restore.js";
export { type Fetched, Results } from "./results.js";
export type { Answers, Once, OnceSession, Request, Session } from "./session.js";
export type { HostStore, StoredEvent, StoredKind, StoredRow, Tenant, WrittenUnit } from "./store.js";
export { idBytes, type SqlOptions, type SqlParameter, type SqlRows, type SqlValue, type Transaction } from "./transaction.js";
export type { Call, Envelope, Transport } from "./transport.js";
export type { WasmSource } from "./wasm.js";
