/** The operations of a kind, made from the list of their names. */

import type { Source } from "./encoding.js";
import { type ExportRequest, exportText } from "./exports.js";
import { OPERATIONS } from "./generated/names.js";
import { type CsvOptions, importAll, importCsvFile, previewCsvFile, type RowOptions } from "./imports.js";
import { type Asked, type Fetched, relate, Results } from "./results.js";
import type { SessionBase } from "./session.js";

type Data = Record<string, unknown>;
type Related = Record<string, Record<string, unknown>>;

/** The methods of a group of operations, for a session. */
export function operationsOf(session: SessionBase, group: string): object {
  const methods: Record<string, unknown> = {};
  const execute = (operation: string, input?: object): Promise<unknown> => session.execute(operation, input);
  for (const word of OPERATIONS[group]?.split(" ") ?? []) {
    const verb = word.replace(/[?*]$/, "");
    const operation = `${group}.${verb}`;
    const method = verb.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (word.endsWith("*")) {
      methods[method] = (input: Asked = {}) =>
        new Results(input, async (asked) => fetched((await execute(operation, asked)) as Fetched<Data>));
    } else if (verb === "get") {
      methods[method] = async (input?: object) => found((await execute(operation, input)) as Data);
    } else {
      methods[method] = (input?: object) => execute(operation, input);
    }
    if (verb === "find") {
      methods["exportText"] = (request: ExportRequest = {}) => exportText(session, group, request);
    }
    if (verb === "import_csv") {
      methods["importCsvFile"] = (file: Source, options: CsvOptions = {}) =>
        importCsvFile(session, group, file, options);
      methods["previewCsvFile"] = (file: Source, options: CsvOptions & { rows?: number } = {}) =>
        previewCsvFile(session, group, file, options);
      methods["importAll"] = (rows: Iterable<Data> | AsyncIterable<Data>, options: RowOptions = {}) =>
        importAll(session, group, rows, options);
    }
  }
  return methods;
}

function found(record: Data): Data {
  const related = record["related"] as Related | undefined;
  if (related) relate(record, related);
  return record;
}

function fetched(page: Fetched<Data> & { related?: Related }): Fetched<Data> {
  const { related, ...rest } = page;
  if (related) for (const item of rest.items) relate(item, related);
  return rest;
}
