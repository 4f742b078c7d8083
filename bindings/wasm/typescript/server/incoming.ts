/** What a request says. */

import type { Envelope } from "../transport.js";
import { Refused } from "./problems.js";
import type { Reading, Route } from "./routes.js";

/** Arguments of an operation. */
export type Arguments = Record<string, unknown>;

/** The arguments that stand in the address. */
export function argumentsOf(route: Route, query: URLSearchParams): Arguments {
  const read: Arguments = {};
  for (const name of new Set(query.keys())) {
    const texts = query.getAll(name);
    const how = route.query[name] ?? "text";
    const [only = ""] = texts;
    if (how === "list") read[name] = texts.flatMap((text) => text.split(",")).filter((one) => one !== "");
    else read[name] = texts.length > 1 ? texts : argument(how, only);
  }
  if ("cursor" in route.query && "cursor" in read) {
    const { cursor, ...rest } = read;
    return { ...rest, after: cursor };
  }
  return read;
}

/** One argument. What cannot be read so stays text, which the operation refuses in its own words. */
export function argument(how: Reading, text: string): unknown {
  if (how === "reference") return reference(text);
  if (how === "boolean") return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : text;
  if (how === "integer") return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
  if (how !== "json") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What names a record: an id, or `system:key` for the key that another system has for it. */
export function reference(text: string): unknown {
  const at = text.indexOf(":");
  return at < 0 ? text : { system: text.slice(0, at), key: text.slice(at + 1) };
}

/** The object of JSON that a request brings; an empty one without a body. */
export async function bodyOf(request: Request, largest: number): Promise<Arguments> {
  const kind = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const bytes = await bytesOf(request, largest);
  const isJson = kind === "application/json" || (kind.startsWith("application/") && kind.endsWith("+json"));
  // A body of no bytes has a type only where somebody said one.
  if (!isJson && (bytes.length > 0 || kind !== "")) {
    const message = "The body is not JSON; send it as application/json.";
    throw new Refused(415, "http.media_type", message, { Accept: "application/json" });
  }
  if (bytes.length === 0) return {};
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refused(400, "http.malformed", "The body cannot be read as JSON; send one object in UTF-8.");
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new Refused(422, "http.malformed", "The body is JSON, but no object; send one object.");
  }
  return found as Arguments;
}

async function bytesOf(request: Request, largest: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > largest) throw tooLarge(largest);
  if (!request.body) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > largest) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(largest);
    }
    pieces.push(next.value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function tooLarge(largest: number): Refused {
  const message = `The body is longer than ${String(largest)} bytes; send less at once, and files to /uploads.`;
  return new Refused(413, "http.body_too_large", message, {}, { largest });
}

/** What the headers say that is common to all commands. */
export function envelopeOf(headers: Headers): Envelope {
  const said: Envelope = {};
  const key = headers.get("idempotency-key")?.trim() ?? "";
  // The draft of the header has it in quotes; few send them.
  if (key !== "") said.idempotency_key = /^".+"$/.test(key) ? key.slice(1, -1) : key;
  const match = headers.get("if-match")?.trim() ?? "";
  if (match !== "" && match !== "*") said.expected_version = seen(match);
  const reason = headers.get("nexa-reason");
  if (reason) said.reason = decoded(reason);
  const cause = headers.get("nexa-cause");
  if (cause) said.cause = decoded(cause);
  const dry = headers.get("nexa-dry-run")?.trim().toLowerCase();
  if (dry !== undefined) {
    if (dry !== "true" && dry !== "false") {
      throw new Refused(400, "http.header", "Nexa-Dry-Run is true or false.", {}, { header: "Nexa-Dry-Run" });
    }
    said.dry_run = dry === "true";
  }
  const unit = headers.get("nexa-unit");
  if (unit) said.unit = unit;
  const request = headers.get("x-request-id");
  if (request) said.request_id = request;
  return said;
}

/** The version of `If-Match`. Another tag than those that are given out fits no record. */
function seen(match: string): number {
  const [, version] = /^"(\d{1,15})"$/.exec(match) ?? [];
  if (version === undefined) {
    const message = 'If-Match names no version that was given out; send the ETag of the record, such as "3".';
    throw new Refused(412, "http.precondition", message, {}, { header: "If-Match" });
  }
  return Number(version);
}

/** Text that is percent-encoded; as it is where it is not. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
