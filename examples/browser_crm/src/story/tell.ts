import type { NewDeal, Session } from "nexa-crm";

import { emailOf, workspace } from "../app/workspace.svelte.ts";
import { accounts, contacts, domainOf, mailOf } from "./accounts.ts";
import { deals } from "./deals.ts";
import leads from "./leads.csv?raw";
import { groups, users } from "./team.ts";
import { tickets } from "./tickets.ts";

type Call = [string, Record<string, unknown>];
type Tell = (part: string, done: number) => void;

const SYSTEM = "story";
const key = (of: string): { system: string; key: string } => ({ system: SYSTEM, key: of });
const usd = (thousands: number): { amount: string; currency: string } => ({ amount: `${String(thousands * 1000)}.00`, currency: "USD" });
const dated = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const allMet = { budget: "$50K approved", authority: "Decides herself", need: "Current system inadequate", timeline: "Needs it by Q1" };

/** What a column of the registrants says they did. */
const mapping =
  "Registered Early=engagement:registered_early,Attended=engagement:attended,Questions Asked=engagement:question_asked," +
  "Downloaded Brochure=engagement:content_downloaded,Opened Mail=engagement:mail_opened,Demo Requested=engagement:demo_requested";

/** The people alone: a place to begin with nothing else in it. */
export async function foundTeam(): Promise<Session> {
  const lisa = await workspace.found();
  await lisa.batch([
    ...users.map((user): Call => ["user.create", { ...user, email: emailOf(user.name.toLowerCase()) }]),
    ...groups.map((group): Call => ["group.create", { name: group.name }]),
  ]);
  const [people, teams] = await Promise.all([lisa.user.find().list(), lisa.group.find().list()]);
  const joins = groups.flatMap((group) =>
    group.members.map((member): Call => {
      const user = people.find((one) => one.email === emailOf(member));
      const team = teams.find((one) => one.name === group.name);
      return ["group.add_member", { group: team?.id, user: user?.id }];
    }),
  );
  await lisa.batch(joins);
  return lisa;
}

/** The seeds' stories, lived through the same operations that the page offers. */
export async function tell(say: Tell): Promise<void> {
  say("The team", 0.02);
  const lisa = await foundTeam();
  const people = await lisa.user.find().list();
  const teams = await lisa.group.find().list();
  const idOf = (name: string): string => people.find((one) => one.email === emailOf(name))?.id ?? "";
  const groupOf = (name: string): string => teams.find((one) => one.name === name)?.id ?? "";
  const as = (name: string): Session => workspace.sessionOf(idOf(name));

  say("Companies and people", 0.1);
  await as("maria").batch([
    ...accounts.map(([name, industry, tier, parent, employees]): Call => [
      "account.create",
      { name, industry, tier, employees, website: `https://${domainOf(name)}`, external_keys: [key(name)], owner: { user: idOf("maria") }, ...(parent && { parent: key(parent) }) },
    ]),
    ...contacts.map(([first_name, last_name, title, account, manager]): Call => {
      const email = mailOf(first_name, last_name, account);
      return ["contact.create", { first_name, last_name, title, email, account: key(account), external_keys: [key(email)], ...(manager && { reports_to: key(manager) }) }];
    }),
  ]);

  say("50 leads", 0.25);
  const campaign = await lisa.campaign.create({ name: "Q4 Product Webinar", type: "webinar", goal: "Generate 100 qualified leads", budget: usd(5), target_audience: "Enterprise IT Managers" });
  const list = await lisa.contactList.create({ name: "Webinar Nurture Campaign" });
  await lisa.batch([
    ["routing.create", { band: "high", group: groupOf("Senior sales reps"), pick: "round_robin", task_title: "Call hot webinar lead", task_due_hours: 24, task_priority: "urgent" }],
    ["routing.create", { band: "medium", group: groupOf("Sales reps"), pick: "group", task_title: "Follow up on webinar attendee", task_due_hours: 48 }],
    ["routing.create", { band: "low", contact_list: list.id }],
  ]);
  await lisa.lead.importCsv({ csv: leads, mapping, set: { campaign: campaign.id } });
  const all = await lisa.lead.find({ sort: ["-score", "email"] }).list();
  await lisa.batch(all.map((lead): Call => ["lead.route", { lead: lead.id }]));

  say("Seven days of selling", 0.45);
  await sell(as("maria"), idOf, all.map((lead) => lead.id), all.find((lead) => lead.email === "sarah@acme.example")?.id ?? "");

  say("The pipeline", 0.65);
  await lisa.batch(
    deals.flatMap((deal): Call[] => {
      const ref = key(deal.name);
      const contact = `${deal.contact}@${domainOf(deal.account)}`;
      const made: Call = ["deal.create", {
        name: deal.name, amount: usd(deal.thousands), account: key(deal.account), primary_contact: key(contact), owner: idOf(deal.owner),
        type: deal.type ?? "new_business", close_date: dated(deal.due), next_step: deal.next ?? null, external_keys: [ref],
        stage: deal.stage === "won" || deal.stage === "lost" ? "negotiation" : deal.stage,
      }];
      if (deal.stage === "won") return [made, ["deal.win", { deal: ref }]];
      if (deal.stage === "lost") return [made, ["deal.lose", { deal: ref, reason: deal.lost }]];
      return [made];
    }),
  );

  say("A Monday in support", 0.8);
  await support(as, groupOf);
  say("Done", 1);
}

