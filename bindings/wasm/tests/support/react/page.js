/** A page of React with the queue of a desk, for the tests. */

import { createElement as h, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

import { open, where } from "nexa-crm";
import { SessionProvider, useAnswer, useCommand, useExplanation } from "nexa-crm/react";

/** The open tickets, and the one that was chosen. */
function Queue() {
  const [chosen, choose] = useState(undefined);
  const found = useAnswer(["ticket"], (session) => session.ticket.find({ filter: where({ status: "open" }) }).page(), []);
  const row = (one) => h("li", { key: one.id, onClick: () => choose(one.id) }, one.subject);
  return h(
    "main",
    null,
    h("ul", { id: "queue", "data-asking": String(found.asking) }, found.value?.items.map(row)),
    h("p", { id: "problem" }, found.problem?.message ?? ""),
    chosen && h(Actions, { ticket: chosen }),
    h(NewTicket),
  );
}

/** What may be done with a ticket. */
function Actions({ ticket }) {
  const explained = useExplanation("ticket", ticket);
  const close = useCommand((session) => session.ticket.close({ ticket }));
  return h(
    "section",
    null,
    h("p", { id: "allowed" }, explained.value?.allowed.join(" ") ?? ""),
    h("button", { id: "close", onClick: () => close.run() }, "Close"),
    h("p", { id: "refused" }, close.problem?.code ?? ""),
  );
}

/** A form whose problems stand under their fields. */
function NewTicket() {
  const create = useCommand((session, subject) => session.ticket.create({ subject }));
  const submit = (event) => {
    event.preventDefault();
    void create.run(event.target.elements.subject.value);
  };
  return h(
    "form",
    { id: "new", onSubmit: submit },
    h("input", { name: "subject" }),
    h("button", null, "Create"),
    h("p", { id: "subject_problem" }, create.problems["subject"] ?? ""),
  );
}

/** Opens a Crm and shows the queue of its admin; answers what the tests do with both. */
async function begin() {
  const crm = await open("memory:");
  const lisa = await crm.createOrg("Acme", { admin: { name: "Lisa", email: "lisa@acme.example" } });
  const alex = await lisa.user.create({ name: "Alex", email: "alex@acme.example", role: "agent" });
  const desk = { crm, lisa, alex: crm.session({ org: lisa.org, user: alex.id }), feeds: 0 };
  const feedPage = lisa.feedPage.bind(lisa);
  lisa.feedPage = (asked) => {
    desk.feeds += 1;
    return feedPage(asked);
  };
  const root = createRoot(document.getElementById("root"));
  const queues = (count) => Array.from({ length: count }, (_, key) => h(Queue, { key }));
  desk.show = (session, count = 1) =>
    root.render(h(StrictMode, null, h(SessionProvider, { session }, queues(count))));
  desk.leave = () => root.unmount();
  window.desk = desk;
  document.title = "ready";
}

void begin();
