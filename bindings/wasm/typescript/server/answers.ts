/** The answers to requests. */

import { type NexaError } from "../errors.js";
import { PROBLEM, problem, type Refused } from "./problems.js";

/** What one caller was shown is not what another is, also where the version is the same. */
const OWN = { "Cache-Control": "private, no-cache", Vary: "Authorization, Cookie" };

/** A value as JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { ...OWN, "Content-Type": "application/json", ...headers },
  });
}

/** An answer without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...OWN, ...headers } });
}

/** A refusal. */
export function refusing(error: NexaError | Refused, request: Request): Response {
  const { body, headers } = problem(error, request.headers.has("if-match"));
  return json(body.status, body, { ...headers, "Cache-Control": "no-store", "Content-Type": PROBLEM });
}

/** Pieces of text as a stream of bytes; whoever stops reading ends them. */
export function streamOf(pieces: AsyncGenerator<string, void, undefined>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(into) {
      const next = await pieces.next();
      if (next.done) into.close();
      else into.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await pieces.return();
    },
  });
}
