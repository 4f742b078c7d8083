/** Files: bytes that are sent and read as they come, never a whole file in memory. */

import type { Download } from "../download.js";
import type { Session } from "../session.js";
import { json } from "./answers.js";
import { reference } from "./incoming.js";
import { Refused } from "./problems.js";

/** Takes a file: its bytes are the body, its name stands in the address. */
export async function upload(session: Session, request: Request, query: URLSearchParams): Promise<Response> {
  const name = query.get("name");
  const sha256 = query.get("sha256");
  if (name === null || [...query.keys()].some((one) => one !== "name" && one !== "sha256")) {
    const message = "The address of an upload has its name, and sha256 where that is known: /uploads?name=offer.pdf.";
    throw new Refused(422, "http.malformed", message);
  }
  const declaredType = request.headers.get("content-type");
  const options = { name, ...(declaredType !== null && { declaredType }), ...(sha256 !== null && { sha256 }) };
  return json(201, await session.upload(request.body ?? new Blob(), options));
}

/** Sends a file, or the bytes of it that are asked for. */
export async function download(session: Session, one: string, request: Request, query: URLSearchParams): Promise<Response> {
  const options = { inline: query.get("inline") === "true" };
  const attachment = reference(one) as string;
  const asked = request.method === "GET" ? (request.headers.get("range") ?? "") : "";
  const range = rangeOf(asked);
  let found: Download = await session.download(attachment, range ? { ...options, range } : options);
  const [, last] = /^bytes=-(\d{1,15})$/.exec(asked) ?? [];
  if (last !== undefined) {
    // The last bytes, of which one has to know how many there are.
    const start = Math.max(0, found.size - Number(last));
    found = await session.download(attachment, { ...options, range: [start, found.size] });
  }
  const { name, type, size } = found;
  const headers: Record<string, string> = {
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
    ...found.headers,
    "Nexa-File": encodeURIComponent(JSON.stringify({ name, type, size })),
  };
  const status = headers["Content-Range"] === undefined ? 200 : 206;
  return new Response(request.method === "GET" ? found.stream() : null, { status, headers });
}

/** The bytes of a header `Range`; several ranges, and other units, are answered with the whole file. */
function rangeOf(asked: string): [number, number] | undefined {
  const [, start, end] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(asked) ?? [];
  if (start === undefined) return undefined;
  const range: [number, number] = [Number(start), end === undefined ? Number.MAX_SAFE_INTEGER : Number(end) + 1];
  return range[0] < range[1] ? range : undefined;
}
