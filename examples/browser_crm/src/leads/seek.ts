import { and, or, type Filter, type Session } from "nexa-crm";

/** A start that is so many rows before the wanted one will do; those rows are read and dropped. */
const NEAR = 100;
/** So many guesses at most; each is one count of an index. */
const GUESSES = 24;

/** What a list starts with, and the number of its first row in the whole list. */
export interface Start {
  filter: Filter;
  row: number;
}

const number = (id: string): bigint => BigInt(`0x${id.replaceAll("-", "")}`);
const text = (id: bigint): string => id.toString(16).padStart(32, "0").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");

/**
 * Finds where leads by score, and by id among equals, come near a row, by counting instead of reading all before it. Ids grow
 * with time, so a guess between two of them is a good one.
 */
export async function seek({ lead }: Session, filter: Filter | undefined, sort: string, row: number): Promise<Start | undefined> {
  const all = (...more: Filter[]): Filter => and(...(filter ? [filter] : []), ...more);
  const falling = sort.startsWith("-");
  const groups = await lead.aggregate({ group_by: [{ field: "score" }], ...(filter && { filter }) });
  const scores = groups.map(({ group, measures }) => ({ score: Number(group[0]), count: Number(measures[0]) }));
  scores.sort((one, other) => (falling ? other.score - one.score : one.score - other.score));
  let before = 0;
  const found = scores.find(({ count }) => row < before + count || ((before += count), false));
  if (!found) return undefined;
  const equal: Filter = { field: "score", op: "eq", value: found.score };
  const beyond: Filter = { field: "score", op: falling ? "lt" : "gt", value: found.score };
  const from = (id: string): Filter => all(or(beyond, and(equal, { field: "id", op: "ge", value: id })));
  const [first, last] = await Promise.all(["id", "-id"].map((order) => lead.find({ filter: all(equal), sort: [order] }).first()));
  if (!first || !last) return undefined;
  let low = { id: number(first.id), count: 0 };
  let high = { id: number(last.id), count: found.count };
  const wanted = row - before;
  for (let guess = 0; guess < GUESSES && wanted - low.count > NEAR; guess += 1) {
    // Every other guess halves, for ids that came in heaps.
    const share = guess % 2 ? 512 : Math.round((1024 * (wanted - NEAR / 2 - low.count)) / (high.count - low.count));
    const id = low.id + ((high.id - low.id) * BigInt(Math.max(1, Math.min(1023, share)))) / 1024n;
    const count = await lead.count({ filter: all(equal, { field: "id", op: "lt", value: text(id) }) });
    if (count <= wanted) low = { id, count };
    else high = { id, count };
  }
  return { filter: from(text(low.id)), row: before + low.count };
}
