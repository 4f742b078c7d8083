/**
 * The whole CRM behind HTTP: a function from a request to its response, as Deno, Bun, Hono, Next and service workers take it.
 *
 * ```ts
 * import { handler } from "nexa-crm/server";
 *
 * const answer = handler({ authenticate: async (request) => sessionOfToken(request.headers.get("authorization")) });
 * export default { fetch: answer };
 * ```
 *
 * `GET /leads?filter=…`, `POST /leads`, `PATCH /leads/{id}`, `POST /leads/{id}/qualify`; `GET /openapi.json` describes all of it.
 *
 * @module
 */

import { NexaError, thrown } from "../errors.js";
import type { KindName } from "../generated/session.js";
import type { Once, Session } from "../session.js";
import { empty, json, refusing } from "./answers.js";
import { asked, feed } from "./events.js";
import { exporting } from "./exports.js";
import { download, upload } from "./files.js";
import { type Arguments, argumentsOf, bodyOf, decoded, envelopeOf, reference } from "./incoming.js";
import { described, type Document } from "./openapi.js";
import { Refused, Unauthenticated } from "./problems.js";
import { type Route, Router, takesBody } from "./routes.js";
import { ROUTES } from "./table.js";

export { Unauthenticated, type Problem } from "./problems.js";
export type { Document } from "./openapi.js";

/** How requests are answered. */
export interface HandlerOptions {
  /**
   * The session of whoever sent a request: a user's, a contact's or a service's; nothing is answered with 401. Where it takes cookies, it
   * also has to see that the request came from a page of its own.
   */
  authenticate: (request: Request) => Session | undefined | Promise<Session | undefined>;
  /** Where the paths begin, such as `/crm`. */
  root?: string;
  /** How many bytes of JSON a request may bring: 8 MiB unless said. Files are as large as the tenant allows. */
  largestBody?: number;
  /** The title of the document. */
  title?: string;
  /** The security schemes of the document; a bearer token unless said. */
  security?: Readonly<Record<string, unknown>>;
  /** After how many seconds a feed that is sent as events ends, so that who listens authenticates again: 900 unless said. */
  feedSeconds?: number;
  /** Is told what was thrown that is no refusal; whoever asked learns nothing of it. It is written to the console unless said. */
  onError?: (problem: unknown, request: Request) => void;
}

const LARGEST = 8 * 1024 * 1024;

/** A function that answers requests, with a path for every operation of the catalog. */
export function handler(options: HandlerOptions): (request: Request) => Promise<Response> {
  const server = new Server(options);
  return (request) => server.answer(request);
}

/** The document of OpenAPI 3.1 that `/openapi.json` has, for a tool that makes a client of it. */
export async function openapi(options: Pick<HandlerOptions, "title" | "root" | "security"> = {}): Promise<Document> {
  const { DOCUMENT } = await import("./document.js");
  return described(DOCUMENT, options.title ?? "Nexa CRM", options.root, options.security);
}

class Server {
  readonly #options: HandlerOptions;
  readonly #root: string;
  readonly #largest: number;
  readonly #router = new Router(ROUTES);
  #document: Promise<string> | undefined;

  constructor(options: HandlerOptions) {
    this.#options = options;
    this.#root = (options.root ?? "").replace(/\/+$/, "");
    this.#largest = options.largestBody ?? LARGEST;
  }

