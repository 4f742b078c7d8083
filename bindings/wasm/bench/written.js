/** What is the same in SQL that is written by hand: one table, and an index on what is searched and sorted. */

export const COLUMNS = [
  ...["id", "version", "created_at", "updated_at", "first_name", "last_name", "email", "phone", "company", "title"],
  ...["industry", "company_size", "source", "status", "score"],
];
const SOUGHT = ["first_name", "last_name", "company"];

/** The statements, for a way to write placeholders and an operator class of indexes. */
export function statements(placeholder, operators = "") {
  const columns = COLUMNS.map((name) => `${name} ${["version", "score", "created_at", "updated_at"].includes(name) ? "bigint" : "text"}`);
  const values = (row) => `(${COLUMNS.map((_, at) => placeholder(row * COLUMNS.length + at + 1)).join(", ")})`;
  const [from, to] = [placeholder(1), placeholder(2)];
  const parts = SOUGHT.map((name) => `SELECT id FROM leads WHERE lower(${name}) >= ${from} AND lower(${name}) < ${to}`);
  return {
    schema: [
      `CREATE TABLE IF NOT EXISTS leads (${columns.join(", ")}, PRIMARY KEY (id))`,
      "CREATE UNIQUE INDEX IF NOT EXISTS leads_email ON leads (email)",
      "CREATE INDEX IF NOT EXISTS leads_score ON leads (score DESC, id)",
      ...SOUGHT.map((name) => `CREATE INDEX IF NOT EXISTS leads_${name} ON leads (lower(${name})${operators})`),
    ],
    insert: (rows) => `INSERT INTO leads (${COLUMNS.join(", ")}) VALUES ${Array.from({ length: rows }, (_, row) => values(row)).join(", ")}`,
    page: "SELECT * FROM leads ORDER BY score DESC, id LIMIT 50",
    search: `SELECT * FROM leads WHERE id IN (${parts.join(" UNION ")}) ORDER BY score DESC, id LIMIT 10`,
  };
}

/** The values of a lead in the order of the columns. */
export function row(lead) {
  const now = Date.now();
  const score = lead.company_size === "enterprise" ? 25 : 5;
  const whole = { source: "import", status: "new", ...lead, id: crypto.randomUUID(), version: 1, created_at: now, updated_at: now, score };
  return COLUMNS.map((name) => whole[name] ?? null);
}

/** The range of what begins with a text. */
export const range = (text) => [text, text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1)];
