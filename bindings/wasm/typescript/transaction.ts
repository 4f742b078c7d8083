/** The host's own rows and Nexa's records in one transaction. */

import type { Session } from "./session.js";
import type { Transport } from "./transport.js";

/** What SQL can be given. Identifiers of records are 16 bytes in Nexa's tables: `idBytes(lead.id)`. */
export type SqlParameter = null | boolean | number | bigint | string | Date | Uint8Array;

/** What SQL answers. An identifier is a text; a whole number that is not exact as a `number` a `bigint`. */
export type SqlValue = null | boolean | number | bigint | string | Uint8Array<ArrayBuffer>;

/** The rows of a statement, each by the names of the columns. */
export interface SqlRows extends Array<Record<string, SqlValue>> {
  /** The names of the columns, in their order. */
  readonly columns: readonly string[];
  /** How many rows the statement has inserted, updated or deleted. */
  readonly changed: number;
}

/** What is said of a statement. */
export interface SqlOptions {
  /** At most so many rows, 100,000 unless said; beyond it `sql.too_large`. */
  limit?: number;
}

/** What a transaction has besides what a session has. */
export interface Transaction extends Session {
  /**
   * Runs one statement of the host's own SQL: `await tx.sql("INSERT INTO orders (number) VALUES ($1)", [7])`. It changes the host's own
   * tables, and may read those of Nexa. A statement that fails leaves nothing behind, and the transaction usable.
   *
   * Raises `Invalid` (`transaction.sql_failed`, `transaction.sql_prohibited`, `sql.too_large`), `Conflict` (`transaction.constraint`),
   * `Unavailable` (`transaction.ended`).
   */
  sql(statement: string, params?: readonly SqlParameter[], options?: SqlOptions): Promise<SqlRows>;
  /** Keeps nothing; later calls in the transaction are `transaction.ended`, and its work ends without a commit. */
  rollback(): Promise<void>;
}

/** Does work in a transaction: what it returns is returned when everything was kept, and nothing is when it throws. */
export async function within<T>(
  transport: Transport,
  session: (over: Transport) => Session,
  ask: (over: Transport, operation: string, input: object) => Promise<unknown>,
  work: (tx: Transaction) => T | Promise<T>,
): Promise<T> {
  const { transaction } = (await ask(transport, "transaction_begin", {})) as { transaction: string };
  const inside: Transport = { call: (call) => transport.call({ ...call, transaction }) };
  let givenUp = false;
  const tx: Transaction = Object.assign(session(inside), {
    sql: async (query: string, params: readonly SqlParameter[] = [], options: SqlOptions = {}) => {
      return read((await ask(inside, "sql", { query, params: params.map(bound), ...options })) as WireRows);
    },
    rollback: async () => {
      givenUp = true;
      await ask(inside, "transaction_rollback", {});
    },
  });
  let answer: T;
  try {
    answer = await work(tx);
  } catch (problem) {
    // What was thrown is what there is to say; a transaction that ended by itself has kept nothing.
    if (!ended()) await tx.rollback().catch(() => undefined);
    throw problem;
  }
  if (!ended()) await ask(inside, "transaction_commit", {});
  return answer;

  function ended(): boolean {
    return givenUp;
  }
}

/** The 16 bytes that an identifier has in the tables. */
export function idBytes(id: string): Uint8Array<ArrayBuffer> {
  const digits = id.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new TypeError(`${id} is no identifier`);
  return bytesOf(digits);
}

interface WireRows {
  columns: string[];
  rows: unknown[][];
  changed: number;
}

/** A parameter in a form that JSON can write. */
function bound(value: SqlParameter): unknown {
  if (typeof value === "bigint") return { int: value.toString() };
  if (value instanceof Date) return { moment: value.toISOString() };
  if (value instanceof Uint8Array) return { bytes: Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("a number that is not finite cannot be given to SQL");
  return value;
}

function read({ columns, rows, changed }: WireRows): SqlRows {
  const found = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, valueOf(row[at])])));
  return Object.assign(found, { columns, changed });
}

function valueOf(value: unknown): SqlValue {
  if (typeof value !== "object" || value === null) return value as SqlValue;
  const { int, bytes } = value as { int?: string; bytes?: string };
  return int === undefined ? bytesOf(bytes ?? "") : BigInt(int);
}

function bytesOf(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
