/** Leads in Nexa: with their rules, scores, history and ledger. */

import { open } from "nexa-crm";

const ORG = "019a8d2c-5f00-7000-8000-0000000000b1";

/** A storage of Nexa, `memory:` or `opfs:NAME`. */
export class Nexa {
  static async open(place) {
    const crm = await open(place);
    const own = new Nexa();
    own.crm = crm;
    if (!(await crm.hasOrg(ORG))) await crm.createOrg("Bench", { id: ORG, admin: { name: "Lisa", email: "lisa@bench.example" } });
    own.session = crm.system(ORG, "bench");
    return own;
  }
  async fill(leads) {
    await this.session.lead.importAll(leads);
  }
  async create(lead) {
    return this.session.lead.create(lead);
  }
  async page() {
    return (await this.session.lead.find({ sort: ["-score"], limit: 50 }).page()).items;
  }
  async search(text) {
    return (await this.session.lead.search({ text, limit: 10 }).page()).items;
  }
  async close() {
    await this.crm.close();
  }
}