/** Sarah is won over; others are on their way, and some are lost. */
async function sell(maria: Session, idOf: (name: string) => string, leads: string[], sarah: string): Promise<void> {
  const others = leads.filter((lead) => lead !== sarah);
  const qualified = others.slice(0, 6);
  const bant = Object.fromEntries(Object.entries(allMet).map(([name, evidence]) => [name, { met: true, evidence }]));
  const some = { budget: bant.budget, need: bant.need };
  const maybe = (deal: NewDeal): NewDeal => ({ ...deal, owner: idOf("maria") });
  await maria.with({ reason: "Follow-up call" }).batch([...others.slice(0, 20), sarah].map((lead): Call => ["lead.contact", { lead }]));
  await maria.batch([
    ["lead.record_engagement", { lead: sarah, signal: "replied" }],
    ["lead.qualify", { lead: sarah, bant }],
    ...qualified.map((lead): Call => ["lead.qualify", { lead, bant }]),
    ...others.slice(6, 11).map((lead): Call => ["lead.record_bant", { lead, bant: some }]),
    ["lead.lose", { lead: others[18], reason: "Stays with the current tool for another year" }],
    ["lead.lose", { lead: others[19], reason: "No answer after five tries" }],
    ["lead.lose", { lead: others[40], reason: "A student's project" }],
  ]);
  const won = await maria.lead.convert({ lead: sarah, deal: maybe({ name: "Acme Corp - Enterprise Plan", amount: usd(50) }) });
  for (const lead of qualified.slice(0, 3)) await maria.lead.convert({ lead, deal: maybe({ amount: usd(50) }) });
  const deal = won.deal?.id;
  await maria.batch([
    ["deal.move", { deal, stage: "proposal" }],
    ["deal.update", { deal, amount: usd(45), competitors: ["HubSpot"], next_step: "CEO call" }],
    ["deal.move", { deal, stage: "negotiation" }],
    ["deal.win", { deal }],
    ["contact.update", { contact: won.contact.id, tags: ["vip", "enterprise"] }],
  ]);
}

async function support(as: (name: string) => Session, groupOf: (name: string) => string): Promise<void> {
  const maria = as("maria");
  for (const story of tickets) {
    const { steps, ...create } = story;
    const { id: ticket } = await maria.with({ reason: "The customer's call" }).ticket.create(create);
    for (const step of steps) {
      if (step[0] === "claim") await as(step[1]).ticket.claim({ ticket });
      else if (step[0] === "group") await as("lisa").ticket.assign({ ticket, assignee: { group: groupOf(step[1]) } });
      else if (step[0] === "move") await as(step[1]).ticket.move({ ticket, status: step[2] });
      else if (step[0] === "comment") await as(step[1]).ticket.comment({ ticket, body: step[2], audience: step[3] ?? "members" });
      else if (step[0] === "escalate") await as(step[1]).ticket.escalate({ ticket, to: groupOf(step[2]), severity: "p1", reason: step[3] });
      else if (step[0] === "resolve") await as(step[1]).ticket.resolve({ ticket, resolution: step[2] });
      else await as(step[1]).ticket.close({ ticket });
    }
  }
}
