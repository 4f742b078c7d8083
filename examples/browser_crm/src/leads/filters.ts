import { where, type Filter, type User } from "nexa-crm";

export const statuses = ["all", "new", "contacted", "qualified", "converted", "lost"] as const;
export type StatusChoice = (typeof statuses)[number];
export const bands = ["any", "high", "medium", "low"] as const;
export type Band = (typeof bands)[number];

export interface Chosen {
  status: StatusChoice;
  band: Band;
  /** Whose leads: anybody's, mine, or nobody's. */
  owner: "any" | "mine" | "nobody";
  source: string;
}

/** The conditions that somebody chose, as the wire reads them. */
export function filterOf(chosen: Chosen, me: User | undefined): Filter | undefined {
  const conditions: Record<string, unknown> = {};
  if (chosen.status !== "all") conditions.status = chosen.status;
  if (chosen.band === "high") conditions.score__ge = 75;
  if (chosen.band === "medium") Object.assign(conditions, { score__ge: 50, score__lt: 75 });
  if (chosen.band === "low") conditions.score__lt = 50;
  if (chosen.owner === "mine" && me) conditions.assignee__user = me.id;
  if (chosen.owner === "nobody") conditions.assignee__is_null = true;
  if (chosen.source) conditions.source = chosen.source;
  return Object.keys(conditions).length ? where(conditions) : undefined;
}
