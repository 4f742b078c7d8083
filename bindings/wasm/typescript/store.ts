/** A storage that the host writes in JavaScript. */

/** A row of a kind: its values by the names of its columns, without those that are null. */
export interface StoredRow {
  kind: string;
  id: string;
  row: Record<string, unknown>;
}

/** One event of the ledger. Keep it whole; only its place is of interest. */
export interface StoredEvent {
  /** Its place. */
  seq: number;
  [name: string]: unknown;
}

/** What one unit of work wrote. Keep all of it, or throw and keep nothing. */
export interface WrittenUnit {
  /** Where the tenant's ledger ended before; when it ends elsewhere, throw. */
  after: number;
  /** Rows as they have become; null for those that are gone. */
  rows: { kind: string; id: string; row: Record<string, unknown> | null }[];
  /** The events that follow. */
  events: StoredEvent[];
  /** The places of earlier events that were erased: set their `salt`, `reason` and `payload` to null, and leave the rest. */
  erased: number[];
}

/** A kind of record, and its columns. */
export interface StoredKind {
  kind: string;
  table: string;
  columns: { name: string; type: string; nullable: boolean }[];
}

/** A storage that a host writes. Methods answer at once or with a promise; one call at a time for each tenant. */
export interface HostStore {
  /** Receives all kinds when it is opened. */
  migrate?(kinds: StoredKind[]): void | Promise<void>;
  /** Where the tenant's ledger ends: the number of its last event, 0 for a tenant that is not there. */
  head(org: string): number | Promise<number>;
  /** Everything of a tenant; asked for when its ledger moved since. */
  load(org: string): Tenant | Promise<Tenant>;
  /** Keeps one unit, whole. */
  commit(org: string, unit: WrittenUnit): void | Promise<void>;
  /** Removes a tenant. */
  dropOrg(org: string): void | Promise<void>;
  /** Called when nobody works with it any more. */
  close?(): void | Promise<void>;
}

/** Everything of a tenant. */
export interface Tenant {
  rows: StoredRow[];
  events: StoredEvent[];
}
