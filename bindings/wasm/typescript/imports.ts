/** Imports from files and iterators of any length, with progress. */

import { CsvFile, type Row } from "./csv.js";
import { Beginning, type Source, sizeOf, utf8 } from "./encoding.js";
import type { MatchPolicy } from "./generated/enums.js";
import type { ColumnMap, ImportReport, Preview, RowProblem } from "./generated/parts/common.js";
import type { Envelope } from "./transport.js";

/** Rows of one unit, unless said. */
const CHUNK = 1000;
/** Bytes of one unit; it may be shorter than it should be, but not longer than a call may. */
const CHUNK_BYTES = 4 << 20;
/** How many problems a report keeps. */
const PROBLEMS = 1000;

/** How far an import is; reported after every unit that is written. */
export interface Progress {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  refused: number;
  /** Bytes of the file that were read; 0 for rows that come from no file. */
  bytes: number;
  /** Of bytes for a file, of rows for anything else, as far as it is known. */
  total?: number;
}

/** How rows are understood. */
export interface RowOptions {
  /** Which column goes where; what is not said is guessed from the headers. */
  mapping?: ColumnMap;
  /** Fields that every row gets, as in `create`. */
  set?: Record<string, unknown>;
  /** By what a row finds the record that is already there. */
  match_on?: string;
  /** What happens to a record that is already there; it is left as it is unless said. */
  policy?: MatchPolicy;
  /**
   * Whether an apostrophe before what a spreadsheet takes for a formula is taken away, as an export puts it there;
   * unless said, in files that begin with a byte order mark.
   */
  spreadsheet?: boolean;
  /** What becomes of a row with a cell that cannot be read: it is refused unless said, or comes in without the cell. */
  on_bad_cell?: "refuse_row" | "leave_out";
  /** How dates are written, such as `DD/MM/YYYY`, or `EXCEL`; seen in the cells of a column unless said. */
  date_format?: string;
  /** Whether a comma stands before the decimals. */
  decimal_comma?: boolean;
  /** Rows of one unit: 1,000 unless said, and at most. */
  chunk?: number;
  /** The name of the import in the ledger. */
  run?: string;
  /** Called after every unit, with how far the import is. */
  progress?: (done: Progress) => void;
  /** Called with every refused row; the report lists the first 1,000. */
  onRefused?: (row: RowProblem) => void;
  /** Ends the import after whole units; what was written stays. */
  signal?: AbortSignal;
}

/** How a file is understood. */
export interface CsvOptions extends RowOptions {
  /** The form of the file, such as `hubspot.contacts`; recognised unless said. `none` is no form. */
  form?: string;
  /**
   * The file's encoding, by any name that a `TextDecoder` takes; unless said UTF-8, UTF-16, or Windows-1252 where nothing else
   * makes sense.
   */
  encoding?: string;
  /** Whether a row that is no UTF-8 is read as Windows-1252, in files that mix both. */
  mixed_latin1?: boolean;
  /** What stands between two fields; found in the header unless said. */
  delimiter?: string;
}

/** What every kind has that is imported. */
export interface Importable {
  /**
   * Imports a CSV file of any length; the same file again creates nothing. Every 1,000 rows are one unit with its
   * history; a row that is refused costs itself alone.
   */
  importCsvFile(file: Source, options?: CsvOptions): Promise<ImportReport>;
  /**
   * Shows what an import would make of a file, by its first `rows`: its form, encoding and delimiter, where each column
   * would go, what is doubtful, and the rows as they would be read. Nothing is imported. A stream is used up by it.
   */
  previewCsvFile(file: Source, options?: CsvOptions & { rows?: number }): Promise<Preview>;
  /** Imports any number of rows, by the names of fields or columns. The rest is as in `importCsvFile`. */
  importAll(
    rows: Iterable<Record<string, unknown>> | AsyncIterable<Record<string, unknown>>,
    options?: RowOptions,
  ): Promise<ImportReport>;
}

/** A session as an import needs it. */
interface Importing {
  readonly envelope: Envelope;
  with(envelope: Envelope): { execute(operation: string, input: object): Promise<unknown> };
}

/** An import under way. */
class Run {
  readonly report: ImportReport = {
    cells_left_out: 0,
    columns: [],
    created: 0,
    dry_run: false,
    problems: [],
    refused: 0,
    rows: 0,
    skipped: 0,
    unchanged: 0,
    updated: 0,
  };
  readonly #session: Importing;
  readonly #operation: string;
  readonly #options: CsvOptions;
  readonly #total: number | undefined;
  #unit = 0;
  /** What the beginning of a file said of all of it. */
  seen: Preview | undefined;

