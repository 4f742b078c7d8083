/** A tenant in memory. */

import { after } from "node:test";

import { open } from "nexa-crm";

/** A new crm with the session of its first admin, and the session of an agent. */
export async function tenant() {
  const crm = await open("memory:");
  after(() => crm.close());
  const lisa = await crm.createOrg("Acme Support", { admin: { name: "Lisa", email: "lisa@acme.example" } });
  const user = await lisa.user.create({ name: "Alex", email: "alex@acme.example", role: "agent" });
  return { crm, lisa, alex: crm.session({ org: lisa.org, user: user.id }) };
}
