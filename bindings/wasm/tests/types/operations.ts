/** What the compiler must accept, and what it must not: an expected error that does not come is one. */

import {
  type Change,
  type Crm,
  type Download,
  type Lead,
  NexaError,
  open,
  type Session,
  type Ticket,
  type TicketId,
  type Upload,
} from "nexa-crm";

export async function accepted(session: Session, crm: Crm): Promise<void> {
  const ticket: Ticket = await session.ticket.create({
    subject: "Cannot access dashboard",
    customer: { name: "Sarah", email: "sarah@example.com" },
    priority: "high",
    description: undefined,
  });
  await session.ticket.claim({ ticket: ticket.id });
  await session.ticket.claim({ ticket: "0195f3a2-0000-7000-8000-000000000000" });
  await session.ticket.claim({ ticket: { system: "zendesk", key: "4711" } });
  await session.ticket.update({ ticket: ticket.id, severity: null });
  await session.deal.create({ name: "Renewal", amount: { amount: "50000.00", currency: "USD" } });
  const claimed: Ticket = await session.execute("ticket.claim", { ticket: ticket.id });
  await session.execute("ticket.find");
  await session.execute("host.operation" as string, { any: "thing" });
  await session.execute("host.operation", { any: "thing" });
  const answers = await session.batch([
    ["ticket.claim", { ticket: claimed.id }],
    ["lead.create", { last_name: "Jones" }],
  ]);
  const [one, two]: readonly [Ticket, Lead] = answers;
  await session.with({ reason: "Customer called", dry_run: true }).ticket.close({ ticket: one.id });
  await session.explain("ticket", one.id);
  const upload: Upload = await session.upload(new Blob(["hello"]), { name: "hello.txt", declaredType: "text/plain" });
  await session.upload(new Blob(["hello"]).stream(), { name: "hello.txt", sha256: upload.sha256 });
  const file = await session.attachment.add({ upload: upload.id, to: { kind: "ticket", id: one.id } });
  const download: Download = await session.download(file.id, { range: [0, 5], inline: true });
  const sent: Response = new Response(download.stream(), { headers: download.headers });
  for await (const piece of download) await sent.bytes().then((bytes) => bytes.length === piece.length);
  await open("memory:", { files: "files" });
  await session.organisation.get({ org: session.org });
  const found = await session.ticket.get({ ticket: one.id, with: ["contact"] });
  const email: string | null | undefined = found.related?.contact?.email;
  for await (const event of session.feed({ after: 0 })) {
    if ("gone" in event || "access_changed" in event) continue;
    const change: Change = event;
    void change;
  }
  crm.session({ org: session.org, user: two.id });
  crm.session({ org: session.org, service: "mailer" });
  await open({ execute: (call) => Promise.resolve(call.input) });
  void email;
}

export async function refused(session: Session, crm: Crm, ticket: Ticket, lead: Lead): Promise<void> {
  // @ts-expect-error: the id of a lead is no id of a ticket
  await session.ticket.claim({ ticket: lead.id });
  // @ts-expect-error: nor of a file
  await session.download(lead.id);
  // @ts-expect-error: nor does it become one
  const id: TicketId = lead.id;
  // @ts-expect-error: there is no such field
  await session.ticket.create({ subject: "x", subjet: "y" });
  // @ts-expect-error: a subject is needed
  await session.ticket.create({ priority: "high" });
  // @ts-expect-error: there is no such word
  await session.ticket.create({ subject: "x", priority: "urgent" });
  // @ts-expect-error: an amount is text, never a number
  await session.deal.create({ name: "Renewal", amount: { amount: 50000, currency: "USD" } });
  // @ts-expect-error: there is no such operation
  await session.ticket.delete({ ticket: ticket.id });
  // @ts-expect-error: a batch knows what each operation takes
  await session.batch([["ticket.claim", { lead: lead.id }]]);
  // @ts-expect-error: nor does a call by name forget what is needed
  await session.execute("ticket.claim");
  // @ts-expect-error: or take what is not
  await session.execute("ticket.claim", { lead: lead.id });
  // @ts-expect-error: there is no such relation
  session.ticket.find({ with: ["contcat"] });
  // @ts-expect-error: there is no such kind
  await session.explain("tickets", ticket.id);
  // @ts-expect-error: a session is of one of them
  crm.session({ org: session.org, user: "a", contact: "b" });
  // @ts-expect-error: a session is of somebody
  crm.session({ org: session.org });
  // @ts-expect-error: there is no such place
  await open("sqlite:crm.db");
  void id;
}

export function codes(problem: unknown): string {
  if (!(problem instanceof NexaError)) return "";
  // A code of the catalog is completed, one of the host's is taken as well.
  if (problem.code === "ticket.not_resolved" || problem.code === "host.vip_only") return problem.message;
  // @ts-expect-error: there is no such kind of error
  return problem.kind === "denied" ? "" : problem.code;
}
