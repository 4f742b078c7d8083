/** The feed: a page of it as JSON, or as events that the server sends while it grows. */

import { NexaError, thrown } from "../errors.js";
import { LIMIT, LONGEST, pause, SHORTEST, type WireFeed, type WireItem } from "../feed.js";
import type { Session } from "../session.js";
import { empty, json, streamOf } from "./answers.js";
import { argument } from "./incoming.js";
import { problem, Refused } from "./problems.js";

const EVENTS = "text/event-stream";
/** After so many milliseconds without an event a comment is sent, so that nobody on the way takes the line for dead. */
const HEARTBEAT = 15_000;
const KNOWN: readonly string[] = ["after", "limit", "kind", "filter"];

/** What is asked of a feed. */
interface Asked {
  after: string;
  limit: number;
  only?: object;
}

/** Answers what happened after a position, as far as the caller may see it. */
export async function feed(session: Session, request: Request, query: URLSearchParams, seconds: number): Promise<Response> {
  const unknown = [...query.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new Refused(422, "http.malformed", `A feed takes no ${unknown}; give after, limit, kind and filter.`);
  }
  const only: Record<string, unknown> = {};
  const kind = query.get("kind");
  if (kind !== null) only["kind"] = kind;
  const filter = query.get("filter");
  if (filter !== null) only["filter"] = argument("json", filter);
  const last = request.headers.get("last-event-id");
  const after = last !== null && last !== "" ? last : (query.get("after") ?? "0");
  const limit = argument("integer", query.get("limit") ?? String(LIMIT));
  const said = asked({ after, limit, only });
  const first = await session.feedPage(said);
  if (!(request.headers.get("accept") ?? "").includes(EVENTS)) return json(200, first);
  const headers = { "Content-Type": EVENTS, "Cache-Control": "no-store", "X-Accel-Buffering": "no" };
  if (request.method === "HEAD") return empty(200, headers);
  return new Response(streamOf(following(session, said, first, seconds * 1000)), { headers });
}

/** What is asked of a feed, checked. */
export function asked({ after = "0", limit = LIMIT, only }: { after?: unknown; limit?: unknown; only?: unknown }): Asked {
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > LIMIT) {
    throw new Refused(422, "http.malformed", `The limit of a feed is 1 to ${String(LIMIT)}.`);
  }
  const some = typeof only === "object" && only !== null && Object.keys(only).length > 0;
  return { after: String(after), limit, ...(some && { only }) };
}

async function* following(session: Session, said: Asked, first: WireFeed, lasting: number): AsyncGenerator<string, void, undefined> {
  yield "retry: 1000\n\n";
  const until = Date.now() + lasting;
  let [page, wait, spoken] = [first, SHORTEST, Date.now()];
  for (;;) {
    const sent = page.items.map((item) => event(item, page.next)).join("");
    if (sent !== "" || Date.now() - spoken > HEARTBEAT) {
      yield sent === "" ? ": here\n\n" : sent;
      spoken = Date.now();
    }
    // Whoever listens comes again with where it was, and says anew who it is.
    if (Date.now() > until) return;
    if (page.complete) {
      wait = sent === "" ? Math.min(wait * 2, LONGEST) : SHORTEST;
      await pause(wait, undefined);
    }
    try {
      page = await session.feedPage({ ...said, after: page.next, limit: LIMIT });
    } catch (refused) {
      const error = thrown(refused);
      if (!(error instanceof NexaError)) throw error;
      yield `event: refused\ndata: ${JSON.stringify(problem(error).body)}\n\n`;
      return;
    }
  }
}

/** An event: its name says what it is, and its id is where to go on after it. */
function event(item: WireItem, following: string): string {
  const [[what, data] = ["", {}]] = Object.entries(item) as [string, { position?: string | null }][];
  return `id: ${data.position ?? following}\nevent: ${what}\ndata: ${JSON.stringify(data)}\n\n`;
}
