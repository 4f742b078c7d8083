/** Filters: lookups such as `score__ge: 75`, joined by `and`, `or` and `not`, or plain data. */

import type { PointerTable } from "./generated/session.js";

declare const of: unique symbol;

/** How a field is compared. */
export type Op =
  | "eq"
  | "ne"
  | "lt"
  | "le"
  | "gt"
  | "ge"
  | "in"
  | "not_in"
  | "is_null"
  | "contains"
  | "starts_with"
  | "ends_with"
  | "has";

/** A filter as it is on the wire. */
export type WireFilter =
  | { field: string; op?: Op; value: unknown }
  | { and: readonly WireFilter[] }
  | { or: readonly WireFilter[] }
  | { not: WireFilter }
  | { through: string; filter: WireFilter }
  | { has: string; by?: string; filter?: WireFilter; at_least?: number }
  | { has_none: string; by?: string; filter?: WireFilter }
  | { changed: string }
  | { was: WireFilter }
  | { became: WireFilter };

/** A moment or a day, seen from that at which a filter is asked, in the tenant's time zone. */
export type Relative = { readonly now: string } | { readonly today: string };

/** Which records are meant, of a kind that is found by `W`. Dotted paths reach one relation away or into `custom`. */
export type Filter<W = unknown> = WireFilter & { readonly [of]?: (lookups: W) => void };

const OPERATORS: ReadonlySet<string> = new Set([
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "in",
  "not_in",
  "is_null",
  "contains",
  "starts_with",
  "ends_with",
  "has",
] satisfies Op[]);

/**
 * The records for which all of these hold: `where({ status: "open", score__ge: 75 })`.
 *
 * A name is a field, then `__` and how it is compared; equal unless said. `__` also stands for the dot of a path:
 * `account__industry`, `custom__region__in`. `null` means without a value, and what is `undefined` is left out. A name
 * such as `custom__in` that a field is named like is written with the comparison: `custom__in__eq`.
 */
export function where<W>(lookups: NoInfer<W>): Filter<W> {
  const all = Object.entries(lookups as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => comparison(name, value));
  return all.length === 1 && all[0] ? all[0] : { and: all };
}

/** All of these hold. */
export function and<W>(...filters: readonly Filter<NoInfer<W>>[]): Filter<W> {
  return { and: filters };
}

/** At least one of these holds. */
export function or<W>(...filters: readonly Filter<NoInfer<W>>[]): Filter<W> {
  return { or: filters };
}

/** This does not hold. */
export function not<W>(filter: Filter<NoInfer<W>>): Filter<W> {
  return { not: filter };
}

/** The related record exists and matches. */
export function through(relation: string, filter: Filter): Filter {
  return { through: relation, filter };
}

/** So far from the moment, as a period of ISO 8601: `where({ created_at__ge: now("-P30D") })`. */
export function now(period = "PT0S"): Relative {
  return { now: period };
}

/** So many days, weeks, months or years from the day: `where({ due_date__le: today("P1W") })`. */
export function today(period = "P0D"): Relative {
  return { today: period };
}

/** The records that point at the one that is looked for. */
export interface Pointing<K extends keyof PointerTable> {
  /** What the records that point must match. */
  filter?: Filter<NoInfer<PointerTable[K]["found"]>>;
  /** The field by which they point; needed where there are several. */
  by?: PointerTable[K]["by"];
}

/**
 * At least one record of a kind, or `at_least` so many, points at the record and matches:
 * `has("contact", { filter: where({ title: "CTO" }), at_least: 2 })`. Only records that the actor may see count.
 */
export function has<K extends keyof PointerTable>(kind: K, asked: Pointing<K> & { at_least?: number } = {}): Filter {
  return { has: kind, ...asked };
}

/** No record of a kind points at the record and matches. */
export function hasNone<K extends keyof PointerTable>(kind: K, asked: Pointing<K> = {}): Filter {
  return { has_none: kind, ...asked };
}

function comparison(name: string, value: unknown): WireFilter {
  const path = name.split("__");
  const last = path[path.length - 1] ?? "";
  const said = path.length > 1 && OPERATORS.has(last);
  const op = (said ? last : "eq") as Op;
  const field = (said ? path.slice(0, -1) : path).join(".");
  if (value === null && (op === "eq" || op === "ne")) return { field, op: "is_null", value: op === "eq" };
  if (op === "in" || op === "not_in") return { field, op, value: list(value) };
  return { field, op, value };
}

/** Text would fall apart into letters. */
function list(value: unknown): unknown[] {
  const many = typeof value === "object" && value !== null && Symbol.iterator in value;
  return many ? [...(value as Iterable<unknown>)] : [value];
}
