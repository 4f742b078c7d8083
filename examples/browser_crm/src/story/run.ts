import type { BantInput, NewDeal, Request, Session } from "nexa-crm";

import { workspace } from "../app/workspace.svelte.ts";
import { accounts, contacts, domainOf, mailOf } from "./accounts.ts";
import { deals } from "./deals.ts";
import { foundTeam, type Team } from "./found.ts";
import leads from "./leads.csv?raw";
import { tickets, type Step } from "./tickets.ts";

const key = (of: string): { system: string; key: string } => ({ system: "story", key: of });
const usd = (thousands: number): { amount: string; currency: string } => ({ amount: `${String(thousands * 1000)}.00`, currency: "USD" });
const dated = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** What a column of the registrants says they did. */
const mapping =
  "Registered Early=engagement:registered_early,Attended=engagement:attended,Questions Asked=engagement:question_asked," +
  "Downloaded Brochure=engagement:content_downloaded,Opened Mail=engagement:mail_opened,Demo Requested=engagement:demo_requested";

/** The seeds' stories, lived through the same operations that the page offers. */
export async function runStory(say: (part: string, done: number) => void): Promise<void> {
  say("The team", 0.02);
  const team = await foundTeam();
  say("Companies and people", 0.1);
  await as(team, "maria").batch([...companies(team), ...people()]);
  say("50 leads", 0.25);
  const ids = await bring(team);
  say("Seven days of selling", 0.45);
  await sell(team, ids);
  say("The pipeline", 0.65);
  await team.lisa.batch(pipeline(team));
  say("A Monday in support", 0.8);
  await support(team);
  say("Done", 1);
}

const as = (team: Team, name: string): Session => workspace.sessionOf(team.user(name));

function companies(team: Team): Request[] {
  return accounts.map(([name, industry, tier, parent, employees]) => {
    const owner = { user: team.user("maria") };
    const input = { name, industry, tier, employees, owner, website: `https://${domainOf(name)}`, external_keys: [key(name)] };
    return ["account.create", parent ? { ...input, parent: key(parent) } : input];
  });
}

function people(): Request[] {
  return contacts.map(([first_name, last_name, title, account, manager]) => {
    const email = mailOf(first_name, last_name, account);
    const input = { first_name, last_name, title, email, account: key(account), external_keys: [key(email)] };
    return ["contact.create", manager ? { ...input, reports_to: key(manager) } : input];
  });
}

/** The registrants come in, and go where their score sends them. The best first; Sarah before all. */
async function bring({ lisa, group }: Team): Promise<string[]> {
  const campaign = await lisa.campaign.create({
    name: "Q4 Product Webinar", type: "webinar", goal: "Generate 100 qualified leads", budget: usd(5), target_audience: "Enterprise IT Managers",
  });
  const list = await lisa.contactList.create({ name: "Webinar Nurture Campaign" });
  await lisa.batch([
    ["routing.create", { band: "high", group: group("Senior sales reps"), pick: "round_robin", task_title: "Call hot webinar lead", task_due_hours: 24, task_priority: "urgent" }],
    ["routing.create", { band: "medium", group: group("Sales reps"), pick: "group", task_title: "Follow up on webinar attendee", task_due_hours: 48 }],
    ["routing.create", { band: "low", contact_list: list.id }],
  ]);
  await lisa.lead.importCsv({ csv: leads, mapping, set: { campaign: campaign.id } });
  const all = await lisa.lead.find({ sort: ["-score", "email"] }).list();
  await lisa.batch(all.flatMap((lead): Request[] => [["campaign.add", { campaign: campaign.id, lead: lead.id }], ["lead.route", { lead: lead.id }]]));
  return all.sort((one, other) => Number(other.email === "sarah@acme.example") - Number(one.email === "sarah@acme.example")).map((lead) => lead.id);
}

