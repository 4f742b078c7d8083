/** What filters the compiler must accept, and what it must not. */

import {
  and,
  type Filter,
  has,
  hasNone,
  type LeadWhere,
  not,
  now,
  or,
  type Session,
  through,
  type TicketWhere,
  today,
  where,
} from "nexa-crm";

export function accepted(session: Session): void {
  session.ticket.find({ filter: where({ status: "open", number__starts_with: "T-" }), sort: ["-priority"] });
  session.ticket.find({ filter: where({ status__in: ["open", "pending"], contact: null }) });
  session.ticket.find({ filter: where({ contact__email__contains: "@acme", "custom__region": "north" }) });
  session.lead.find({ filter: where({ score__ge: 75, tags__has: "webinar" }) });
  session.lead.find({ filter: or(where({ score__ge: 75 }), not(where({ source__in: ["web"] }))) });
  session.lead.find({ filter: and(where({ score: 1 }), through("campaign", where({ name: "Spring" }))) });
  session.account.find({ filter: has("contact", { filter: where({ title: "CTO" }), by: "account", at_least: 2 }) });
  session.account.find({ filter: and(where({ name: "Acme" }), hasNone("deal"), has("note")) });
  session.task.find({ filter: where({ created_at__ge: now("-P30D"), due_date: today(), due_at__in: [today("P1D")] }) });
  session.lead.find({ filter: { field: "custom.region", op: "in", value: ["north"] } });
  void session.ticket.count({ filter: where({ priority: undefined, assignee__user: "id" }) });
  const kept: Filter<TicketWhere> = where({ status: "open" });
  session.ticket.find({ filter: kept });
}

export function refused(session: Session): void {
  // @ts-expect-error: there is no such word
  session.ticket.find({ filter: where({ status: "closd" }) });
  // @ts-expect-error: there is no such field
  session.ticket.find({ filter: where({ statsu: "open" }) });
  // @ts-expect-error: a flag does not contain text
  session.user.find({ filter: where({ active__contains: "x" }) });
  // @ts-expect-error: a score is a number
  session.lead.find({ filter: where({ score__ge: "75" }) });
  // @ts-expect-error: also within
  session.lead.find({ filter: or(where({ scoer: 1 }), where({ score: 1 })) });
  const leads: Filter<LeadWhere> = where({ score__ge: 75 });
  // @ts-expect-error: a filter of leads finds no tickets
  session.ticket.find({ filter: leads });
  // @ts-expect-error: a title is no moment
  session.task.find({ filter: where({ title: now() }) });
  // @ts-expect-error: there is no such kind
  session.account.find({ filter: has("contacts") });
  // @ts-expect-error: what points has no such field
  session.account.find({ filter: has("contact", { filter: where({ titel: "CTO" }) }) });
  // @ts-expect-error: it does not point by that
  session.account.find({ filter: has("contact", { by: "title" }) });
  // @ts-expect-error: there is no such comparison
  session.lead.find({ filter: { field: "score", op: "gte", value: 75 } });
}
