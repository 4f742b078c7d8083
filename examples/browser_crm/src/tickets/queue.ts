import { where, type Filter, type User } from "nexa-crm";

/** The queues of a desk: what waits for me, for my groups, for anybody. */
export const queues = ["all", "mine", "groups", "nobody"] as const;
export type Queue = (typeof queues)[number];
export const queueText: Record<Queue, string> = { all: "All", mine: "Mine", groups: "Groups", nobody: "Nobody's" };

export const states = ["open", "pending", "in_progress", "resolved", "closed"] as const;
export const priorities = ["low", "medium", "high", "critical"] as const;
export const types = ["question", "problem", "incident", "bug", "feature_request", "task"] as const;
export const channels = ["email", "chat", "phone", "web"] as const;

export function filterOf(queue: Queue, done: boolean, me: User | undefined): Filter {
  const conditions: Record<string, unknown> = { status__in: done ? ["resolved", "closed"] : ["open", "pending", "in_progress"] };
  if (queue === "mine" && me) conditions.assignee__user = me.id;
  if (queue === "groups") conditions.assignee__group__is_null = false;
  if (queue === "nobody") conditions.assignee__is_null = true;
  return where(conditions);
}