/** Sarah is won over; others are on their way, and some are lost. */
async function sell(team: Team, [sarah = "", ...others]: string[]): Promise<void> {
  const maria = as(team, "maria");
  const budget = { met: true, evidence: "$50K approved" };
  const need = { met: true, evidence: "Current system inadequate" };
  const bant: BantInput = { budget, need, authority: { met: true, evidence: "Decides herself" }, timeline: { met: true, evidence: "Needs it by Q1" } };
  const lost: [number, string][] = [[18, "Stays with the current tool for another year"], [19, "No answer after five tries"], [40, "A student's project"]];
  const deal = (more: NewDeal): NewDeal => ({ ...more, amount: usd(50), owner: team.user("maria") });

  await maria.with({ reason: "Follow-up call" }).batch([sarah, ...others.slice(0, 20)].map((lead): Request => ["lead.contact", { lead }]));
  await maria.batch([
    ["lead.record_engagement", { lead: sarah, signal: "replied" }],
    ...[sarah, ...others.slice(0, 6)].map((lead): Request => ["lead.qualify", { lead, bant }]),
    ...others.slice(6, 11).map((lead): Request => ["lead.record_bant", { lead, bant: { budget, need } }]),
    ...lost.map(([at, reason]): Request => ["lead.lose", { lead: others[at] ?? "", reason }]),
  ]);
  const won = await maria.lead.convert({ lead: sarah, deal: deal({ name: "Acme Corp - Enterprise Plan" }) });
  for (const lead of others.slice(0, 3)) await maria.lead.convert({ lead, deal: deal({}) });
  const ref = { deal: won.deal?.id ?? "" };
  await maria.batch([
    ["deal.move", { ...ref, stage: "proposal" }],
    ["deal.update", { ...ref, amount: usd(45), competitors: ["HubSpot"], next_step: "CEO call" }],
    ["deal.move", { ...ref, stage: "negotiation" }],
    ["deal.win", ref],
    ["contact.update", { contact: won.contact?.id ?? "", tags: ["vip", "enterprise"] }],
  ]);
}

function pipeline(team: Team): Request[] {
  return deals.flatMap((deal): Request[] => {
    const ref = key(deal.name);
    const decided = deal.stage === "won" || deal.stage === "lost";
    const made: Request = ["deal.create", {
      name: deal.name, amount: usd(deal.thousands), account: key(deal.account), primary_contact: key(`${deal.contact}@${domainOf(deal.account)}`),
      owner: team.user(deal.owner), type: deal.type ?? "new_business", close_date: dated(deal.due), next_step: deal.next ?? null,
      external_keys: [ref], stage: decided ? "negotiation" : deal.stage,
    }];
    if (deal.stage === "won") return [made, ["deal.win", { deal: ref }]];
    return deal.lost ? [made, ["deal.lose", { deal: ref, reason: deal.lost }]] : [made];
  });
}

/** Maria takes the calls; then everybody does their next step, round by round. */
async function support(team: Team): Promise<void> {
  const calls = tickets.map(({ steps: _, ...ticket }): Request => ["ticket.create", { ...ticket, external_keys: [key(ticket.subject)] }]);
  await as(team, "maria").with({ reason: "The customer's call" }).batch(calls);
  const rounds = Math.max(...tickets.map((ticket) => ticket.steps.length));
  for (let round = 0; round < rounds; round += 1) {
    const turns = new Map<string, Request[]>();
    for (const { subject, steps } of tickets) {
      const step = steps[round];
      if (!step) continue;
      const who = step[0] === "group" ? "lisa" : step[1];
      turns.set(who, [...(turns.get(who) ?? []), request(team, step, { ticket: key(subject) })]);
    }
    for (const [who, requests] of turns) await as(team, who).batch(requests);
  }
}

function request(team: Team, step: Step, ref: { ticket: ReturnType<typeof key> }): Request {
  switch (step[0]) {
    case "claim":
      return ["ticket.claim", ref];
    case "group":
      return ["ticket.assign", { ...ref, assignee: { group: team.group(step[1]) } }];
    case "move":
      return ["ticket.move", { ...ref, status: step[2] }];
    case "comment":
      return ["ticket.comment", { ...ref, body: step[2], audience: step[3] ?? "members" }];
    case "escalate":
      return ["ticket.escalate", { ...ref, to: team.group(step[2]), severity: "p1", reason: step[3] }];
    case "resolve":
      return ["ticket.resolve", { ...ref, resolution: step[2] }];
    case "close":
      return ["ticket.close", ref];
  }
}
