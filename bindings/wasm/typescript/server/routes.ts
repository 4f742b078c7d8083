/** Which path and method each operation of the catalog has. */

/** A schema of JSON. */
export type Schema = Record<string, unknown>;

/** What the catalog says of an operation. */
export interface CatalogOperation {
  doc: string;
  errors: string[];
  input: Schema & { properties?: Record<string, Schema>; required?: string[] };
  mode: string;
  output: Schema & { $ref?: string };
}

/** The catalog, as far as paths and the document are made of it. */
export interface Catalog {
  format: number;
  kinds: Record<string, { table: string; doc: string }>;
  operations: Record<string, CatalogOperation>;
  $defs: Record<string, Schema>;
}

/** How an argument behind the question mark is read. */
export type Reading = "text" | "integer" | "boolean" | "list" | "reference" | "json";

/** The path of an operation. */
export interface Route {
  /** Its name in the catalog. */
  operation: string;
  /** The method of HTTP. */
  method: string;
  /** The parts of the path; `{id}` stands for any. */
  segments: string[];
  /** The argument that the `{id}` of the path is. */
  target?: string;
  /** Whether it changes something. */
  command: boolean;
  /** The arguments that stand behind the question mark, with how each is read; all others are in the body. */
  query: Record<string, Reading>;
  /** Whether the answer is a new record. */
  created: boolean;
  /** Whether the answer is the record that the path names, with its version. */
  record: boolean;
}

/** The operations whose path has no verb. */
const PLAIN: Readonly<Record<string, string>> = {
  find: "GET",
  create: "POST",
  get: "GET",
  update: "PATCH",
  trash: "DELETE",
};

/** The questions that take more than an address can have. */
const QUESTIONS_WITH_A_BODY: readonly string[] = ["import_preview"];

/** The schema of what names a record. */
const REFERENCE = JSON.stringify([{ format: "uuid", type: "string" }, { $ref: "#/$defs/ExternalKey" }]);

/** The path as a document shows it. */
export function pathOf(route: Route): string {
  return `/${route.segments.join("/")}`;
}

/** Whether an operation takes a body. */
export function takesBody(route: Route): boolean {
  return route.method === "POST" || route.method === "PATCH";
}

/** The routes of all operations, in the order of their names. */
export function routes(catalog: Catalog): Route[] {
  const names = Object.keys(catalog.operations).sort();
  return names.map((name) => routeOf(name, catalog)).filter((route) => route !== undefined);
}

function routeOf(name: string, catalog: Catalog): Route | undefined {
  const operation = catalog.operations[name];
  const [group = "", verb = ""] = name.split(".");
  if (!operation) return undefined;
  const taken = operation.input.properties ?? {};
  const kind = catalog.kinds[group];
  const place = kind?.table ?? group;
  const target = operation.input.required?.includes(group) ? group : undefined;
  const command = operation.mode === "command";
  const plain = kind === undefined ? undefined : PLAIN[verb];
  const method = plain ?? (command || QUESTIONS_WITH_A_BODY.includes(verb) ? "POST" : "GET");
  const inBody = method === "POST" || method === "PATCH";
  const names = inBody ? [] : Object.keys(taken).filter((one) => one !== target).sort();
  const query: Record<string, Reading> = {};
  for (const one of names) {
    const schema = taken[one] ?? {};
    query[isCursor(one, schema) ? "cursor" : one] = reading(schema);
  }
  const record = recordOf(operation);
  const created = plain !== undefined && verb === "create";
  const own = record !== undefined && record === recordOf(catalog.operations[`${group}.get`]);
  return {
    operation: name,
    method,
    segments: [place, ...(target === undefined ? [] : ["{id}"]), ...(plain === undefined ? [verb] : [])],
    ...(target !== undefined && { target }),
    command,
    query,
    created,
    record: own && (target !== undefined || created),
  };
}

/** The record that an operation answers. */
function recordOf(operation: CatalogOperation | undefined): string | undefined {
  return operation?.output.$ref?.replace("Found_of_", "");
}

function isCursor(name: string, schema: Schema): boolean {
  return name === "after" && JSON.stringify(schema["type"]) === '["string","null"]';
}

/** How an argument behind the question mark is read. */
export function reading(schema: Schema): Reading {
  const said = schema["type"] ?? [];
  const types = (Array.isArray(said) ? (said as unknown[]) : [said]).filter((one) => one !== "null");
  const choices = (schema["anyOf"] ?? []) as Schema[];
  const named = (one: unknown): boolean => JSON.stringify(one) === REFERENCE;
  if (named(choices) || choices.some((one) => Object.keys(one).length === 1 && named(one["anyOf"]))) return "reference";
  if (types.length !== 1) return "json";
  const [type] = types;
  if (type === "string") return "text";
  if (type === "integer" || type === "boolean") return type;
  return type === "array" && JSON.stringify(schema["items"]) === '{"type":"string"}' ? "list" : "json";
}

/** Finds the route of a request. */
export class Router {
  readonly #operations = new Map<string, Route>();
  readonly #places = new Map<string, Map<string, Route>>();

  constructor(all: readonly Route[]) {
    for (const route of all) {
      this.#operations.set(route.operation, route);
      const place = pathOf(route);
      const methods = this.#places.get(place) ?? new Map<string, Route>();
      methods.set(route.method, route);
      this.#places.set(place, methods);
    }
  }

  /** The route of an operation. */
  named(operation: string): Route | undefined {
    return this.#operations.get(operation);
  }

  /** The routes at a path by their methods, and what stands in the place of `{id}`. */
  at(segments: readonly string[]): { methods: ReadonlyMap<string, Route>; target?: string } | undefined {
    const plain = this.#places.get(`/${segments.join("/")}`);
    if (plain && !segments.includes("{id}")) return { methods: plain };
    const [place = "", target = "", ...rest] = segments;
    if (target === "" || rest.length > 1) return undefined;
    const found = this.#places.get(`/${[place, "{id}", ...rest].join("/")}`);
    return found && { methods: found, target };
  }

  /** The kind whose records are at a place. */
  kindAt(place: string): string | undefined {
    return this.#places.get(`/${place}`)?.get("GET")?.operation.split(".")[0];
  }
}
