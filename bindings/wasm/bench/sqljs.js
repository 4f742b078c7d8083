/** Leads in sql.js: SQLite in memory; what is to be kept is a whole file, here in IndexedDB. */

import { range, row, statements } from "./written.js";

const FOLDER = "/bench/node_modules/sql.js/dist/";
const sql = statements((number) => `?${number}`);

/** The script is none that can be imported. */
async function loaded() {
  if (!window.initSqlJs) {
    await new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: `${FOLDER}sql-wasm.js`, onload: resolve, onerror: reject });
      document.head.append(script);
    });
  }
  return window.initSqlJs({ locateFile: (name) => FOLDER + name });
}

/** Where files are kept. */
function files(work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("sqljs", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = work(opening.result.transaction("files", "readwrite").objectStore("files"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    };
  });
}

export class SqlJs {
  static async open(name) {
    const [{ Database }, bytes] = await Promise.all([loaded(), name && files((kept) => kept.get(name))]);
    const own = new SqlJs();
    own.db = new Database(bytes);
    own.name = name;
    for (const statement of sql.schema) own.db.run(statement);
    own.insert = own.db.prepare(sql.insert(1));
    own.first = own.db.prepare(sql.page);
    own.found = own.db.prepare(sql.search);
    return own;
  }
  async fill(leads) {
    this.db.run("BEGIN");
    for (const lead of leads) this.insert.run(row(lead));
    this.db.run("COMMIT");
  }
  async create(lead) {
    this.insert.run(row(lead));
  }
  #rows(statement, values) {
    const rows = [];
    statement.bind(values);
    while (statement.step()) rows.push(statement.getAsObject());
    statement.reset();
    return rows;
  }
  async page() {
    return this.#rows(this.first, []);
  }
  async search(text) {
    return this.#rows(this.found, range(text));
  }
  async close() {
    if (this.name) {
      const bytes = this.db.export();
      await files((kept) => kept.put(bytes, this.name));
    }
    this.db.close();
  }
}
