/** Leads in PGlite: PostgreSQL in memory, or in IndexedDB. */

import { PGlite } from "@electric-sql/pglite";

import { range, row, statements } from "./written.js";

/** So many rows in one statement, when many come at once. */
const MANY = 1000;
const sql = statements((number) => `$${number}`, " text_pattern_ops");
// Ranges of bytes, as the index has them.
const search = sql.search.replace(/ (>=|<) \$/g, " ~$1~ $$");

export class Pg {
  static async open(place) {
    const own = new Pg();
    own.db = await PGlite.create(place);
    await own.db.exec(sql.schema.join(";\n"));
    return own;
  }
  async fill(leads) {
    for (let at = 0; at < leads.length; at += MANY) {
      const some = leads.slice(at, at + MANY);
      await this.db.query(sql.insert(some.length), some.flatMap(row));
    }
    await this.db.exec("ANALYZE leads");
  }
  async create(lead) {
    await this.db.query(sql.insert(1), row(lead));
  }
  async page() {
    return (await this.db.query(sql.page)).rows;
  }
  async search(text) {
    return (await this.db.query(search, range(text))).rows;
  }
  async close() {
    await this.db.close();
  }
}
