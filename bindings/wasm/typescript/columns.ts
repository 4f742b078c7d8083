/** How the columns of a kind are compared, as types: what `where` takes. */

import type { Relative } from "./filter.js";

interface Column<Sort extends string, Value> {
  sort: Sort;
  value: Value;
}

/** A reference or an identifier. */
export type IdColumn<I> = Column<"id", I>;
/** Text. */
export type TextColumn = Column<"text", string>;
/** One of a closed set of words. */
export type WordColumn<W extends string> = Column<"word", W>;
/** A whole number. */
export type IntColumn = Column<"int", number>;
/** Yes or no. */
export type BoolColumn = Column<"bool", boolean>;
/** A moment. */
export type TimeColumn = Column<"time", string | Relative>;
/** A calendar day. */
export type DateColumn = Column<"date", string | Relative>;
/** An exact amount. */
export type AmountColumn = Column<"amount", string>;
/** A list of words. */
export type ListColumn = Column<"list", string>;

type Named = Column<string, unknown>;
type Keys<C, Sort extends string> = { [K in keyof C]: C[K] extends Column<Sort, unknown> ? K : never }[keyof C] & string;
type Value<C, K> = K extends keyof C ? (C[K] extends Column<string, infer V> ? V : never) : never;

type Single = "id" | "text" | "word" | "int" | "bool" | "time" | "date" | "amount";
type Ordered = "text" | "word" | "int" | "time" | "date" | "amount";

/** The columns of a related kind, by the name of the relation. */
export type Through<Relation extends string, C> = { [K in keyof C & string as `${Relation}__${K}`]: C[K] };

/**
 * What a kind with these columns is found by: a column, then `__` and how it is compared; equal unless said. `null`
 * stands for no value. The tenant's own fields are reached as `custom__NAME`.
 */
export type Where<C extends { [K in keyof C]: Named }> = {
  [K in Keys<C, Single> as K | `${K}__eq` | `${K}__ne`]?: Value<C, K> | null;
} & { [K in Keys<C, Single> as `${K}__in` | `${K}__not_in`]?: Iterable<Value<C, K>> } & {
  [K in Keys<C, Single> as `${K}__is_null`]?: boolean;
} & { [K in Keys<C, Ordered> as `${K}__lt` | `${K}__le` | `${K}__gt` | `${K}__ge`]?: Value<C, K> } & {
  [K in Keys<C, "text"> as `${K}__contains` | `${K}__starts_with` | `${K}__ends_with`]?: string;
} & { [K in Keys<C, "list"> as `${K}__has`]?: string } & Record<`custom__${string}`, unknown>;
