/** Exports: the records of a kind as a file of any length, which is sent while it is written. */

import { exportText } from "../exports.js";
import type { Session } from "../session.js";
import { streamOf } from "./answers.js";
import { argument } from "./incoming.js";
import { Refused } from "./problems.js";
import type { Reading } from "./routes.js";

/** Which records are exported and how they are written, and how each argument is read. */
const KNOWN: Readonly<Record<string, Reading>> = {
  filter: "json",
  sort: "list",
  limit: "integer",
  trashed: "boolean",
  format: "text",
  columns: "list",
  delimiter: "text",
  labels: "boolean",
  local_times: "boolean",
  names: "boolean",
};

/** Sends the records of a kind as CSV, or a line of JSON for each. */
export async function exporting(session: Session, kind: string, place: string, query: URLSearchParams): Promise<Response> {
  const asked: Record<string, unknown> = {};
  for (const name of new Set(query.keys())) {
    const how = KNOWN[name];
    if (how === undefined) {
      throw new Refused(422, "http.malformed", `An export takes no ${name}; give ${Object.keys(KNOWN).join(", ")}.`);
    }
    const texts = query.getAll(name);
    asked[name] = how === "list" ? texts.flatMap((text) => text.split(",")).filter((one) => one !== "") : argument(how, texts.at(-1) ?? "");
  }
  const lines = asked["format"] === "json_lines";
  const pieces = exportText(session, kind, asked);
  // What is refused is refused before anything is sent.
  const first = await pieces.next();
  const headers = {
    "Content-Type": lines ? "application/x-ndjson" : "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="${place}.${lines ? "jsonl" : "csv"}"`,
    "Cache-Control": "no-store",
  };
  return new Response(streamOf(beginning(first.done ? "" : first.value, pieces)), { headers });
}

async function* beginning(first: string, others: AsyncGenerator<string, void, undefined>): AsyncGenerator<string, void, undefined> {
  yield first;
  yield* others;
}
