import type { Session } from "nexa-crm";

import type { View } from "../app/router.svelte.ts";
import type { IconName } from "../design/Icon.svelte";
import { nameOf, say, sum, type Amount } from "../design/words.ts";

/** Something to go to. */
export interface Hit {
  key: string;
  group: string;
  icon: IconName;
  text: string;
  note: string;
  state?: string;
  view: View;
  id?: string | undefined;
}

const EACH = 5;
const joined = (...parts: (string | null | undefined)[]): string => parts.filter(Boolean).join(" · ");

/** Looks for what begins like this among all that the session may see. */
export async function search(session: Session, text: string): Promise<Hit[]> {
  const asked = { text, limit: EACH };
  const [leads, contacts, accounts, deals, tickets] = await Promise.all([
    session.lead.search(asked).list(),
    session.contact.search(asked).list(),
    session.account.search(asked).list(),
    session.deal.search(asked).list(),
    session.ticket.search(asked).list(),
  ]);
  const primary = accounts.length ? await primaries(session, accounts.map((account) => account.id)) : new Map<string, string>();
  return [
    ...leads.map((lead): Hit => ({ key: lead.id, group: "Leads", icon: "leads", text: nameOf(lead), note: joined(lead.company, lead.title), state: lead.status, view: "leads", id: lead.id })),
    ...contacts.map((contact): Hit => ({ key: contact.id, group: "Contacts", icon: "contacts", text: nameOf(contact), note: joined(contact.title, contact.email), state: contact.lifecycle_stage, view: "contacts", id: contact.id })),
    ...accounts.map((account): Hit => ({ key: account.id, group: "Companies", icon: "building", text: account.name, note: joined(account.account_number, account.industry, account.tier && say(account.tier)), state: account.type, view: "contacts", id: account.primary_contact ?? primary.get(account.id) })),
    ...deals.map((deal): Hit => ({ key: deal.id, group: "Deals", icon: "pipeline", text: deal.name, note: sum(deal.amount as Amount | null), state: deal.stage, view: "pipeline", id: deal.id })),
    ...tickets.map((ticket): Hit => ({ key: ticket.id, group: "Tickets", icon: "tickets", text: ticket.subject, note: ticket.number, state: ticket.status, view: "tickets", id: ticket.id })),
  ];
}

/** Somebody of each company, to whose page one can go. */
async function primaries(session: Session, accounts: string[]): Promise<Map<string, string>> {
  const found = await session.contact.find({ filter: { field: "account", op: "in", value: accounts }, limit: 100 }).list();
  return new Map(found.toReversed().flatMap((contact) => (contact.account ? [[contact.account, contact.id] as const] : [])));
}