  constructor(session: Importing, operation: string, options: CsvOptions, total: number | undefined) {
    this.#session = session;
    this.#operation = operation;
    this.#options = options;
    this.#total = total;
  }

  get stopped(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  get size(): number {
    return Math.min(CHUNK, Math.max(1, this.#options.chunk ?? CHUNK));
  }

  /** Writes one unit. */
  async unit(payload: object): Promise<ImportReport> {
    const { mapping, set, match_on, policy, on_bad_cell, form, date_format, decimal_comma, spreadsheet } = this.#options;
    const options = { mapping, set, match_on, policy, on_bad_cell, form, date_format, decimal_comma, spreadsheet };
    const input = { ...options, ...payload };
    const { run } = this.#options;
    const { idempotency_key: key, cause } = this.#session.envelope;
    const envelope: Envelope = { cause: run ?? cause ?? "import" };
    // A key stands for one command, and this is several.
    if (key !== undefined) envelope.idempotency_key = `${key}:${String(this.#unit)}`;
    this.#unit += 1;
    return (await this.#session.with(envelope).execute(this.#operation, input)) as ImportReport;
  }

  /** Adds what a unit did. */
  add(done: ImportReport, bytes: number): void {
    const report = this.report;
    for (const count of ["rows", "created", "updated", "unchanged", "skipped", "refused"] as const) {
      report[count] += done[count];
    }
    report.cells_left_out = (report.cells_left_out ?? 0) + (done.cells_left_out ?? 0);
    for (const cell of done.left_out ?? []) {
      const cells = (report.left_out ??= []);
      if (cells.length < PROBLEMS) cells.push(cell);
    }
    if (this.seen !== undefined) {
      const { columns, form, language, encoding, delimiter, doubts } = this.seen;
      Object.assign(report, { columns, doubts }, given({ form, language, encoding, delimiter }));
    } else if (done.columns.length > 0) report.columns = done.columns;
    report.dry_run = done.dry_run;
    for (const problem of done.problems) {
      if (report.problems.length < PROBLEMS) report.problems.push(problem);
      this.#options.onRefused?.(problem);
    }
    const { rows, created, updated, unchanged, skipped, refused } = report;
    const progress: Progress = { rows, created, updated, unchanged, skipped, refused, bytes };
    if (this.#total !== undefined) progress.total = this.#total;
    this.#options.progress?.(progress);
  }
}

/** What of these is said. */
function given(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Imports a CSV file. */
export async function importCsvFile(
  session: Importing,
  kind: string,
  source: Source,
  options: CsvOptions,
): Promise<ImportReport> {
  const beginning = await Beginning.of(source, options.encoding);
  if (beginning.empty) {
    const nothing = new Run(session, `${kind}.import_csv`, options, 0);
    await nothing.unit({ csv: "" });
    return nothing.report;
  }
  const seen = await look(session, kind, beginning, options, 1);
  const mapping = Object.fromEntries(seen.columns.map((one) => [one.column, one.target ?? "ignore"]));
  const encoding = options.encoding ?? seen.encoding ?? "utf-8";
  const file = new CsvFile(utf8(beginning, encoding));
  try {
    await file.open(seen.delimiter ?? ",", seen.header_line ?? 1);
    const spreadsheet = options.spreadsheet ?? file.marked;
    const settled = { ...options, mapping, form: seen.form ?? "none", spreadsheet };
    const run = new Run(session, `${kind}.import_csv`, settled, sizeOf(source));
    run.seen = seen;
    let unit: CsvUnit | undefined;
    for await (const row of file.rows()) {
      if (unit === undefined) {
        unit = new CsvUnit(row, file, options.mixed_latin1 ?? false);
        continue;
      }
      if (unit.count >= run.size || unit.bytes + row.bytes.length > CHUNK_BYTES) {
        if (run.stopped) break;
        await unit.write(run);
      }
      unit.push(row);
    }
    // A file with nothing but a header is looked at as well, and so is one with nothing at all.
    if (unit === undefined) await run.unit({ csv: "" });
    else if (!run.stopped && (unit.count > 0 || run.report.rows === 0)) await unit.write(run);
    return run.report;
  } finally {
    await file.close();
  }
}

/** Shows what an import would make of a file. */
export async function previewCsvFile(
  session: Importing,
  kind: string,
  source: Source,
  options: CsvOptions & { rows?: number },
): Promise<Preview> {
  const beginning = await Beginning.of(source, options.encoding);
  const shown = await look(session, kind, beginning, options, options.rows ?? 10);
  await beginning.close();
  return shown;
}

async function look(
  session: Importing,
  kind: string,
  beginning: Beginning,
  options: CsvOptions,
  limit: number,
): Promise<Preview> {
  const { mapping, set, match_on, policy, on_bad_cell, form, spreadsheet } = options;
  const { delimiter, mixed_latin1, date_format, decimal_comma } = options;
  const rows = { mapping, set, match_on, policy, on_bad_cell, form, spreadsheet };
  const input = { ...rows, delimiter, mixed_latin1, date_format, decimal_comma };
  const shown = await session
    .with({})
    .execute(`${kind}.import_preview`, { ...input, ...beginning.asked(), limit });
  const preview = shown as Preview;
  if (options.encoding !== undefined) preview.encoding = beginning.encoding;
  return preview;
}

/** The rows of one unit. */
class CsvUnit {
  readonly #header: string;
  readonly #headerLines: number;
  readonly #delimiter: string;
  readonly #latin1: boolean;
  #rows: Row[] = [];
  bytes = 0;

  constructor(header: Row, file: CsvFile, latin1: boolean) {
    const text = new TextDecoder().decode(header.bytes);
    this.#header = text.endsWith("\n") ? text : `${text}\n`;
    this.#headerLines = Math.max(1, header.lines);
    this.#delimiter = file.delimiter;
    this.#latin1 = latin1;
    this.#read = header.read;
  }

  #read: number;

  get count(): number {
    return this.#rows.length;
  }

  push(row: Row): void {
    this.#rows.push({ ...row, bytes: row.bytes });
    this.bytes += row.bytes.length;
    this.#read = row.read;
  }

  /** Writes them as one unit, and begins the next. */
  async write(run: Run): Promise<void> {
    const rows = this.#rows;
    const broken: Row[] = [];
    // The rows that are sent, each with the line on which it starts there.
    const places: { row: Row; line: number }[] = [];
    let line = this.#headerLines + 1;
    let csv = this.#header;
    for (const row of rows) {
      const text = decoded(row.bytes, this.#latin1);
      if (text === undefined) {
        broken.push(row);
        continue;
      }
      places.push({ row, line });
      line += Math.max(1, row.lines);
      csv += text;
    }
    const done = await run.unit({ csv, delimiter: this.#delimiter, encoding: "utf8" });
    const before = run.report.rows;
    const problems = done.problems.map((problem) => {
      const place = places.findLast((one) => one.line <= problem.number);
      if (place === undefined) return problem;
      const missing = broken.filter((row) => row.line < place.row.line).length;
      const number = place.row.line + (problem.number - place.line);
      return { ...problem, number, record: before + problem.record + missing };
    });
    for (const row of broken) {
      const known = problems.filter((problem) => problem.number < row.line).length;
      const sent = places.filter((place) => place.row.line < row.line).length;
      problems.splice(known, 0, notUtf8(row.line, before + sent + broken.indexOf(row) + 1));
    }
    done.problems = problems;
    done.rows += broken.length;
    done.refused += broken.length;
    run.add(done, this.#read);
    this.#rows = [];
    this.bytes = 0;
  }
}

function decoded(bytes: Uint8Array, latin1: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin1 ? new TextDecoder("windows-1252").decode(bytes) : undefined;
  }
}

/** The same that a file on a server meets. */
function notUtf8(number: number, record: number): RowProblem {
  const message =
    "The row has bytes that are not UTF-8; save the file as UTF-8, or name its encoding, such as windows-1251 or shift_jis.";
  return { number, record, code: "import.encoding_broken", message, value: "" };
}

/** Imports rows. */
export async function importAll(
  session: Importing,
  kind: string,
  rows: Iterable<Record<string, unknown>> | AsyncIterable<Record<string, unknown>>,
  options: RowOptions,
): Promise<ImportReport> {
  const total = Array.isArray(rows) ? rows.length : undefined;
  const run = new Run(session, `${kind}.import_rows`, options, total);
  let unit: Record<string, unknown>[] = [];
  const write = async (): Promise<void> => {
    const before = run.report.rows;
    const done = await run.unit({ rows: unit });
    for (const problem of done.problems) {
      problem.number += before;
      problem.record += before;
    }
    run.add(done, 0);
    unit = [];
  };
  for await (const row of rows) {
    if (unit.length >= run.size) {
      if (run.stopped) return run.report;
      await write();
    }
    unit.push(row);
  }
  if (!run.stopped && (unit.length > 0 || run.report.rows === 0)) await write();
  return run.report;
}
