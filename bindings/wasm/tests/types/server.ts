/** What the compiler takes of the server, its client and what tests get; `@ts-expect-error` marks what it must refuse. */

import { type Change, open, type Session } from "nexa-crm";
import { connect, overHttp } from "nexa-crm/http";
import { handler, type Document, openapi, Unauthenticated } from "nexa-crm/server";
import { tenant } from "nexa-crm/testing";

export async function used(lisa: Session): Promise<void> {
  const answer: (request: Request) => Promise<Response> = handler({
    authenticate: (request) => {
      if (!request.headers.has("authorization")) throw new Unauthenticated("Bearer");
      return lisa;
    },
    root: "/crm",
    security: { cookie: { type: "apiKey", in: "cookie", name: "session" } },
  });
  handler({ authenticate: async () => undefined });
  // @ts-expect-error a name is no session
  handler({ authenticate: () => "lisa" });
  // @ts-expect-error somebody has to say who calls
  handler({});
  const document: Document = await openapi({ title: "Desk" });
  document.paths["/leads"];

  const s: Session = await connect("https://desk.example/crm", { headers: () => ({ Authorization: "Bearer x" }), fetch: answer });
  const { number } = await s.ticket.create({ subject: "Cannot log in" });
  number.toUpperCase();
  const crm = await open(overHttp("https://desk.example/crm"));
  for await (const event of crm.feed("org")) {
    const change: Change = event;
    change.command.toUpperCase();
  }
  await open("folder:crm_data", { wasm: new URL("https://desk.example/nexa_bg.wasm") });
  // @ts-expect-error there is no such place
  await open("file:crm_data");

  const { make, session } = await tenant();
  const lead = await make.lead({ company: "Engines" });
  // @ts-expect-error a lead has no subject
  await make.lead({ subject: "Engines" });
  await session.lead.get({ lead: lead.id });
}
