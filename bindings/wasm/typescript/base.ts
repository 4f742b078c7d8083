/** Types of values that the catalog's own types are made of. */

declare const kind: unique symbol;

/**
 * The identifier of a record: text, with a type of its own for each kind. Plain text is taken as well, since ids come
 * from addresses and JSON; the id of another kind is not.
 */
export type Id<K extends string = string> = string & { readonly [kind]?: K };

/** A host's own key of a record, as it is on the wire. */
export interface Key {
  /** The key in that system. */
  key: string;
  /** The system that gave the key, such as `salesforce`. */
  system: string;
}

/** What names a record: its id, or the key that another system has for it. */
export type Ref<I extends string> = I | Key;

/** A moment in UTC, as RFC 3339 writes it: `2025-11-17T09:15:00Z`. */
export type Timestamp = string;

/** A calendar day: `2025-11-17`. */
export type Day = string;

/** A number that is exact, as text: `50000.00`. */
export type Decimal = string;

/** An amount in a currency. Different currencies do not add up. */
export interface Money {
  /** The amount, exact, as text: never a number, which would round it. */
  amount: Decimal;
  /** The ISO code of the currency. */
  currency: string;
}

/** A record with those that came along, by relation: one that is not there, or not visible, is absent. */
export type Found<R, Related> = R & { related?: Related };

/** One page of records as it is on the wire. */
export interface Page<T> {
  /** The records. */
  items: T[];
  /** Where the next page starts; absent on the last. */
  next?: string | null;
  /** Related records by relation and id, as far as the actor may see them. */
  related?: Record<string, Record<string, unknown>>;
}

/** What an upsert did. */
export interface Upserted<R> {
  /** The record. */
  record: R;
  /** Whether it is new. */
  created: boolean;
}