  async answer(request: Request): Promise<Response> {
    try {
      const answer = await this.#answer(request);
      return request.method === "HEAD" && answer.body ? new Response(null, answer) : answer;
    } catch (problem) {
      if (problem instanceof Refused) return refusing(problem, request);
      const error = thrown(problem);
      if (error instanceof NexaError) return refusing(error, request);
      // The host writes down what happened; whoever asked learns nothing of the inside.
      const report = this.#options.onError ?? ((what: unknown) => { console.error(what); });
      report(problem, request);
      return refusing(new Refused(500, "http.failed", "The server met an error that it did not expect."), request);
    }
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const under = pathname.startsWith(`${this.#root}/`);
    const segments = under ? pathname.slice(this.#root.length).replace(/^\/+|\/+$/g, "").split("/").map(decoded) : [];
    const [first, second = "", third] = segments;
    if (first === "openapi.json" && segments.length === 1) {
      allow(request, "GET", "HEAD");
      this.#document ??= openapi(this.#options).then((document) => JSON.stringify(document));
      const headers = { "Content-Type": "application/openapi+json", "Cache-Control": "private, no-cache" };
      return new Response(await this.#document, { headers });
    }
    const session = await this.#session(request);
    if (segments.length === 1 && first === "session") {
      allow(request, "GET", "HEAD");
      return json(200, { org: session.org, actor: session.actor });
    }
    if (segments.length === 1 && first === "feed") {
      allow(request, "GET", "HEAD");
      return feed(session, request, searchParams, this.#options.feedSeconds ?? 900);
    }
    if (segments.length === 1 && first === "uploads") {
      allow(request, "POST");
      return upload(session, request, searchParams);
    }
    if (segments.length === 2 && first === "operations") {
      allow(request, "POST");
      return this.#named(session, second, await bodyOf(request, this.#largest), request);
    }
    if (segments.length === 3 && first === "attachments" && third === "content") {
      allow(request, "GET", "HEAD");
      return download(session, second, request, searchParams);
    }
    if (segments.length === 3 && third === "explain") {
      const kind = this.#router.kindAt(first ?? "");
      if (kind !== undefined) {
        allow(request, "GET", "HEAD");
        return explained(session, kind, reference(second));
      }
    }
    if (segments.length === 2 && second === "export") {
      const kind = this.#router.kindAt(first ?? "");
      if (kind !== undefined) {
        allow(request, "GET");
        return exporting(session, kind, first ?? "", searchParams);
      }
    }
    return this.#route(session, segments, searchParams, request);
  }

  async #session(request: Request): Promise<Session> {
    const session = await this.#options.authenticate(request);
    if (!session) throw new Unauthenticated();
    if (session.actor.startsWith("system:")) {
      throw new TypeError("authenticate answered a session of the host itself, for which every access is open; name who calls");
    }
    return session;
  }

  async #route(session: Session, segments: readonly string[], query: URLSearchParams, request: Request): Promise<Response> {
    const found = this.#router.at(segments);
    if (!found) throw new Refused(404, "http.not_found", "There is nothing at this path; /openapi.json has the paths that there are.");
    const methods = [...found.methods.keys()];
    allow(request, ...[...methods, ...(methods.includes("GET") ? ["HEAD"] : [])].sort());
    const route = found.methods.get(request.method === "HEAD" ? "GET" : request.method);
    if (!route) throw new TypeError("a method that is allowed has a route");
    let said = argumentsOf(route, query);
    if (takesBody(route)) said = { ...said, ...(await bodyOf(request, this.#largest)) };
    if (route.target !== undefined && found.target !== undefined) {
      if (said[route.target] !== undefined && said[route.target] !== null) {
        throw new Refused(422, "http.malformed", `The path names the ${route.target}; leave it out of the arguments.`);
      }
      said = { ...said, [route.target]: reference(found.target) };
    }
    return this.#run(session, route, said, request);
  }

  async #named(session: Session, name: string, said: Arguments, request: Request): Promise<Response> {
    if (name === "batch") {
      const marked = session.with({ ...envelopeOf(request.headers), mark_replays: true });
      const { value, replayed } = (await marked.batchOf(said["requests"])) as Once<unknown>;
      return json(200, value, replayed ? { "Idempotent-Replayed": "true" } : {});
    }
    if (name === "explain") return explained(session, String(said["kind"]), said["record"]);
    if (name === "feed") return json(200, await session.feedPage(asked(said)));
    const route = this.#router.named(name);
    // An operation that there is not is refused in the words of the door.
    return route ? this.#run(session, route, said, request) : json(200, await session.execute(name, said));
  }

  async #run(session: Session, route: Route, said: Arguments, request: Request): Promise<Response> {
    const headers: Record<string, string> = {};
    let got: unknown;
    if (route.command) {
      const marked = session.with({ ...envelopeOf(request.headers), mark_replays: true });
      const { value, replayed } = (await marked.execute(route.operation, said)) as Once<unknown>;
      if (replayed) headers["Idempotent-Replayed"] = "true";
      got = value;
    } else {
      got = await session.execute(route.operation, said);
    }
    if (got === null) return empty(204, headers);
    if (!route.record) return json(200, got, headers);
    const record = got as { id: string; version: number; related?: object | null };
    const tag = `"${String(record.version)}"`;
    headers["ETag"] = tag;
    if (route.created) {
      headers["Location"] = `${this.#root}/${route.segments[0] ?? ""}/${record.id}`;
      return json(201, got, headers);
    }
    // What came along may have changed by itself.
    const alone = Object.keys(record.related ?? {}).length === 0;
    return route.method === "GET" && alone && isKnown(request, tag) ? empty(304, headers) : json(200, got, headers);
  }
}

async function explained(session: Session, kind: string, record: unknown): Promise<Response> {
  const { permissions } = await session.explain(kind as KindName, record as string);
  return json(200, permissions.map(({ operation, refusal }) => ({ operation, refusal: refusal?.toJSON() ?? null })));
}

function allow(request: Request, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  const message = `This path takes ${methods.join(", ")}.`;
  throw new Refused(405, "http.method_not_allowed", message, { Allow: methods.join(", ") }, { method: request.method });
}

function isKnown(request: Request, tag: string): boolean {
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((one) => one.trim().replace(/^W\//, ""));
  return known.includes(tag) || (known.length === 1 && known[0] === "*");
}
