/** The answers to requests. */

import { type NexaError } from "../errors.js";
import { PROBLEM, problem, type Refused } from "./problems.js";

/** A value as JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "Cache-Control": "private, no-cache", "Content-Type": "application/json", ...headers },
  });
}

/** An answer without a body. */
export function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { "Cache-Control": "private, no-cache", ...headers } });
}

/** A refusal. */
export function refusing(error: NexaError | Refused, request: Request): Response {
  const { body, headers } = problem(error, request.headers.has("if-match"));
  return json(body.status, body, { ...headers, "Cache-Control": "no-store", "Content-Type": PROBLEM });
}
