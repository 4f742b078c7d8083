/** Refusals as RFC 9457 has them: `application/problem+json`. */

import type { NexaError } from "../errors.js";

/** The type of a refusal's body. */
export const PROBLEM = "application/problem+json";

/** A request that HTTP itself refuses, before an operation is asked. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly params: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/**
 * Nobody is known to have sent the request: throw it in `authenticate`, or answer nothing. The challenge is what the header
 * `WWW-Authenticate` says.
 */
export class Unauthenticated extends Refused {
  constructor(challenge = "Bearer") {
    const message = "The request does not say who sends it; send credentials that are known.";
    super(401, "http.unauthenticated", message, { "WWW-Authenticate": challenge });
  }
}

/** A refusal as it is in the body of an answer. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  detail: string;
  kind: string;
  code: string;
  params: Readonly<Record<string, unknown>>;
  retryable: boolean;
}

const OF_KIND: Readonly<Record<string, number>> = {
  invalid: 422,
  not_found: 404,
  forbidden: 403,
  rule: 409,
  conflict: 409,
  unavailable: 503,
};

/** Where HTTP has a word of its own for it. */
const OF_CODE: Readonly<Record<string, number>> = {
  "attachment.range": 416,
  "attachment.too_large": 413,
  "idempotency.mismatch": 422,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The status of HTTP that says the same as a refusal. */
export function statusOf(error: NexaError): number {
  return OF_CODE[error.code] ?? OF_KIND[error.kind] ?? 500;
}

/**
 * The body and the headers that a refusal has. With `precondition` the request named the version that it had seen, and another one is
 * what the precondition fails with.
 */
export function problem(error: NexaError | Refused, precondition = false): { body: Problem; headers: Record<string, string> } {
  if (error instanceof Refused) {
    const { status, code, message, params, headers } = error;
    const kind = status === 404 ? "not_found" : status === 401 ? "forbidden" : "invalid";
    return { body: body(status, kind, code, message, params, false), headers: { ...headers } };
  }
  const { code, kind, message, details, retryable } = error;
  const status = precondition && code === "version.conflict" ? 412 : statusOf(error);
  const headers: Record<string, string> = retryable ? { "Retry-After": "1" } : {};
  return { body: body(status, kind === "" ? "unavailable" : kind, code, message, details, retryable), headers };
}

function body(
  status: number,
  kind: string,
  code: string,
  detail: string,
  params: Readonly<Record<string, unknown>>,
  retryable: boolean,
): Problem {
  return { type: "about:blank", title: TITLES[status] ?? "", status, detail, kind, code, params, retryable };
}
