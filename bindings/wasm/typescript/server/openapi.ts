/** The document of OpenAPI 3.1, made of the catalog. */

import { type Catalog, type CatalogOperation, pathOf, type Route, routes, type Schema, takesBody } from "./routes.js";

/** A document of OpenAPI 3.1. */
export interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Schema>>;
  components: { schemas: Record<string, unknown>; parameters: Record<string, Schema>; securitySchemes: Record<string, unknown> };
}

const PROBLEM = {
  description: "The refusal.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
const BEARER = { bearer: { type: "http", scheme: "bearer" } };
const TEXT = { type: "string" };
const OBJECT = { type: "object" };

const COMMAND_HEADERS: readonly (readonly [name: string, doc: string])[] = [
  ["Idempotency-Key", "The same key with the same command answers the first result again, for 24 hours."],
  ["If-Match", "The ETag of the record as the caller has seen it; 412 when it has changed since."],
  ["Nexa-Reason", "Why the command runs, percent-encoded; kept in the ledger."],
  ["Nexa-Dry-Run", "`true` checks and answers, but changes nothing."],
];

/** What an export is asked with. */
const EXPORT: Readonly<Record<string, readonly [doc: string, schema: Schema]>> = {
  filter: ["The records to export.", { content: ofJson({ $ref: "#/components/schemas/Filter" }) }],
  sort: ["Their order.", { schema: { type: "array", items: TEXT }, style: "form", explode: false }],
  limit: ["How many at most.", { schema: { type: "integer", minimum: 1 } }],
  trashed: ["Those in the trash.", { schema: { type: "boolean" } }],
  format: ["How they are written; `csv` unless said.", { schema: { enum: ["csv", "spreadsheet", "json_lines"] } }],
  columns: ["The paths of the columns.", { schema: { type: "array", items: TEXT }, style: "form", explode: false }],
  delimiter: ["What stands between two cells.", { schema: { enum: ["comma", "semicolon", "tab"] } }],
  labels: ["Whether the header has words instead of paths.", { schema: { type: "boolean" } }],
  local_times: ["Whether moments are in the tenant's time zone.", { schema: { type: "boolean" } }],
  names: ["Whether names stand beside ids.", { schema: { type: "boolean" } }],
};

/** The document, with a path for every operation. */
export function documentOf(catalog: Catalog): Document {
  const paths: Document["paths"] = {};
  for (const route of routes(catalog)) {
    const methods = (paths[pathOf(route)] ??= {});
    methods[route.method.toLowerCase()] = operationOf(route, catalog);
  }
  const kinds = sorted(catalog.kinds);
  const document: Document = {
    openapi: "3.1.0",
    info: { title: "", version: String(catalog.format) },
    servers: [],
    security: [],
    tags: Object.entries(kinds).map(([name, { doc }]) => ({ name, description: doc })),
    paths: sorted({ ...paths, ...beside(kinds) }),
    components: {
      schemas: { Problem: problem(), ...(referring(sorted(catalog.$defs)) as Record<string, unknown>) },
      parameters: parameters(),
      securitySchemes: {},
    },
  };
  return document;
}

/** A document with what the host says of it. */
export function described(
  document: Document,
  title: string,
  root = "/",
  security: Readonly<Record<string, unknown>> = BEARER,
): Document {
  return {
    ...document,
    info: { ...document.info, title },
    servers: [{ url: root === "" ? "/" : root }],
    security: Object.keys(security).map((name) => ({ [name]: [] })),
    components: { ...document.components, securitySchemes: { ...security } },
  };
}

function operationOf(route: Route, catalog: Catalog): Schema {
  const said = catalog.operations[route.operation];
  if (!said) return {};
  const taken = said.input.properties ?? {};
  const required = said.input.required ?? [];
  const asked: Schema[] = route.target === undefined ? [] : [parameter("id")];
  for (const [name, how] of Object.entries(route.query)) {
    const argument = name === "cursor" ? "after" : name;
    asked.push(inQuery(name, how, taken[argument] ?? {}, required.includes(argument)));
  }
  if (route.command) {
    const names = COMMAND_HEADERS.map(([name]) => name);
    asked.push(...names.filter((name) => name !== "If-Match" || route.target !== undefined).map(parameter));
  }
  if (route.record && route.method === "GET") asked.push(parameter("If-None-Match"));
  const found: Schema = {
    operationId: route.operation,
    tags: [route.operation.split(".")[0]],
    summary: said.doc.split("\n")[0],
    description: said.doc,
    parameters: asked,
    responses: responses(route, said),
  };
  if (takesBody(route)) {
    const schema = without(said.input, "description", "required");
    const others = Object.fromEntries(Object.entries(taken).filter(([name]) => name !== route.target));
    const needed = required.filter((name) => name !== route.target);
    const whole = { ...schema, properties: others, ...(needed.length > 0 && { required: needed }) };
    found["requestBody"] = { required: needed.length > 0, content: ofJson(referring(whole)) };
  }
  if (said.errors.length > 0) found["x-codes"] = [...said.errors].sort();
  return found;
}

function responses(route: Route, said: CatalogOperation): Schema {
  if (JSON.stringify(said.output) === '{"type":"null"}') return { "204": { description: "It is done." }, default: PROBLEM };
  const headers: Schema = { ETag: { description: "The version of the record.", schema: TEXT } };
  if (route.created) headers["Location"] = { description: "Where the record is.", schema: TEXT };
  const done = { description: "The answer.", content: ofJson(referring(said.output)), ...(route.record && { headers }) };
  const known = route.record && route.method === "GET" && { "304": { description: "The record is as the caller has it." } };
  return { [route.created ? "201" : "200"]: done, ...known, default: PROBLEM };
}

function inQuery(name: string, how: string, schema: Schema, required: boolean): Schema {
  const { description } = schema;
  const plain = without(schema, "description", "default");
  const said: Schema = { name, in: "query", required, ...(description !== undefined && { description }) };
  if (how === "list") return { ...said, schema: plain, style: "form", explode: false };
  if (how === "reference") return { ...said, schema: TEXT };
  if (how === "json") return { ...said, content: ofJson(referring(plain)) };
  // What is left out is left out of the address; it cannot say null.
  const { type, enum: words } = plain;
  if (Array.isArray(type)) plain["type"] = (type as string[]).find((one) => one !== "null");
  if (Array.isArray(words)) plain["enum"] = words.filter((one) => one !== null);
  return { ...said, schema: plain };
}

/** What is beside the catalog. */
function beside(kinds: Catalog["kinds"]): Document["paths"] {
  const one = (operationId: string, summary: string, schema: unknown): Schema & { responses: Record<string, Schema> } => ({
    operationId,
    summary,
    parameters: [],
    responses: { "200": { description: "The answer.", content: ofJson(schema) }, default: PROBLEM },
  });
  const taking = (schema: unknown): Schema => ({ required: true, content: ofJson(schema) });
  const listed = { type: "array" };
  const request = { ...OBJECT, properties: { run: TEXT, with: OBJECT }, required: ["run"], additionalProperties: false };
  const batch = { ...OBJECT, properties: { requests: { type: "array", items: request } }, required: ["requests"] };
  const record = { anyOf: [TEXT, { $ref: "#/components/schemas/ExternalKey" }] };
  const explain = { ...OBJECT, properties: { kind: TEXT, record }, required: ["kind", "record"] };
  const limit = { type: "integer", minimum: 1, maximum: 1000 };
  const feed = { ...OBJECT, properties: { after: TEXT, limit, only: OBJECT } };
  const whoever = { ...OBJECT, properties: { org: TEXT, actor: TEXT }, required: ["org", "actor"] };
  const headers = COMMAND_HEADERS.map(([name]) => name);
  const named = one("operation", "Runs an operation by its name in the catalog; the body has its arguments.", true);
  named.responses["204"] = { description: "It is done." };
  const events = one("feed", "What happened, as far as the caller may see it.", OBJECT);
  Object.assign(events.responses["200"]?.["content"] as object, { "text/event-stream": { schema: TEXT } });
  const filter = { $ref: "#/components/schemas/Filter" };
  const paths: Document["paths"] = {
    "/session": { get: one("session", "Who the caller is.", whoever) },
    "/operations/batch": {
      post: {
        ...one("batch", "Runs several operations, all or none; the answers are in their order.", listed),
        parameters: headers.filter((name) => name !== "If-Match").map(parameter),
        requestBody: taking(batch),
      },
    },
    "/operations/explain": {
      post: {
        ...one("explain", "What the caller may do with a record now, and if not, why not.", listed),
        requestBody: taking(explain),
      },
    },
    "/operations/feed": { post: { ...one("events", "A page of the feed.", OBJECT), requestBody: taking(feed) } },
    "/operations/{operation}": {
      post: {
        ...named,
        parameters: [{ name: "operation", in: "path", required: true, schema: TEXT }, ...headers.map(parameter)],
        requestBody: { required: false, content: ofJson(OBJECT) },
      },
    },
    "/feed": {
      get: {
        ...events,
        parameters: [
          { name: "after", in: "query", description: "The `next` of the page before.", schema: TEXT },
          { name: "limit", in: "query", schema: limit },
          { name: "kind", in: "query", description: "Only the changes of records of this kind.", schema: TEXT },
          { name: "filter", in: "query", description: "Only the changes that match; with `kind`.", content: ofJson(filter) },
          { name: "Last-Event-ID", in: "header", description: "The id of the last event.", schema: TEXT },
        ],
      },
    },
    "/uploads": { post: uploading() },
    "/attachments/{id}/content": { get: content() },
  };
  const lines = { "text/csv": { schema: TEXT }, "application/x-ndjson": { schema: TEXT } };
  for (const [kind, { table }] of Object.entries(kinds)) {
    paths[`/${table}/export`] = {
      get: {
        ...one(`${kind}.export`, "The records of the kind as a file: CSV, CSV for spreadsheets, or lines of JSON.", {}),
        tags: [kind],
        parameters: Object.keys(EXPORT).map(parameter),
        responses: { "200": { description: "The file.", content: lines }, default: PROBLEM },
      },
    };
    paths[`/${table}/{id}/explain`] = {
      get: {
        ...one(`${kind}.explain`, "What the caller may do with the record now, and if not, why not.", listed),
        tags: [kind],
        parameters: [parameter("id")],
      },
    };
  }
  return paths;
}

function uploading(): Schema {
  const properties = { id: { type: "string", format: "uuid" }, name: TEXT, size: { type: "integer" }, sha256: TEXT };
  const uploaded = { ...OBJECT, properties, required: ["id", "name", "size", "sha256"] };
  return {
    operationId: "upload",
    summary: "Sends a file, to be attached within a day by whoever sent it.",
    parameters: [
      { name: "name", in: "query", required: true, description: "The name of the file.", schema: TEXT },
      { name: "sha256", in: "query", description: "The hash of its bytes, in hexadecimal digits.", schema: TEXT },
    ],
    requestBody: { required: true, content: { "application/octet-stream": {} } },
    responses: { "201": { description: "The upload.", content: ofJson(uploaded) }, default: PROBLEM },
  };
}

function content(): Schema {
  const description = "Whether a plain picture is to be shown where it is.";
  return {
    operationId: "download",
    summary: "Reads a file, or some bytes of it.",
    parameters: [
      parameter("id"),
      { name: "inline", in: "query", description, schema: { type: "boolean" } },
      { name: "Range", in: "header", description: "The bytes, such as `bytes=0-99`.", schema: TEXT },
    ],
    responses: {
      "200": { description: "The bytes.", content: { "*/*": {} } },
      "206": { description: "These bytes.", content: { "*/*": {} } },
      default: PROBLEM,
    },
  };
}

function parameters(): Record<string, Schema> {
  const headers = [...COMMAND_HEADERS, ["If-None-Match", "The ETag of the record as the caller has it."] as const];
  const found = Object.fromEntries(
    headers.map(([name, description]): [string, Schema] => [name, { name, in: "header", description, schema: TEXT }]),
  );
  found["Nexa-Dry-Run"] = { ...found["Nexa-Dry-Run"], schema: { ...TEXT, enum: ["true", "false"] } };
  for (const [name, [doc, schema]] of Object.entries(EXPORT)) {
    found[name] = { name, in: "query", description: doc, ...schema };
  }
  const description = "The id of the record, or `system:key` for the key that another system has for it.";
  found["id"] = { name: "id", in: "path", required: true, description, schema: TEXT };
  return found;
}

function problem(): Schema {
  const properties = {
    type: TEXT,
    title: { type: "string", description: "What the status says." },
    status: { type: "integer" },
    detail: { type: "string", description: "A sentence for people that says what to do." },
    kind: { enum: ["invalid", "not_found", "forbidden", "rule", "conflict", "unavailable"] },
    code: { type: "string", description: "The stable code, such as `lead.bant_incomplete`." },
    params: { type: "object", description: "The parameters of the sentence." },
    retryable: { type: "boolean", description: "Whether the same request may succeed later." },
  };
  return { type: "object", description: "A refusal.", properties, required: Object.keys(properties) };
}

function without(schema: Schema, ...names: string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

/** A parameter that several operations have. */
function parameter(name: string): Schema {
  return { $ref: `#/components/parameters/${name}` };
}

function ofJson(schema: unknown): Schema {
  return { "application/json": { schema } };
}

function sorted<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A schema whose references lead to the components of the document. */
function referring(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referring);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, one]: [string, unknown]) => [
      key,
      key === "$ref" && typeof one === "string" ? one.replace("#/$defs/", "#/components/schemas/") : referring(one),
    ]),
  );
}
