/** Exports of any length, page by page, as text that an import reads. */

import type { WireFilter } from "./filter.js";

/** How an export is written. All but the format is for `csv` and `spreadsheet`. */
export interface ExportOptions {
  /**
   * `csv` exactly as the values are; `spreadsheet` with a byte order mark and no cell that is taken for a formula;
   * `json_lines` with one record per line. `csv` unless said.
   */
  format?: "csv" | "spreadsheet" | "json_lines";
  /**
   * The columns in their order, by path: `email`, `address.city`, and one relation away `account.name`. All fields
   * unless said.
   */
  columns?: readonly string[];
  /** What stands between two cells; a comma unless said. */
  delimiter?: "comma" | "semicolon" | "tab";
  /** Whether the header has words, such as `First name`, instead of paths. */
  labels?: boolean;
  /** Whether moments are written in the tenant's time zone, with the offset. */
  local_times?: boolean;
  /** Whether the name of each record that is referred to stands beside its id. */
  names?: boolean;
}

/** The records that are exported, and how. */
export interface ExportRequest extends ExportOptions {
  /** The records to export; all that the actor may see without. */
  filter?: WireFilter;
  /** The order of the records, such as `["-created_at"]`. */
  sort?: readonly string[];
  /** How many records at most, on all pages. */
  limit?: number;
  /** Those in the trash, instead of those that are not. */
  trashed?: boolean;
}

/** What every kind has that is exported. */
export interface Exportable {
  /**
   * The records as text, a piece for each 1,000: `for await (const text of session.lead.exportText()) …`. Memory does
   * not grow with them, and an import reads what comes of it.
   */
  exportText(request?: ExportRequest): AsyncGenerator<string, void, undefined>;
}

/** One page of an export, as it is on the wire. */
interface ExportPage {
  text: string;
  records: number;
  next?: string;
}

/** A session as an export needs it. */
interface Exporting {
  exportPage(input: object): Promise<unknown>;
}

const LARGEST_PAGE = 1000;

/** The records of a kind as text. */
export async function* exportText(
  session: Exporting,
  kind: string,
  request: ExportRequest,
): AsyncGenerator<string, void, undefined> {
  const { filter, sort, limit, trashed, ...options } = request;
  let left = limit ?? Number.MAX_SAFE_INTEGER;
  let after: string | undefined;
  for (let first = true; first || (after !== undefined && left > 0); first = false) {
    const find = { filter, sort, trashed, after, limit: Math.min(left, LARGEST_PAGE) };
    const page = (await session.exportPage({ kind, find, options, first })) as ExportPage;
    left -= page.records;
    after = page.next;
    yield page.text;
  }
}
